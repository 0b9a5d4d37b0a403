package dev.flamepool.operator.cluster;

/**
 * The API server takes no such object from this operator: by its rights, or by a policy of the
 * cluster. The message is the server's.
 */
public final class RefusedException extends RuntimeException {
  /** A refused create. */
  public RefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
