package dev.flamepool.operator.pool;

import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.cluster.ListenedInformer;
import dev.flamepool.operator.health.OperatorMetrics;
import dev.flamepool.operator.runner.RunnerReconciler;
import dev.flamepool.operator.scaling.Demand;
import dev.flamepool.operator.scaling.LiveCallers;
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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
public final class PoolController
    implements Reconciler<FlamePool>, Cleaner<FlamePool>, PoolViews, RunnerReconciler.Pools {
  private static final String BY_POOL = "pool";

  private final SimpleInboundEventSource<FlamePool> pokes = new SimpleInboundEventSource<>("pokes");
  private final LiveCallers liveCallers = new LiveCallers();
  private final PoolReconciler reconciler;
  private final OperatorMetrics metrics;
  private final Clock clock;
  private Consumer<FlameRunner> runnerGone = runner -> {};
  private Consumer<FlameBackend> backendGone = backend -> {};
  private IndexerResourceCache<FlamePool> pools;
  private InformerEventSource<FlameRunner, FlamePool> runners;
  private InformerEventSource<FlameBackend, FlamePool> backends;

  /**
   * The reconciler is made once with the views of this controller.
   *
   * @param clock by which callers live
   */
  public PoolController(
      Function<PoolViews, PoolReconciler> factory, OperatorMetrics metrics, Clock clock) {
    this.reconciler = factory.apply(this);
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Who hears of the end of runners and FlameBackends; to be called before it is registered. */
  public void onEnd(Consumer<FlameRunner> runner, Consumer<FlameBackend> backend) {
    runnerGone = runner;
    backendGone = backend;
  }

  /** A pool's object is gone. */
  public void gone(FlamePool pool) {
    reconciler.gone(pool);
  }

  @Override
  public List<EventSource<?, FlamePool>> prepareEventSources(
      EventSourceContext<FlamePool> context) {
    pools = context.getPrimaryCache();
    runners =
        new ListenedInformer<>(
            ofPool(FlameRunner.class, runner -> runner.getSpec().pool()).build(),
            context,
            runner -> {},
            runnerGone);
    runners.addIndexers(
        Map.of(
            BY_POOL,
            runner ->
                List.of(index(runner.getMetadata().getNamespace(), runner.getSpec().pool()))));
    InformerEventSource<FlameCaller, FlamePool> callers =
        new ListenedInformer<>(
            ofPool(FlameCaller.class, caller -> caller.getSpec().pool())
                .withOnUpdateFilter((now, before) -> liveCallers.isNews(before, now))
                .build(),
            context,
            caller -> liveCallers.heard(caller, clock.instant()),
            liveCallers::gone);
    backends =
        new ListenedInformer<>(
            InformerEventSourceConfiguration.from(FlameBackend.class, FlamePool.class)
                .withSecondaryToPrimaryMapper(
                    backend ->
                        pools
                            .list(backend.getMetadata().getNamespace())
                            .map(ResourceID::fromResource)
                            .collect(Collectors.toSet()))
                .build(),
            context,
            backend -> {},
            backendGone);
    return List.of(runners, callers, backends, pokes);
  }

  private static <T extends HasMetadata> InformerEventSourceConfiguration.Builder<T> ofPool(
      Class<T> type, Function<T, String> pool) {
    return InformerEventSourceConfiguration.from(type, FlamePool.class)
        .withSecondaryToPrimaryMapper(
            object ->
                Set.of(new ResourceID(pool.apply(object), object.getMetadata().getNamespace())));
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
    Duration again = metrics.timed("pools", () -> reconciler.reconcile(pool));
    String uid = pool.getMetadata().getUid();
    if (pool(pool.getMetadata().getNamespace(), pool.getMetadata().getName())
        .filter(now -> now.getMetadata().getUid().equals(uid))
        .isEmpty()) {
      reconciler.gone(pool); // while this pass went on
    }
    return again;
  }

  /** Has a pool reconciled soon. */
  public void poke(String namespace, String name) {
    pokes.propagateEvent(new ResourceID(name, namespace));
  }

  /** Has the pool of a uid reconciled soon, if there is one. */
  public void pokeUid(String uid) {
    pools
        .list()
        .filter(pool -> pool.getMetadata().getUid().equals(uid))
        .forEach(pool -> pokes.propagateEvent(ResourceID.fromResource(pool)));
  }

  /** Has all pools of a namespace reconciled soon. */
  public void poke(String namespace) {
    pools.list(namespace).forEach(pool -> pokes.propagateEvent(ResourceID.fromResource(pool)));
  }

  @Override
  public Optional<FlamePool> pool(String namespace, String name) {
    return pools == null ? Optional.empty() : pools.get(new ResourceID(name, namespace));
  }

  @Override
  public List<FlameRunner> runners(String namespace, String pool) {
    return runners.byIndex(BY_POOL, index(namespace, pool));
  }

  @Override
  public Demand demand(String namespace, String pool, Instant now) {
    return liveCallers.demand(namespace, pool, now);
  }

  @Override
  public void attend(String namespace, String pool, boolean toAnything) {
    liveCallers.attend(namespace, pool, toAnything);
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
