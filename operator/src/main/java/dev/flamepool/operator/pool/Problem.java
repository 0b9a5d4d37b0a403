package dev.flamepool.operator.pool;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Something that keeps a pool from being served, or may.
 *
 * @param reason one of a few stable words
 * @param words for people: what, and the remedy; the same as long as the fact is
 * @param outlook what happens next, with times and numbers; may be empty
 * @param certain whether a call would meet it for sure; else it is to be found out
 */
record Problem(String reason, String words, String outlook, boolean certain) {
  /** One that lasts until somebody changes something. */
  Problem(String reason, String words) {
    this(reason, words, "", true);
  }

  /** A time for people. */
  static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** All there is to say now. */
  String message() {
    return outlook.isEmpty() ? words : words + "; " + outlook;
  }
}
