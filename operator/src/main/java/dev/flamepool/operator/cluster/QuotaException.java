package dev.flamepool.operator.cluster;

/** A ResourceQuota of the namespace allows no more such objects; the message is the server's. */
public final class QuotaException extends RuntimeException {
  /** A refused create. */
  public QuotaException(String message, Throwable cause) {
    super(message, cause);
  }
}
