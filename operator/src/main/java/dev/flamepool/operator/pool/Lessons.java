package dev.flamepool.operator.pool;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a plan has learnt for the next one. It need not survive this process: a successor finds out
 * again.
 *
 * @param retries of machines that were refused
 * @param crashes of runners that had just become ready
 * @param starving code versions whose calls wait while all places are others', and since when
 * @param excessSince since when there have been runners on their way that nobody waits for
 */
record Lessons(
    Retries retries,
    Crashes crashes,
    Map<String, Instant> starving,
    Optional<Instant> excessSince) {
  /** Nothing happened yet. */
  static final Lessons NONE = new Lessons(Retries.NONE, Crashes.NONE, Map.of(), Optional.empty());
}
