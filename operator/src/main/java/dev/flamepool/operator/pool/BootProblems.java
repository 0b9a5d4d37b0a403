package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePoolStatus.Failure;
import dev.flamepool.operator.runner.RunnerStatus;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is wrong with a pool's boots. Pure. */
record BootProblems(PoolObservation seen, PoolPlan plan, List<Failure> failures) {
  static final String FAILING = "BootFailing";

  /** What a runner says while it takes long to boot. */
  static final Set<String> SLOW = Set.of(RunnerStatus.NO_HELLO, RunnerStatus.STARTING);

  Optional<Problem> find() {
    BootHealth health = plan.health();
    if (health.failures() == 0) {
      return underWay();
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

  /** A boot of which nobody knows whether it fails, and that takes long. */
  private Optional<Problem> underWay() {
    return seen.runners().stream()
        .filter(RunnerView::booting)
        .filter(seen::current)
        .filter(runner -> runner.status().reason() != null)
        .filter(runner -> SLOW.contains(runner.status().reason()))
        .findFirst()
        .map(
            runner ->
                new Problem(
                    runner.status().reason(),
                    runner.name() + ": " + runner.status().message(),
                    "",
                    false));
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
