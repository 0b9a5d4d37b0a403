package dev.flamepool;

/**
 * A call or a result is larger than one message may be (512 MiB). Pass a reference to the data
 * instead, or split it.
 */
public class MessageTooLargeException extends FlameException {
  /**
   * Creates one.
   *
   * @param message why, and what to do
   */
  public MessageTooLargeException(String message) {
    super(message);
  }
}
