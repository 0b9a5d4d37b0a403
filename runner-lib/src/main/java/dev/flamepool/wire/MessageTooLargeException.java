package dev.flamepool.wire;

/**
 * What should be sent is over {@link Limits#MAX_MESSAGE_BYTES}, or over what this process has for
 * it; nothing was.
 */
public final class MessageTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Says how large it is, what is allowed, and what to do. */
  public MessageTooLargeException(String message) {
    super(message);
  }

  /** Of so many bytes, where at most {@code max} are allowed. */
  public MessageTooLargeException(long size, long max) {
    super(
        "a message of at least "
            + size
            + " bytes is over the limit of "
            + max
            + "; send a reference to the data (an object store, a file both sides see) instead");
  }
}
