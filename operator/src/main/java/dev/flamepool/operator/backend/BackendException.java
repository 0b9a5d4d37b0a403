package dev.flamepool.operator.backend;

/**
 * A failed call of a backend, classified at the edge; the message is the backend's own words
 * without secrets.
 */
public final class BackendException extends Exception {
  /** What a failure means for the attempt. */
  public enum Kind {
    /**
     * Refused for lack of capacity: the next offering is tried, and this one left alone for three
     * minutes as long as there is another.
     */
    CAPACITY(true),
    /** Refused by a limit of the account: a condition, no hot retries. */
    QUOTA(true),
    /** The request itself is wrong: a condition, no hot retries. */
    CONFIGURATION(true),
    /** Credentials are missing or refused: a condition, no hot retries. */
    CREDENTIALS(true),
    /** Told to slow down, nothing was created: the same attempt later. */
    RATE_LIMITED(true),
    /**
     * Time-out, 5xx, lost response: the machine may exist. Look it up and replay the same attempt.
     */
    AMBIGUOUS(false);

    private final boolean definite;

    Kind(boolean definite) {
      this.definite = definite;
    }
  }

  private final Kind kind;
  private final boolean unsettled;

  /** A failure of a kind, in the backend's words. */
  public BackendException(Kind kind, String message) {
    this(kind, message, false);
  }

  private BackendException(Kind kind, String message, boolean unsettled) {
    super(message);
    this.kind = kind;
    this.unsettled = unsettled;
  }

  /** The backend answers, and its answers lag: it can be known soon, and nothing is wrong. */
  public static BackendException unsettled(String message) {
    return new BackendException(Kind.AMBIGUOUS, message, true);
  }

  /** A failure of a kind, in the backend's words, with its cause. */
  public BackendException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.unsettled = false;
  }

  /** What the failure means. */
  public Kind kind() {
    return kind;
  }

  /** Whether it is sure that this call created nothing. */
  public boolean isDefinite() {
    return kind.definite;
  }

  /** Whether it is only too early to know. */
  public boolean isUnsettled() {
    return unsettled;
  }
}
