package dev.flamepool;

import java.time.Duration;

/**
 * The call started and was not done by its deadline. The remote thread has been interrupted; work
 * that ignores that makes its runner drain.
 */
public class ExecutionTimeoutException extends FlameException {
  private final String runner;
  private final Duration timeout;

  /**
   * Creates one.
   *
   * @param message why, and what to do
   * @param runner where it ran
   * @param timeout what it was given to run
   */
  public ExecutionTimeoutException(String message, String runner, Duration timeout) {
    super(message);
    this.runner = runner;
    this.timeout = timeout;
  }

  /**
   * The runner's name.
   *
   * @return where the call ran
   */
  public String runner() {
    return runner;
  }

  /**
   * The limit it exceeded.
   *
   * @return the pool's {@code timeout}, or what was left of the call's own
   */
  public Duration timeout() {
    return timeout;
  }
}
