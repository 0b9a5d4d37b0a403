package dev.flamepool.operator.pool;

import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.cluster.EndsInformer;
import dev.flamepool.operator.health.OperatorMetrics;
import io.fabric8.kubernetes.api.model.HasMetadata;
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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * JOSDK's shell round {@link PoolReconciler}: it calls it when the pool, its runners or callers, a
 * FlameBackend or a control connection changed. Also serves what its informers have cached.
 */
public final class PoolController implements Reconciler<FlamePool>, Cleaner<FlamePool>, PoolViews {
  /** Informers' objects by their pool: what JOSDK looks up itself it collects in a hash set. */
  private static final String BY_POOL = "pool";

  private final SimpleInboundEventSource<FlamePool> pokes = new SimpleInboundEventSource<>("pokes");

  /** Who hears of the end of what a pool's passes watch. Must not block. */
  public interface Ends {
    /** A runner's object is gone. */
    default void runner(FlameRunner runner) {}

    /** A FlameBackend is gone. */
    default void backend(FlameBackend backend) {}
  }

  private final PoolReconciler reconciler;
  private final OperatorMetrics metrics;
  private Ends ends = new Ends() {};
  private IndexerResourceCache<FlamePool> pools;
  private InformerEventSource<FlameRunner, FlamePool> runners;
  private InformerEventSource<FlameCaller, FlamePool> callers;
  private InformerEventSource<FlameBackend, FlamePool> backends;

  /** The reconciler is made once with the views of this controller. */
  public PoolController(Function<PoolViews, PoolReconciler> factory, OperatorMetrics metrics) {
    this.reconciler = factory.apply(this);
    this.metrics = metrics;
  }

  /** Who is to hear of ends; to be called before it starts. */
  public void onEnd(Ends listener) {
    ends = listener;
  }

  /** A pool's object is gone. */
  public void gone(FlamePool pool) {
    reconciler.gone(pool);
  }

  @Override
  public List<EventSource<?, FlamePool>> prepareEventSources(
      EventSourceContext<FlamePool> context) {
    pools = context.getPrimaryCache();
    runners = informer(FlameRunner.class, context, r -> r.getSpec().pool(), ends::runner);
    callers = informer(FlameCaller.class, context, c -> c.getSpec().pool(), caller -> {});
    backends =
        new EndsInformer<>(
            InformerEventSourceConfiguration.from(FlameBackend.class, FlamePool.class)
                .withSecondaryToPrimaryMapper(
                    backend ->
                        pools
                            .list(backend.getMetadata().getNamespace())
                            .map(ResourceID::fromResource)
                            .collect(Collectors.toSet()))
                .build(),
            context,
            ends::backend);
    return List.of(runners, callers, backends, pokes);
  }

  private static <T extends HasMetadata> InformerEventSource<T, FlamePool> informer(
      Class<T> type,
      EventSourceContext<FlamePool> context,
      Function<T, String> pool,
      Consumer<T> gone) {
    InformerEventSource<T, FlamePool> informer =
        new EndsInformer<>(
            InformerEventSourceConfiguration.from(type, FlamePool.class)
                .withSecondaryToPrimaryMapper(
                    object ->
                        Set.of(
                            new ResourceID(
                                pool.apply(object), object.getMetadata().getNamespace())))
                .build(),
            context,
            gone);
    informer.addIndexers(
        Map.of(
            BY_POOL,
            object -> List.of(index(object.getMetadata().getNamespace(), pool.apply(object)))));
    return informer;
  }

  private static String index(String namespace, String pool) {
    return namespace + "/" + pool;
  }

  @Override
  public UpdateControl<FlamePool> reconcile(FlamePool pool, Context<FlamePool> context) {
    return UpdateControl.<FlamePool>noUpdate().rescheduleAfter(pass(pool));
  }

  /** The reconciler removes the finalizer itself, once no runner is left. */
  @Override
  public DeleteControl cleanup(FlamePool pool, Context<FlamePool> context) {
    return DeleteControl.noFinalizerRemoval().rescheduleAfter(pass(pool).toMillis());
  }

  private Duration pass(FlamePool pool) {
    return metrics.timed("pools", () -> reconciler.reconcile(pool));
  }

  /** Has a pool reconciled soon. */
  public void poke(String namespace, String name) {
    pokes.propagateEvent(new ResourceID(name, namespace));
  }

  /** Has all pools of a namespace reconciled soon. */
  public void poke(String namespace) {
    pools.list(namespace).forEach(pool -> pokes.propagateEvent(ResourceID.fromResource(pool)));
  }

  /** A pool as the informer has it. */
  public Optional<FlamePool> pool(String namespace, String name) {
    return pools == null ? Optional.empty() : pools.get(new ResourceID(name, namespace));
  }

  @Override
  public List<FlameRunner> runners(String namespace, String pool) {
    return runners.byIndex(BY_POOL, index(namespace, pool));
  }

  @Override
  public List<FlameCaller> callers(String namespace, String pool) {
    return callers.byIndex(BY_POOL, index(namespace, pool));
  }

  @Override
  public Optional<FlameBackend> backend(String namespace, String name) {
    return backends.get(new ResourceID(name, namespace));
  }

  @Override
  public void wake(String namespace, String pool) {
    poke(namespace, pool);
  }
}
