package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePoolStatus;
import dev.flamepool.api.FlamePoolStatus.Endpoint;
import dev.flamepool.api.FlamePoolStatus.Failure;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.api.Names;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The status that follows from an observation and its plan. Pure. */
final class PoolStatuses {
  static final FlamePoolStatus EMPTY =
      new FlamePoolStatus(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null, null, null);

  private static final int MAX_REVISIONS = 16;

  private PoolStatuses() {}

  static FlamePoolStatus of(PoolObservation seen, PoolPlan plan) {
    FlamePoolStatus stored = seen.status();
    List<Failure> failures = PoolFailures.with(seen, plan.ended());
    List<Endpoint> endpoints =
        seen.runners().stream().filter(plan::publishes).map(PoolStatuses::endpoint).toList();
    long booting = seen.runners().stream().filter(RunnerView::booting).count();
    long draining =
        seen.runners().stream()
            .filter(
                runner ->
                    runner.phase() == Phase.Draining
                        || (runner.phase() != Phase.Gone && !runner.live())
                        || plan.drain().containsKey(runner))
            .count();
    return new FlamePoolStatus(
        seen.pool().getMetadata().getGeneration(),
        seen.revisions().isEmpty()
            ? stored.backend()
            : seen.revisions().get(0).template().backend().name(),
        plan.desired(),
        endpoints.size(),
        (int) booting + plan.create().size(),
        (int) draining,
        seen.runners().stream().mapToInt(RunnerView::inFlight).sum(),
        seen.demand().queued(),
        seen.demand().live().size(),
        selector(seen),
        seen.values() == null ? stored.effective() : seen.values().status(),
        plan.minIdledAt().map(Instant::toString).orElse(null),
        plan.health().stored(),
        revisions(seen, plan),
        plan.refusals().isEmpty() ? null : plan.refusals(),
        endpoints,
        failures.isEmpty() ? null : failures,
        PoolConditions.of(seen, plan, failures));
  }

  /** What finds the runners' Pods, for autoscalers that look at these; null without Pods. */
  private static @Nullable String selector(PoolObservation seen) {
    if (seen.revisions().isEmpty()) {
      return seen.status().selector();
    }
    return seen.revisions().get(0).template().backend().pod() == null
        ? null
        : Names.POOL_LABEL + "=" + seen.pool().getMetadata().getName();
  }

  private static Endpoint endpoint(RunnerView runner) {
    return new Endpoint(
        runner.name(),
        runner.uid(),
        runner.status().machine().address(),
        runner.status().codeVersion(),
        runner.runner().getSpec().maxConcurrency());
  }

  private static @Nullable List<FlamePoolStatus.Revision> revisions(
      PoolObservation seen, PoolPlan plan) {
    if (seen.revisions().isEmpty()) {
      return seen.status().revisions();
    }
    return seen.known().stream()
        .limit(MAX_REVISIONS)
        .map(
            known ->
                new FlamePoolStatus.Revision(
                    known.name(),
                    known.codeVersion().orElse(null),
                    plan.targets().getOrDefault(known.name(), 0)))
        .toList();
  }
}
