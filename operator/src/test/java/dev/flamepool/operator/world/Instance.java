package dev.flamepool.operator.world;

import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.backend.Backends;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.Offerings;
import dev.flamepool.operator.backend.ScriptedBackend;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.Events;
import dev.flamepool.operator.pool.PoolReconciler;
import dev.flamepool.operator.pool.PoolViews;
import dev.flamepool.operator.runner.RunnerReconciler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One life of the operator: everything that it has in memory. */
final class Instance {
  private final World world;
  private final PoolReconciler pools;
  private final RunnerReconciler runners;
  final FakeLinks links;
  private Duration wake = Duration.ZERO;

  Instance(World world, CrashPoints points) {
    this.world = world;
    this.links = new FakeLinks(world.runners);
    ClusterApi api = new ClusterApi(world.client());
    Backends backends = new Backends(List.of(new ScriptedBackend(world.cloud, points)));
    Offerings offerings = new Offerings(world.clock);
    FakeCredentials credentials = new FakeCredentials();
    this.pools =
        new PoolReconciler(
            api,
            new Uncached(api),
            backends,
            offerings,
            credentials,
            links,
            new Events(world.client(), event -> {}, world.clock),
            world.clock,
            () -> 0.5);
    this.runners =
        new RunnerReconciler(
            api, api::pool, backends, offerings, credentials, links, "here", world.clock);
  }

  /** Every object once. */
  void round() {
    wake = Duration.ofMinutes(5);
    for (FlamePool pool :
        world.client().resources(FlamePool.class).inNamespace(world.namespace).list().getItems()) {
      soonest(pools.reconcile(pool));
    }
    for (FlameRunner runner :
        world
            .client()
            .resources(FlameRunner.class)
            .inNamespace(world.namespace)
            .list()
            .getItems()) {
      soonest(runners.reconcile(runner));
    }
  }

  Duration wake() {
    return wake;
  }

  private void soonest(Duration again) {
    wake = again.compareTo(wake) < 0 ? again : wake;
  }

  private record Uncached(ClusterApi api) implements PoolViews {
    @Override
    public List<FlameRunner> runners(String namespace, String pool) {
      return api.runners(namespace, pool);
    }

    @Override
    public List<FlameCaller> callers(String namespace, String pool) {
      return api.callers(namespace, pool);
    }

    @Override
    public Optional<FlameBackend> backend(String namespace, String name) {
      return api.backend(namespace, name);
    }
  }
}
