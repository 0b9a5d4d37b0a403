package dev.flamepool.operator.pool;

import java.time.Instant;
import java.util.Optional;

/**
 * A revision and what is known of it.
 *
 * @param revision the template
 * @param number grows each time a revision becomes the newest; 0 for one that never was
 * @param heard what its last runner reported; empty until one said hello
 */
record KnownRevision(Revision revision, long number, Optional<Heard> heard) {
  /**
   * A runner's hello.
   *
   * @param codeVersion of the application on it
   * @param at when the runner became ready: what a later one reports counts, because what a
   *     template names (an image tag, a class path) may have moved
   */
  record Heard(String codeVersion, Instant at) {}

  String name() {
    return revision.name();
  }

  /** What its runners run, as far as is known. */
  Optional<String> codeVersion() {
    return heard.map(Heard::codeVersion);
  }

  /**
   * Whether the other says the same: what a revision's template is, its name says. That a runner
   * said once more what is known already is nothing to store.
   */
  boolean isSame(KnownRevision other) {
    return name().equals(other.name())
        && number == other.number
        && codeVersion().equals(other.codeVersion());
  }

  boolean yields(String version) {
    return codeVersion().equals(Optional.of(version));
  }
}
