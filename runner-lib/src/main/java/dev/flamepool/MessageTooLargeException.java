package dev.flamepool;

/**
 * A call or a result is larger than one message may be (512 MiB), or than the heap of the runner or
 * of this process can hold beside the work of others; the message says the size and the limit. Pass
 * a reference to the data instead, split it, or give more heap.
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
