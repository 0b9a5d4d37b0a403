package dev.flamepool.closure;

/**
 * A call that cannot be sent, found out before anything was: names the class in which the lambda
 * stands, which of its captured values is at fault and where inside it, that thing's type, and what
 * to do.
 */
public final class CaptureException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The {@link #index} of what the function is to be called with. */
  public static final int ARGUMENT = -2;

  private final String capturingClass;
  private final int index;
  private final String path;
  private final String type;
  private final String remedy;

  CaptureException(
      String capturingClass, int index, String path, String type, String remedy, Throwable cause) {
    super(message(capturingClass, index, path, type, remedy), cause);
    this.capturingClass = capturingClass;
    this.index = index;
    this.path = path;
    this.type = type;
    this.remedy = remedy;
  }

  private static String message(
      String capturingClass, int index, String path, String type, String remedy) {
    String what =
        index == ARGUMENT
            ? "The argument"
            : index < 0 ? "The function itself" : "Captured value " + index;
    String where = path.isEmpty() ? "" : " (at " + path + ")";
    return what
        + where
        + " of the call in "
        + capturingClass
        + " is a "
        + type
        + ", which cannot be sent: "
        + remedy;
  }

  /** Class in which the call stands. */
  public String capturingClass() {
    return capturingClass;
  }

  /**
   * Which captured value, counted from 0 ({@code this} comes first); -1 for the function itself,
   * {@link #ARGUMENT} for its argument.
   */
  public int index() {
    return index;
  }

  /**
   * Field path inside the captured value, such as {@code .owner.connection}; empty for the value
   * itself.
   */
  public String path() {
    return path;
  }

  /** Class of the thing that cannot be sent. */
  public String type() {
    return type;
  }

  /** What to do. */
  public String remedy() {
    return remedy;
  }
}
