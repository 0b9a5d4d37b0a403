package dev.flamepool.wire;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Why a runner ended, and the exit code that says so. */
public enum EndCause {
  /** No call for its idle time. */
  IDLE(0),
  /** Served its one call. */
  SINGLE_USE(10),
  /** Reached {@code maxLifetime}. */
  LIFETIME(11),
  /** Told to: SIGTERM or the operator's stop. */
  DRAINED(12),
  /** Told to, because EC2 takes its spot instance back. */
  SPOT_INTERRUPTED(12),
  /** Nobody was in contact for {@code orphanAfter}. */
  ORPHAN(13),
  /** Anything that was not meant: a failed boot, a stuck call. */
  FAILED(1),
  /** The heap is exhausted. */
  OUT_OF_MEMORY(3),
  /**
   * A call or the application called {@code System.exit}: the process ends with the status that was
   * given there, and with this one only where it has to be halted.
   */
  EXITED(14);

  private final int exitCode;

  EndCause(int exitCode) {
    this.exitCode = exitCode;
  }

  /** The process's exit code. */
  public int exitCode() {
    return exitCode;
  }

  /** False for a failure. */
  public boolean orderly() {
    return this != FAILED && this != OUT_OF_MEMORY && this != EXITED;
  }

  /**
   * The name as people read it in a status or an exception: {@code OutOfMemory} for {@code
   * OUT_OF_MEMORY}. Empty stays empty, and a name in that form as it is.
   */
  public static String inStatus(String name) {
    if (!name.equals(name.toUpperCase(Locale.ROOT))) {
      return name;
    }
    return Arrays.stream(name.split("_", -1))
        .filter(word -> !word.isEmpty())
        .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining());
  }
}
