package dev.flamepool.operator.shared;

import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlamePool;
import dev.flamepool.operator.cluster.ListenedInformer;
import dev.flamepool.operator.health.OperatorMetrics;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * JOSDK's shell round {@link SharedBackendReconciler}: it calls it when a FlameBackend or a pool of
 * its namespace changed.
 */
public final class SharedBackendController
    implements Reconciler<FlameBackend>, Cleaner<FlameBackend> {
  private final SimpleInboundEventSource<FlameBackend> pokes =
      new SimpleInboundEventSource<>("pokes");
  private final SharedBackendReconciler reconciler;
  private final OperatorMetrics metrics;
  private final Consumer<FlamePool> poolGone;
  private IndexerResourceCache<FlameBackend> backends;
  private InformerEventSource<FlamePool, FlameBackend> pools;

  /**
   * The reconciler is made once, with what has a FlameBackend reconciled.
   *
   * @param poolGone called when a pool's object is gone; must not block
   */
  public SharedBackendController(
      Function<Consumer<FlameBackend>, SharedBackendReconciler> factory,
      OperatorMetrics metrics,
      Consumer<FlamePool> poolGone) {
    this.reconciler =
        factory.apply(backend -> pokes.propagateEvent(ResourceID.fromResource(backend)));
    this.metrics = metrics;
    this.poolGone = poolGone;
  }

  /** A pool that ceases to use a FlameBackend does not name it any more: all are looked at. */
  @Override
  public List<EventSource<?, FlameBackend>> prepareEventSources(
      EventSourceContext<FlameBackend> context) {
    backends = context.getPrimaryCache();
    pools =
        new ListenedInformer<>(
            InformerEventSourceConfiguration.from(FlamePool.class, FlameBackend.class)
                .withSecondaryToPrimaryMapper(
                    pool ->
                        backends
                            .list(pool.getMetadata().getNamespace())
                            .map(ResourceID::fromResource)
                            .collect(Collectors.toSet()))
                .build(),
            context,
            pool -> {},
            poolGone);
    return List.of(pools, pokes);
  }

  @Override
  public UpdateControl<FlameBackend> reconcile(
      FlameBackend backend, Context<FlameBackend> context) {
    return UpdateControl.<FlameBackend>noUpdate()
        .rescheduleAfter(metrics.timed("backends", () -> reconciler.reconcile(backend)));
  }

  @Override
  public DeleteControl cleanup(FlameBackend backend, Context<FlameBackend> context) {
    List<String> users =
        pools
            .list(backend.getMetadata().getNamespace())
            .filter(pool -> SharedBackendReconciler.uses(pool, backend.getMetadata().getName()))
            .map(pool -> pool.getMetadata().getName())
            .sorted()
            .toList();
    return reconciler.release(backend, users)
        ? DeleteControl.defaultDelete()
        : DeleteControl.noFinalizerRemoval();
  }

  /** A FlameBackend's object is gone. */
  public void gone(FlameBackend backend) {
    reconciler.gone(backend);
  }
}
