package dev.flamepool.wire;

/** Why a runner ended, and the exit code that says so (DESIGN section 6). */
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
  OUT_OF_MEMORY(3);

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
    return this != FAILED && this != OUT_OF_MEMORY;
  }
}
