package dev.flamepool.wire;

/** Data that arrived whole and is refused or makes no sense: the connection lives on. */
public class UnreadableException extends Exception {
  private static final long serialVersionUID = 1;

  /** Says what was refused and why. */
  public UnreadableException(String message) {
    super(message);
  }

  /** Says what was refused and why. */
  public UnreadableException(String message, Throwable cause) {
    super(message, cause);
  }
}
