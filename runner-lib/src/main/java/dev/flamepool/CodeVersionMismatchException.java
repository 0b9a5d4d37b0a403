package dev.flamepool;

/**
 * The pool's runners were started from other code than this process, so its lambdas would not mean
 * the same there. The call never started.
 */
public class CodeVersionMismatchException extends FlameException {
  private final String callerVersion;
  private final String runnerVersion;

  /**
   * Creates one.
   *
   * @param message both versions, and what to do
   * @param callerVersion the code version of this process
   * @param runnerVersion the code version of the runners
   */
  public CodeVersionMismatchException(String message, String callerVersion, String runnerVersion) {
    super(message);
    this.callerVersion = callerVersion;
    this.runnerVersion = runnerVersion;
  }

  /**
   * The code version of this process.
   *
   * @return a version
   */
  public String callerVersion() {
    return callerVersion;
  }

  /**
   * The code version of the runners.
   *
   * @return a version
   */
  public String runnerVersion() {
    return runnerVersion;
  }
}
