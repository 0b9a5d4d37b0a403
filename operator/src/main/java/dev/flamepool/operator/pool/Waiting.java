package dev.flamepool.operator.pool;

import java.util.Optional;
import java.util.Set;

/** What runners that have no running machine yet wait for, as they say themselves. Pure. */
final class Waiting {
  /** Reasons that somebody has to put right, and that cost nothing meanwhile. */
  static final Set<String> SECRETS = Set.of("SecretMissing", "SecretConflict", "SecretRefused");

  private Waiting() {}

  /** The first runner that waits for one of these reasons, in its own words. */
  static Optional<Problem> forOneOf(PoolObservation seen, Set<String> reasons) {
    return held(seen, reasons, true)
        .map(runner -> new Problem(runner.status().reason(), words(runner)));
  }

  /** The first runner that waits for anything else. */
  static Optional<RunnerView> forOther(PoolObservation seen, Set<String> than) {
    return held(seen, than, false);
  }

  /** What the first of all waits for, in a sentence. */
  static Optional<String> first(PoolObservation seen) {
    return forOther(seen, Set.of()).map(Waiting::sentence);
  }

  static String sentence(RunnerView runner) {
    String words = words(runner);
    return "runner "
        + runner.name()
        + " waits: "
        + runner.status().reason()
        + (words.isEmpty() ? "" : ", " + words);
  }

  private static Optional<RunnerView> held(
      PoolObservation seen, Set<String> reasons, boolean oneOf) {
    return seen.runners().stream()
        .filter(RunnerView::isHeld)
        .filter(runner -> reasons.contains(runner.status().reason()) == oneOf)
        .findFirst();
  }

  private static String words(RunnerView runner) {
    return runner.status().message() == null ? "" : runner.status().message();
  }
}
