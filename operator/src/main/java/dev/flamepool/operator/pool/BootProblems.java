package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePoolStatus.Failure;
import java.util.List;
import java.util.Optional;

/** What is wrong with a pool's boots. Pure. */
record BootProblems(PoolObservation seen, PoolPlan plan, List<Failure> failures) {
  static final String FAILING = "BootFailing";

  Optional<Problem> find() {
    BootHealth health = plan.health();
    if (health.failures() == 0) {
      return Optional.empty();
    }
    if (!health.failing()) {
      return Optional.of(
          new Problem("BootFailed", "the last boot failed: " + last(), "another is tried", false));
    }
    boolean paused = !health.isDue(seen.now());
    return Optional.of(
        new Problem(
            FAILING,
            "boots fail: " + last(),
            "%d failed in a row; %s"
                .formatted(health.failures(), paused ? "one is tried at " + at(health) : next()),
            paused));
  }

  private String next() {
    boolean tried =
        !plan.create().isEmpty()
            || seen.runners().stream().anyMatch(one -> one.booting() && seen.current(one));
    return tried ? "one is being tried" : "the next call tries one";
  }

  private static String at(BootHealth health) {
    return Problem.time(health.until());
  }

  private String last() {
    return PoolFailures.lastBoot(failures)
        .map(
            failure ->
                failure.reason() + (failure.message() == null ? "" : ", " + failure.message()))
        .orElse("no record of them is left");
  }
}
