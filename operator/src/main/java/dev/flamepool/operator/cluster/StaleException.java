package dev.flamepool.operator.cluster;

/** What was read has changed or gone since: read again, uncached, and decide again. */
public final class StaleException extends RuntimeException {
  /** A write that came too late, and why. */
  public StaleException(String message, Throwable cause) {
    super(message, cause);
  }
}
