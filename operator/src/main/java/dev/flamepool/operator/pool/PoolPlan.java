package dev.flamepool.operator.pool;

import dev.flamepool.operator.runner.EndReason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be done about a pool's runners: the outcome of {@link PoolPlanner}.
 *
 * @param desired runners that the demand asks for
 * @param create ordinals to create, all at once
 * @param revision what they are made from; empty when nothing can be created
 * @param drain runners whose endpoint is withdrawn and that may finish their calls, and why
 * @param delete runners whose object is deleted: they are stopped at once, or have ended
 * @param kept uids of the runners that are held for {@code min}; empty when that must not change
 * @param health of the boots
 * @param ended runners that have ended since the last plan and whose end is to be recorded
 * @param minIdledAt since when runners held for {@code min} are not replaced, because they idled
 * @param wake when to plan again at the latest
 */
record PoolPlan(
    int desired,
    List<Integer> create,
    Optional<Revision> revision,
    Map<RunnerView, EndReason> drain,
    List<RunnerView> delete,
    Optional<Set<String>> kept,
    BootHealth health,
    List<RunnerView> ended,
    Optional<Instant> minIdledAt,
    Optional<Instant> wake) {

  /** Whether callers may be sent to a runner once this plan is carried out. */
  boolean publishes(RunnerView runner) {
    return runner.ready() && !drain.containsKey(runner) && !delete.contains(runner);
  }
}
