package dev.flamepool;

import org.jspecify.annotations.Nullable;

/**
 * The work threw on the runner, or its result could not be sent back. The cause is the original
 * exception with the remote stack trace, if it could be decoded here.
 */
public class RemoteCallException extends FlameException {
  private final String runner;
  private final String remoteType;
  private final String remoteStack;

  /**
   * Creates one.
   *
   * @param message which runner, and what was thrown
   * @param runner where it was thrown
   * @param remoteType the class name of what was thrown
   * @param remoteStack its stack trace with causes, as text
   * @param cause the original, or null if it could not be decoded
   */
  public RemoteCallException(
      String message,
      String runner,
      String remoteType,
      String remoteStack,
      @Nullable Throwable cause) {
    super(message, cause);
    this.runner = runner;
    this.remoteType = remoteType;
    this.remoteStack = remoteStack;
  }

  /**
   * The runner's name.
   *
   * @return where it was thrown
   */
  public String runner() {
    return runner;
  }

  /**
   * The class name of what was thrown; also known when the exception itself could not be decoded.
   *
   * @return a binary class name
   */
  public String remoteType() {
    return remoteType;
  }

  /**
   * The stack trace with causes, as text.
   *
   * @return what {@code printStackTrace} gave on the runner
   */
  public String remoteStack() {
    return remoteStack;
  }
}
