package dev.flamepool.operator.cluster;

/** The namespace is being deleted: nothing can be created there, only cleaned up. */
public final class NamespaceTerminatingException extends RuntimeException {
  /** A refused create. */
  public NamespaceTerminatingException(String message, Throwable cause) {
    super(message, cause);
  }
}
