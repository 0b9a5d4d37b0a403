package dev.flamepool.operator.runner;

import dev.flamepool.api.FlameRunnerStatus;
import dev.flamepool.operator.control.RunnerReport;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything known of a runner at one moment.
 *
 * @param status as stored
 * @param holding what the backend holds
 * @param report what the runner said last
 * @param since since when this process has seen it in its phase, by its own clock: how long it was
 *     so before nobody can tell whose clock may differ
 * @param unreachableSince since when there is no connection to it; null while there is one
 * @param cutOff whether the operator takes that for its own trouble, not the runner's
 * @param called whether its callers may have calls on it although it is out of reach
 * @param withdrawn whether it is drained by the operator, and no caller is sent to it any more
 * @param times the pool's
 * @param now the operator's clock
 */
record Sighting(
    FlameRunnerStatus status,
    Holding holding,
    Optional<RunnerReport> report,
    Instant since,
    @Nullable Instant unreachableSince,
    boolean cutOff,
    boolean called,
    boolean withdrawn,
    RunnerTimes times,
    Instant now) {
  boolean connected() {
    return report.map(RunnerReport::connected).orElse(false);
  }

  /** Whether it says that it could take calls and has none. */
  boolean idle() {
    return says(RunnerReport.State.SERVING) && report.orElseThrow().inFlight() == 0;
  }

  boolean says(RunnerReport.State state) {
    return report.map(r -> r.connected() && r.state() == state).orElse(false);
  }
}
