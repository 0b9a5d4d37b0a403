package dev.flamepool;

import org.jspecify.annotations.Nullable;

/**
 * The runner went away during the call. Calls on other runners are unaffected. The call is not
 * repeated by itself; declare idempotent work with {@link CallOptions#retryOnRunnerLost(int)}.
 */
public class RunnerLostException extends FlameException {
  /** Whether the work had begun. */
  public enum Started {
    /** It never began; only of a call on an object that is gone with its runner. */
    NO,
    /** The runner was seen to take the call. */
    YES,
    /**
     * The call was sent, and nothing was heard of it: it may have run in full, in part or never.
     */
    UNKNOWN
  }

  private final String runner;
  private final Started started;
  private final @Nullable String reason;

  /**
   * Creates one.
   *
   * @param message what is known, and what to do
   * @param runner the lost runner's name
   * @param started whether the work had begun
   * @param reason why the runner ended, if known
   * @param cause what the connection reported, if anything
   */
  public RunnerLostException(
      String message,
      String runner,
      Started started,
      @Nullable String reason,
      @Nullable Throwable cause) {
    super(message, cause);
    this.runner = runner;
    this.started = started;
    this.reason = reason;
  }

  /**
   * The runner's name.
   *
   * @return which runner was lost
   */
  public String runner() {
    return runner;
  }

  /**
   * Whether the work had begun.
   *
   * @return yes or unknown; a call that is known not to have begun goes to another runner unseen
   */
  public Started started() {
    return started;
  }

  /**
   * Why the runner ended.
   *
   * @return what the runner or the pool said, or null if nothing is known
   */
  public @Nullable String reason() {
    return reason;
  }
}
