package dev.flamepool.operator.runner;

import dev.flamepool.api.BackendKind;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus;
import dev.flamepool.api.Names;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.Events;
import dev.flamepool.operator.health.OperatorMetrics;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The break-glass annotation {@link Names#ABANDON_MACHINE}: whoever may patch runners can have one
 * that is being deleted let go without proof that its machine is gone, say because the cloud
 * account is closed. What is left then ends by its own limits, or is swept as an orphan.
 *
 * <p>The log has everything that the Event says: in a namespace that is going no Event can be made.
 */
final class Abandonment {
  private static final Logger LOG = LoggerFactory.getLogger(Abandonment.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int MAX_REASON = 200;

  private final ClusterApi api;
  private final RunnerReconciler.Pools pools;
  private final Keys keys;
  private final PublishedEndpoints published;
  private final Events events;
  private final OperatorMetrics metrics;

  Abandonment(
      ClusterApi api,
      RunnerReconciler.Pools pools,
      Keys keys,
      PublishedEndpoints published,
      Events events,
      OperatorMetrics metrics) {
    this.api = api;
    this.pools = pools;
    this.keys = keys;
    this.published = published;
    this.events = events;
    this.metrics = metrics;
  }

  /**
   * Lets the runner go if that is asked for. Its machine is deleted first if that can still be
   * done; boot Secrets go with their owner.
   *
   * @param backend empty when this operator does not serve the kind
   * @param placed whether the backend may be called here
   * @return empty when the runner ends as any other
   */
  Optional<Progress> run(
      FlameRunner runner,
      Optional<RunnerBackend> backend,
      RunnerWatch.Entry watch,
      boolean placed) {
    Map<String, String> annotations = runner.getMetadata().getAnnotations();
    String why = annotations == null ? null : annotations.get(Names.ABANDON_MACHINE);
    if (why == null || runner.getMetadata().getDeletionTimestamp() == null) {
      return Optional.empty();
    }
    if (why.isBlank()) {
      refuse(runner, watch);
      return Optional.empty();
    }
    if (published.contains(runner)) {
      return Optional.of(Progress.in(runner, POLL));
    }
    if (!placed && backend.isPresent()) {
      return Optional.of(Progress.needsPlace(runner));
    }
    List<MachineRef> left =
        keys.possible(watch.known(runner)).stream().filter(ref -> !isGone(ref, backend)).toList();
    if (!left.isEmpty()) {
      tell(runner, "MachineAbandoned", words(runner, left, why.strip()));
    }
    api.removeFinalizer(runner, Names.MACHINE_FINALIZER);
    watch.stored();
    left.forEach(ref -> metrics.abandoned(runner.getSpec().backend().kind()));
    return Optional.of(Progress.OVER);
  }

  private void refuse(FlameRunner runner, RunnerWatch.Entry watch) {
    if (!watch.abandonmentRefused) {
      watch.abandonmentRefused = true;
      tell(
          runner,
          "AbandonRefused",
          "annotation "
              + Names.ABANDON_MACHINE
              + " of FlameRunner "
              + runner.getMetadata().getName()
              + " is empty and does nothing: its value must say why the machine cannot be ended");
    }
  }

  private static boolean isGone(MachineRef ref, Optional<RunnerBackend> backend) {
    if (backend.isEmpty()) {
      return false;
    }
    try {
      backend.get().delete(ref);
      return backend.get().find(ref).isEmpty();
    } catch (BackendException e) {
      return false;
    }
  }

  private static String words(FlameRunner runner, List<MachineRef> left, String why) {
    BackendKind kind = runner.getSpec().backend().kind();
    FlameRunnerStatus.Launch launch = RunnerStatus.of(runner).launch();
    String place = launch == null || launch.offering() == null ? "" : launch.offering();
    return "FlameRunner "
        + runner.getMetadata().getName()
        + " was let go as its annotation asked; may still exist on backend "
        + kind.field()
        + (place.isEmpty() ? "" : " in " + place)
        + ": "
        + left.stream().map(Abandonment::name).collect(Collectors.joining(", "))
        + ", runner uid "
        + runner.getMetadata().getUid()
        + ". Look for it there. Asked for because: "
        + (why.length() > MAX_REASON ? why.substring(0, MAX_REASON) : why);
  }

  private static String name(MachineRef ref) {
    return ref.id()
        .map(id -> "machine " + id)
        .orElse("the machine of attempt " + ref.key().attempt() + ", whose id is not known");
  }

  /** On the pool, as all Events are; on the runner where the pool is gone. */
  private void tell(FlameRunner runner, String reason, String message) {
    String namespace = runner.getMetadata().getNamespace();
    LOG.warn("{} in namespace {}: {}", reason, namespace, message);
    HasMetadata about =
        pools.pool(namespace, runner.getSpec().pool()).<HasMetadata>map(p -> p).orElse(runner);
    events.tell(about, Events.Type.Warning, reason, message);
  }
}
