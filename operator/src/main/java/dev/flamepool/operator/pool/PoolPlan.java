package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePoolStatus;
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
 * @param create runners to create, all at once
 * @param targets runners that each revision should have, by its name
 * @param refusals code versions of callers that no revision yields
 * @param drain runners whose endpoint is withdrawn and that may finish their calls, and why
 * @param delete runners whose object is deleted: they are stopped at once, or have ended
 * @param kept uids of the runners that are held for {@code min}; empty when that must not change
 * @param health of the boots
 * @param ended runners that have ended since the last plan and whose end is to be recorded
 * @param minIdledAt since when runners held for {@code min} are not replaced, because they idled
 * @param lessons for the next plan
 * @param wake when to plan again at the latest
 */
record PoolPlan(
    int desired,
    List<Creation> create,
    Map<String, Integer> targets,
    List<FlamePoolStatus.Refusal> refusals,
    Map<RunnerView, EndReason> drain,
    List<RunnerView> delete,
    Optional<Set<String>> kept,
    BootHealth health,
    List<RunnerView> ended,
    Optional<Instant> minIdledAt,
    Lessons lessons,
    Optional<Instant> wake) {

  /**
   * A runner to create.
   *
   * @param ordinal its number
   * @param revision what it is made from
   * @param wanted the callers' code versions that it is to find, when that is not certain
   */
  record Creation(int ordinal, Revision revision, Set<String> wanted) {}

  /** Whether callers may be sent to a runner once this plan is carried out. */
  boolean publishes(RunnerView runner) {
    return runner.ready() && !drain.containsKey(runner) && !delete.contains(runner);
  }
}
