package dev.flamepool.operator.backend;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
  private final transient @Nullable Turn turn;

  /** A failure of a kind, in the backend's words. */
  public BackendException(Kind kind, String message) {
    this(kind, message, false, null);
  }

  private BackendException(Kind kind, String message, boolean unsettled, @Nullable Turn turn) {
    super(message);
    this.kind = kind;
    this.unsettled = unsettled;
    this.turn = turn;
  }

  /** The backend answers, and its answers lag: it can be known soon, and nothing is wrong. */
  public static BackendException unsettled(String message) {
    return new BackendException(Kind.AMBIGUOUS, message, true, null);
  }

  /** Nothing was sent: it may be once it is one's turn. */
  public static BackendException limited(String message, Turn turn) {
    return new BackendException(Kind.RATE_LIMITED, message, false, turn);
  }

  /** A failure of a kind, in the backend's words, with its cause. */
  public BackendException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.unsettled = false;
    this.turn = null;
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

  /** Where one stands who was told to slow down; empty for nowhere: then a while is waited. */
  public Optional<Turn> turn() {
    return Optional.ofNullable(turn);
  }
}
