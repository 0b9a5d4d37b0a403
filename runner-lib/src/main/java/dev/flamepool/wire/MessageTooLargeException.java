package dev.flamepool.wire;

/** What should be sent is over {@link Limits#MAX_MESSAGE_BYTES}; nothing was. */
public final class MessageTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1;

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
