package dev.flamepool.closure;

/**
 * Stands in for a remote exception that could not be sent or is not accepted here: its name,
 * message, stack trace, causes and suppressed ones are those of the original.
 */
public final class RemoteThrowable extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String remoteClass;

  RemoteThrowable(String remoteClass, String message, StackTraceElement[] trace) {
    super(message);
    this.remoteClass = remoteClass;
    setStackTrace(trace);
  }

  /** Class name of the original. */
  public String remoteClass() {
    return remoteClass;
  }

  /** As the original prints itself. */
  @Override
  @SuppressWarnings("OverrideThrowableToString") // the message must stay the original's
  public String toString() {
    String message = getMessage();
    return message == null || message.isEmpty() ? remoteClass : remoteClass + ": " + message;
  }
}
