package dev.flamepool;

import org.jspecify.annotations.Nullable;

/**
 * A lambda captured something that cannot be copied to a runner. Thrown by the calling thread
 * before anything is sent.
 */
public class CallNotSerializableException extends FlameException {
  private final String capturingClass;
  private final String capture;
  private final String captureType;

  /**
   * Creates one.
   *
   * @param message which capture of which class, and the remedy
   * @param capturingClass the class whose code holds the lambda
   * @param capture which capture: its position, and its name or path if known
   * @param captureType the class that is not serializable
   * @param cause what the encoder reported
   */
  public CallNotSerializableException(
      String message,
      String capturingClass,
      String capture,
      String captureType,
      @Nullable Throwable cause) {
    super(message, cause);
    this.capturingClass = capturingClass;
    this.capture = capture;
    this.captureType = captureType;
  }

  /**
   * The class whose code holds the lambda.
   *
   * @return a class name
   */
  public String capturingClass() {
    return capturingClass;
  }

  /**
   * Which capture it is.
   *
   * @return its position, and its name or path if known
   */
  public String capture() {
    return capture;
  }

  /**
   * The class that cannot be serialized.
   *
   * @return a class name
   */
  public String captureType() {
    return captureType;
  }
}
