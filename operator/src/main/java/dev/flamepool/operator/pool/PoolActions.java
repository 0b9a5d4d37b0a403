package dev.flamepool.operator.pool;

import dev.flamepool.api.Durations;
import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.api.FlamePoolStatus;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.LogLevel;
import dev.flamepool.api.Names;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.Events;
import dev.flamepool.operator.cluster.QuotaException;
import dev.flamepool.operator.cluster.StaleException;
import dev.flamepool.operator.control.IdleSettings;
import dev.flamepool.operator.control.RunnerLinks;
import dev.flamepool.operator.credentials.Credentials;
import dev.flamepool.operator.health.OperatorMetrics;
import dev.flamepool.operator.runner.EndReason;
import dev.flamepool.operator.runner.RunnerSeals;
import dev.flamepool.operator.runner.RunnerStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Carries a plan out. The order matters: new runners first, because a caller waits for them; then
 * the status, which withdraws endpoints and records failures; only then what relies on it.
 */
final class PoolActions {
  private static final Duration AGAIN = Duration.ofMillis(200);

  private final ClusterApi api;
  private final PoolViews views;
  private final FirstLook firstLook;
  private final Credentials credentials;
  private final RunnerLinks links;
  private final Events events;
  private final OperatorMetrics metrics;
  private final RevisionStore revisions;
  private final RunnerSeals seals;

  PoolActions(
      ClusterApi api,
      PoolViews views,
      FirstLook firstLook,
      Credentials credentials,
      RunnerLinks links,
      Events events,
      OperatorMetrics metrics,
      RevisionStore revisions) {
    this.revisions = revisions;
    this.api = api;
    this.views = views;
    this.firstLook = firstLook;
    this.credentials = credentials;
    this.seals = new RunnerSeals(credentials);
    this.links = links;
    this.events = events;
    this.metrics = metrics;
  }

  /** Does what the plan says; when to come back for a status that was held back. */
  Optional<Instant> carryOut(
      PoolObservation seen, PoolPlan plan, FlamePoolStatus wanted, PoolMemory memory) {
    int late = create(seen, plan.create(), memory);
    Optional<Instant> later = writeStatus(seen, wanted, memory);
    if (!seen.revisions().isEmpty() && !seen.deleting()) {
      revisions.write(seen.pool(), seen.known(), memory);
    }
    if (!plan.drain().isEmpty() || plan.delete().stream().anyMatch(RunnerView::live)) {
      confirm(seen.pool());
    }
    for (Map.Entry<RunnerView, EndReason> one : plan.drain().entrySet()) {
      late += drain(one.getKey(), one.getValue(), seen.now());
    }
    for (RunnerView runner : plan.delete()) {
      late += quietly(() -> api.delete(runner.runner()));
    }
    plan.kept().ifPresent(kept -> settings(seen, kept, memory));
    for (FlameCaller caller : seen.demand().expired()) {
      late += quietly(() -> api.delete(caller));
    }
    tell(seen, plan);
    count(seen, plan);
    return late > 0 ? Optional.of(seen.now().plus(AGAIN)) : later;
  }

  /** Runners that serve end only for what the pool is now: what was seen may be a cache's. */
  private void confirm(FlamePool seen) {
    boolean current =
        api.pool(seen.getMetadata().getNamespace(), seen.getMetadata().getName())
            .map(FlamePool::getMetadata)
            .filter(now -> now.getUid().equals(seen.getMetadata().getUid()))
            .filter(now -> Objects.equals(now.getGeneration(), seen.getMetadata().getGeneration()))
            .filter(
                now ->
                    (now.getDeletionTimestamp() == null)
                        == (seen.getMetadata().getDeletionTimestamp() == null))
            .isPresent();
    if (!current) {
      throw new StaleException("FlamePool " + seen.getMetadata().getName() + " has changed", null);
    }
  }

  /**
   * Lets a deleted pool go once no runner of it is left.
   *
   * @return whether it was let go
   */
  boolean finish(FlamePool pool) {
    String uid = pool.getMetadata().getUid();
    boolean left =
        api.runners(pool.getMetadata().getNamespace(), pool.getMetadata().getName()).stream()
            .anyMatch(runner -> uid.equals(runner.getSpec().poolUid()));
    if (left) {
      return false;
    }
    credentials.forget(uid);
    FlamePool fresh =
        api.pool(pool.getMetadata().getNamespace(), pool.getMetadata().getName())
            .filter(now -> now.getMetadata().getUid().equals(uid))
            .orElse(null);
    if (fresh != null) {
      api.removeFinalizer(fresh, Names.POOL_FINALIZER);
    }
    return true;
  }

  /** A quota's refusal is remembered, and the pool looked at again with that in mind. */
  private Optional<FlameRunner> create(
      FlameRunner runner, PoolObservation seen, PoolMemory memory) {
    try {
      return api.create(runner);
    } catch (QuotaException e) {
      memory.overQuota(e.getMessage(), seen.now());
      events.tell(seen.pool(), Events.Type.Warning, "QuotaExceeded", e.getMessage());
      throw new StaleException(e.getMessage(), e);
    }
  }

