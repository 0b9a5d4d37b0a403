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
import dev.flamepool.operator.cluster.StaleException;
import dev.flamepool.operator.control.IdleSettings;
import dev.flamepool.operator.control.RunnerLinks;
import dev.flamepool.operator.credentials.Credentials;
import dev.flamepool.operator.health.OperatorMetrics;
import dev.flamepool.operator.runner.EndReason;
import dev.flamepool.operator.runner.RunnerSeals;
import dev.flamepool.operator.runner.RunnerStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Carries a plan out. The order matters: new runners are begun first, because a caller waits for
 * them; then the status is written, which withdraws endpoints and records failures; only then what
 * relies on it.
 */
final class PoolActions {
  private static final Duration AGAIN = Duration.ofMillis(200);

  /** Writes of a kind in one pass: the pool is looked at again for the others. */
  private static final int AT_ONCE = 25;

  private final ClusterApi api;
  private final RunnerCreation creation;
  private final FirstLook firstLook;
  private final Credentials credentials;
  private final RunnerLinks links;
  private final Events events;
  private final OperatorMetrics metrics;
  private final RevisionStore revisions;
  private final RunnerSeals seals;

  PoolActions(
      ClusterApi api,
      RunnerCreation creation,
      FirstLook firstLook,
      Credentials credentials,
      RunnerLinks links,
      Events events,
      OperatorMetrics metrics,
      RevisionStore revisions) {
    this.revisions = revisions;
    this.api = api;
    this.creation = creation;
    this.firstLook = firstLook;
    this.credentials = credentials;
    this.seals = new RunnerSeals(credentials);
    this.links = links;
    this.events = events;
    this.metrics = metrics;
  }

  /**
   * Does what the plan says. What one step is refused keeps none of the others from being taken.
   *
   * @return when to come back for what was held back or left over
   * @throws RuntimeException what the first step was refused that cannot be decided anew
   */
  Optional<Instant> carryOut(
      PoolObservation seen, PoolPlan plan, FlamePoolStatus wanted, PoolMemory memory) {
    Steps steps = new Steps();
    boolean isNew = seen.pool().getStatus() == null;
    int left = isNew ? 0 : create(seen, plan.create(), memory);
    Optional<Instant> later = writeStatus(seen, wanted, memory);
    memory.lessons = plan.lessons(); // as soon as what they are learnt from is recorded
    left += isNew ? create(seen, plan.create(), memory) : 0; // that there is a history shows
    if (!seen.revisions().isEmpty() && !seen.deleting()) {
      steps.take(
          () -> {
            revisions.write(seen.pool(), seen.known(), memory);
            return 0;
          });
    }
    left += steps.take(() -> end(seen, plan));
    plan.kept().ifPresent(kept -> settings(seen, kept, memory));
    left += steps.take(() -> deleteExpired(seen));
    tell(seen, plan, wanted);
    count(seen, plan);
    steps.fail();
    if (left > AT_ONCE) {
      return Optional.of(seen.now());
    }
    return left > 0 ? Optional.of(seen.now().plus(AGAIN)) : later;
  }

  /** Withdraws and deletes, but not so many that the pool's status has to wait. */
  private int end(PoolObservation seen, PoolPlan plan) {
    List<RunnerView> drain = stored(plan.drain().keySet());
    List<RunnerView> delete = stored(plan.delete());
    if (!drain.isEmpty() || delete.stream().anyMatch(RunnerView::live)) {
      confirm(seen.pool());
    }
    int left = plan.drain().size() + plan.delete().size();
    for (RunnerView runner : first(drain)) {
      left -= drain(runner, plan.drain().get(runner), seen.now());
    }
    for (RunnerView runner : first(delete)) {
      left -= inTime(() -> api.deleteRunner(runner.runner()));
    }
    return left;
  }

  private int deleteExpired(PoolObservation seen) {
    int left = seen.demand().expired().size();
    for (FlameCaller caller : first(seen.demand().expired())) {
      left -= inTime(() -> api.delete(caller));
    }
    return left;
  }

  private static List<RunnerView> stored(Collection<RunnerView> runners) {
    return runners.stream().filter(RunnerView::isStored).toList();
  }

  private static <T> List<T> first(List<T> all) {
    return all.subList(0, Math.min(AT_ONCE, all.size()));
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
  boolean finish(PoolObservation seen) {
    FlamePool pool = seen.pool();
    String uid = pool.getMetadata().getUid();
    boolean left =
        !seen.runners().isEmpty()
            || api.runners(pool.getMetadata().getNamespace(), pool.getMetadata().getName()).stream()
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

  /** How many are left for the next pass. */
  private int create(PoolObservation seen, List<PoolPlan.Creation> creations, PoolMemory memory) {
    if (creations.isEmpty()) {
      return 0;
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
    return creation.begin(
        seen.pool(), creations.stream().map(one -> runner(seen.pool(), one)).toList(), memory);
  }

  private FlameRunner runner(FlamePool pool, PoolPlan.Creation creation) {
    FlameRunner runner = new FlameRunner();
    runner.setMetadata(
        new ObjectMetaBuilder()
            .withName(Names.runner(pool.getMetadata().getName(), creation.ordinal()))
            .withNamespace(pool.getMetadata().getNamespace())
            .addToLabels(Names.POOL_LABEL, pool.getMetadata().getName())
            .withAnnotations(RunnerView.wanting(creation.wanted()))
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
    return inTime(
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

  private static Optional<Duration> idle(String field, @Nullable String text, String otherwise) {
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

  private void tell(PoolObservation seen, PoolPlan plan, FlamePoolStatus wanted) {
    for (RunnerView runner : plan.ended()) {
      EndReason reason = runner.reason().orElse(EndReason.Lost);
      boolean failed = PoolFailures.isFailure(seen, runner);
      events.tell(
          seen.pool(),
          failed ? Events.Type.Warning : Events.Type.Normal,
          failed ? "RunnerFailed" : "RunnerEnded",
          runner.name()
              + ": "
              + reason
              + (runner.status().message() == null ? "" : ", " + runner.status().message()),
          failed ? PoolFailures.lastWords(runner) : List.of());
    }
    if (PoolConditions.isTrouble(wanted.conditions())) {
      for (Problem problem : PoolConditions.troubles(seen, plan)) {
        events.tellOnce(seen.pool(), Events.Type.Warning, problem.reason(), problem.words());
      }
    }
    seen.invalid()
        .ifPresent(wrong -> events.tell(seen.pool(), Events.Type.Warning, "InvalidSpec", wrong));
  }

  /**
   * Whoever was faster has changed the object: decided again on what is there then.
   *
   * @return how many writes were in time
   */
  private static int inTime(Runnable write) {
    try {
      write.run();
      return 1;
    } catch (StaleException e) {
      return 0;
    }
  }

  /** Steps that do not depend on each other. */
  private static final class Steps {
    private @Nullable RuntimeException first;

    /** What a step has left over. */
    int take(IntSupplier step) {
      try {
        return step.getAsInt();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
        return 0;
      }
    }

    void fail() {
      if (first != null) {
        throw first;
      }
    }
  }
}
