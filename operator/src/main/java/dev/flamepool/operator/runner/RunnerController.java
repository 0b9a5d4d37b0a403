package dev.flamepool.operator.runner;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.health.OperatorMetrics;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * JOSDK's shell round {@link RunnerReconciler}: it calls it when the runner, its machine or its
 * control connection changed.
 */
public final class RunnerController implements Reconciler<FlameRunner>, Cleaner<FlameRunner> {
  /** A runner by name, and its pool's. */
  public record Name(String namespace, String runner, String pool) {}

  private final SimpleInboundEventSource<FlameRunner> pokes =
      new SimpleInboundEventSource<>("pokes");
  private final Map<String, Name> names = new ConcurrentHashMap<>();
  private final Map<ResourceID, FlameRunner> seen = new ConcurrentHashMap<>();
  private final RunnerReconciler reconciler;
  private final OperatorMetrics metrics;

  /** A shell round a reconciler. */
  public RunnerController(RunnerReconciler reconciler, OperatorMetrics metrics) {
    this.reconciler = reconciler;
    this.metrics = metrics;
  }

  @Override
  public List<EventSource<?, FlameRunner>> prepareEventSources(
      EventSourceContext<FlameRunner> context) {
    return List.of(pokes);
  }

  @Override
  public UpdateControl<FlameRunner> reconcile(FlameRunner runner, Context<FlameRunner> context) {
    return UpdateControl.<FlameRunner>noUpdate().rescheduleAfter(pass(runner));
  }

  /** The reconciler removes the finalizer itself, once the backend holds nothing. */
  @Override
  public DeleteControl cleanup(FlameRunner runner, Context<FlameRunner> context) {
    return DeleteControl.noFinalizerRemoval().rescheduleAfter(pass(runner).toMillis());
  }

  private Duration pass(FlameRunner runner) {
    FlameRunner before = seen.put(ResourceID.fromResource(runner), runner);
    if (before != null && !uid(before).equals(uid(runner))) {
      names.remove(uid(before));
      reconciler.gone(before);
    }
    names.put(
        uid(runner),
        new Name(
            runner.getMetadata().getNamespace(),
            runner.getMetadata().getName(),
            runner.getSpec().pool()));
    return metrics.timed("runners", () -> reconciler.reconcile(runner));
  }

  private static String uid(FlameRunner runner) {
    return runner.getMetadata().getUid();
  }

  /** Has a runner reconciled now. */
  public void poke(Name name) {
    pokes.propagateEvent(new ResourceID(name.runner(), name.namespace()));
  }

  /** Whose uid it is; empty for runners that this process has not seen. */
  public Optional<Name> name(String runnerUid) {
    return Optional.ofNullable(names.get(runnerUid));
  }
}