  /** How many names were somebody else's: others are to be tried. */
  private int create(PoolObservation seen, List<PoolPlan.Creation> creations, PoolMemory memory) {
    int taken = 0;
    for (PoolPlan.Creation creation : creations) {
      FlameRunner runner = runner(seen.pool(), creation);
      Optional<FlameRunner> created = create(runner, seen, memory);
      if (created.isPresent()) {
        views.created(created.get());
      } else if (foreign(runner)) {
        taken++;
        memory.conflict(creation.ordinal(), seen.now());
        events.tell(
            seen.pool(),
            Events.Type.Warning,
            "NameConflict",
            "FlameRunner "
                + runner.getMetadata().getName()
                + " exists and is not this pool's; it is left alone");
      }
    }
    creations.stream()
        .collect(Collectors.groupingBy(one -> one.revision().name(), Collectors.counting()))
        .forEach(
            (revision, count) ->
                events.tell(
                    seen.pool(),
                    Events.Type.Normal,
                    "ScalingUp",
                    "creating " + count + " runner(s) of revision " + revision));
    return taken;
  }

  private boolean foreign(FlameRunner wanted) {
    return api.runner(wanted.getMetadata().getNamespace(), wanted.getMetadata().getName())
        .map(
            there ->
                there.getSpec() == null
                    || !wanted.getSpec().poolUid().equals(there.getSpec().poolUid()))
        .orElse(false);
  }

  private FlameRunner runner(FlamePool pool, PoolPlan.Creation creation) {
    FlameRunner runner = new FlameRunner();
    runner.setMetadata(
        new ObjectMetaBuilder()
            .withName(Names.runner(pool.getMetadata().getName(), creation.ordinal()))
            .withNamespace(pool.getMetadata().getNamespace())
            .addToLabels(Names.POOL_LABEL, pool.getMetadata().getName())
            .withAnnotations(
                creation
                    .wanted()
                    .map(version -> Map.of(Names.WANTED_CODE_VERSION, version))
                    .orElse(null))
            .withFinalizers(Names.MACHINE_FINALIZER)
            .withOwnerReferences(
                new OwnerReferenceBuilder()
                    .withApiVersion(pool.getApiVersion())
                    .withKind(pool.getKind())
                    .withName(pool.getMetadata().getName())
                    .withUid(pool.getMetadata().getUid())
                    .withController(true)
                    .withBlockOwnerDeletion(true)
                    .build())
            .build());
    runner.setSpec(
        creation
            .revision()
            .runner(pool.getMetadata().getName(), pool.getMetadata().getUid(), creation.ordinal()));
    seals.put(runner);
    return runner;
  }

  private Optional<Instant> writeStatus(
      PoolObservation seen, FlamePoolStatus wanted, PoolMemory memory) {
    Optional<Instant> due =
        StatusCoalescer.due(seen.status(), wanted, memory.statusWritten, seen.now());
    if (due.isPresent() && !due.get().isAfter(seen.now())) {
      firstLook.wrote(api.patchStatus(seen.pool(), wanted));
      memory.statusWritten = seen.now();
      return Optional.empty();
    }
    return due;
  }

  private int drain(RunnerView runner, EndReason reason, Instant now) {
    return quietly(
        () ->
            api.patchStatus(
                runner.runner(), RunnerStatus.draining(runner.status(), reason, "", now)));
  }

  private void settings(PoolObservation seen, Set<String> kept, PoolMemory memory) {
    memory.kept.clear();
    memory.kept.addAll(kept);
    FlamePoolSpec spec = seen.spec();
    if (seen.deleting() || spec.isSuspended()) {
      return;
    }
    LogLevel log = spec.log() == null ? LogLevel.INFO : spec.log();
    for (RunnerView runner : seen.runners()) {
      if (runner.live() && runner.status().machine() != null) {
        links.settings(
            runner.uid(),
            new IdleSettings(
                kept.contains(runner.uid()),
                idle("spec.idleShutdownAfter", spec.idleShutdownAfter(), "30s"),
                idle("spec.minIdleShutdownAfter", spec.minIdleShutdownAfter(), Durations.NEVER),
                log.name().toLowerCase(Locale.ROOT)));
      }
    }
  }

  private static Optional<Duration> idle(
      String field, @org.jspecify.annotations.Nullable String text, String otherwise) {
    return Durations.parseOrNever(field, text == null ? otherwise : text);
  }

  private void count(PoolObservation seen, PoolPlan plan) {
    Map<String, Integer> phases = new HashMap<>();
    seen.runners().forEach(runner -> phases.merge(runner.phase().name(), 1, Integer::sum));
    metrics.pool(
        seen.pool().getMetadata().getNamespace(),
        seen.pool().getMetadata().getName(),
        phases,
        seen.demand().calls(),
        plan.desired());
  }

  private void tell(PoolObservation seen, PoolPlan plan) {
    for (RunnerView runner : plan.ended()) {
      EndReason reason = runner.reason().orElse(EndReason.Lost);
      events.tell(
          seen.pool(),
          reason.isFailure() ? Events.Type.Warning : Events.Type.Normal,
          reason.isFailure() ? "RunnerFailed" : "RunnerEnded",
          runner.name()
              + ": "
              + reason
              + (runner.status().message() == null ? "" : ", " + runner.status().message()));
    }
    for (Condition condition : PoolStatuses.of(seen, plan).conditions()) {
      if (PoolConditions.isTrouble(condition)) {
        events.tell(
            seen.pool(), Events.Type.Warning, condition.getReason(), condition.getMessage());
      }
    }
    seen.invalid()
        .ifPresent(wrong -> events.tell(seen.pool(), Events.Type.Warning, "InvalidSpec", wrong));
  }

  /**
   * Whoever was faster has changed the object: decided again on what is there then.
   *
   * @return how many writes came too late
   */
  private static int quietly(Runnable write) {
    try {
      write.run();
      return 0;
    } catch (StaleException e) {
      return 1;
    }
  }
}
