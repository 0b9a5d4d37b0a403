package dev.flamepool.operator.pool;

import java.time.Duration;
import java.time.Instant;

/**
 * The API server let the pool have no further runner.
 *
 * @param reason of the condition that says so; empty where it is not worth one
 * @param words the server's
 * @param until when it is asked again
 */
record Withheld(String reason, String words, Instant until) {
  /** A ResourceQuota allows no more. */
  static final String QUOTA = "QuotaExceeded";

  /** A policy, a webhook, or the server is not well. */
  static final String REFUSED = "CreateRefused";

  /** Whether there will be more is not known: a policy's webhook, or the server, hangs. */
  static final String UNANSWERED = "CreateNotAnswered";

  /** Whoever wants runners asks again when he may; a refusal that nobody renews says nothing. */
  private static final Duration RENEWED = Duration.ofSeconds(10);

  /** Whether nothing is to be created yet. */
  boolean holds(Instant now) {
    return now.isBefore(until);
  }

  /** Whether it is a condition. */
  boolean isTold() {
    return !reason.isEmpty();
  }

  /** What happens next. */
  String next(Instant now) {
    if (reason.equals(UNANSWERED)) {
      return "it is waited for";
    }
    return holds(now)
        ? "it is tried again at " + Problem.time(until)
        : "the next call tries it again";
  }

  /** When it is not worth knowing any more. */
  Instant forgotten() {
    return until.plus(RENEWED);
  }
}
