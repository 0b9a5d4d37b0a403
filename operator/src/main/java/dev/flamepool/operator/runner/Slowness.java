package dev.flamepool.operator.runner;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.backend.AccountPasses;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.StaleException;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;

/** Says of runners whose backend has been waited for that this is so. */
final class Slowness {
  /** A call of the backend has no answer yet. */
  static final String NOT_ANSWERED = "BackendNotAnswering";

  /** No call could be made yet: others of the same account are under way, and slow or many. */
  static final String BUSY = "BackendBusy";

  /** A backend that works answers sooner, and people wait longer before they ask. */
  private static final Duration AFTER = Duration.ofSeconds(5);

  /** A line that moves is over by then, mostly, and a reason is to be read in 10 s. */
  private static final Duration AFTER_IN_LINE = Duration.ofSeconds(8);

  private static final Duration LOOK = Duration.ofSeconds(30);

  private static final Set<String> SAID = Set.of(NOT_ANSWERED, BUSY, Launching.RATE_LIMITED);

  private final ClusterApi api;
  private final Clock clock;

  Slowness(ClusterApi api, Clock clock) {
    this.api = api;
    this.clock = clock;
  }

  /**
   * Says it once if it is so.
   *
   * @return when to look again
   */
  Duration show(FlameRunner runner, AccountPasses.Wait wait) {
    Duration after = wait.begun() ? AFTER : AFTER_IN_LINE;
    Duration left = Duration.between(clock.instant(), wait.since().plus(after));
    if (!left.isNegative() && !left.isZero()) {
      return left;
    }
    FlameRunnerStatus status = RunnerStatus.of(runner);
    boolean starting =
        RunnerStatus.phase(runner) == Phase.Pending || status.phase() == Phase.Booting;
    if (starting && (status.reason() == null || !SAID.contains(status.reason()))) {
      try {
        api.patchStatus(runner, said(status, wait.begun()));
      } catch (StaleException e) {
        return AFTER;
      }
    }
    return LOOK;
  }

  private static FlameRunnerStatus said(FlameRunnerStatus status, boolean begun) {
    String reason = begun ? NOT_ANSWERED : BUSY;
    String words =
        begun
            ? "a call of its backend has had no answer for more than 5 s"
            : "waits for calls of the same account, which are slow or many, before its backend is"
                + " called for it";
    return status.phase() == Phase.Booting
        ? RunnerStatus.held(status, reason, words)
        : RunnerStatus.waiting(status, reason, words);
  }
}
