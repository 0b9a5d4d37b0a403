package dev.flamepool.operator.backend;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a backend holds for an attempt.
 *
 * @param key whose it is
 * @param id the backend's own id
 * @param address {@code host:port} once the runner can be reached there
 * @param state how far it is
 * @param exitCode the runner's exit code once it has ended and the backend knows it
 * @param cause the cause the runner left behind, else empty
 * @param lastLines the last output lines after a failure, at most 50, redacted
 * @param trouble what keeps it from running, or ended it, where the backend says so
 */
public record Machine(
    MachineKey key,
    String id,
    Optional<String> address,
    State state,
    OptionalInt exitCode,
    String cause,
    List<String> lastLines,
    Optional<Trouble> trouble) {

  /** A machine of which the backend says no more. */
  public Machine(
      MachineKey key,
      String id,
      Optional<String> address,
      State state,
      OptionalInt exitCode,
      String cause,
      List<String> lastLines) {
    this(key, id, address, state, exitCode, cause, lastLines, Optional.empty());
  }

  /** The same with another trouble. */
  public Machine with(Optional<Trouble> other) {
    return new Machine(key, id, address, state, exitCode, cause, lastLines, other);
  }

  /** How far a machine is. */
  public enum State {
    /** Accepted, not running yet. */
    STARTING,
    /** Running; its runner may or may not answer yet. */
    RUNNING,
    /** Told to end and not ended. */
    STOPPING,
    /** Ended for good; its remains may still have to be deleted. */
    ENDED
  }
}
