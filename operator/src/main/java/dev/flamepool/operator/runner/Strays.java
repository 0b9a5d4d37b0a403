package dev.flamepool.operator.runner;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.Events;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * FlameRunners of pools that are no more, such as a backup brings back: with the uid of a pool that
 * is another one by now, without an owner that would have them collected, with a finalizer. Nobody
 * else ends them, and each takes an ordinal of the pool that has its name.
 */
final class Strays {
  private static final Logger LOG = LoggerFactory.getLogger(Strays.class);

  /** What is restored comes bit by bit. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration AGAIN = Duration.ofSeconds(2);

  private final ClusterApi api;
  private final RunnerReconciler.Pools pools;
  private final Events events;
  private final Clock clock;

  Strays(ClusterApi api, RunnerReconciler.Pools pools, Events events, Clock clock) {
    this.api = api;
    this.pools = pools;
    this.events = events;
    this.clock = clock;
  }

  /**
   * Has a runner deleted whose pool is surely gone. What it may have left in the cloud ends as for
   * any other that is deleted.
   *
   * @return empty for a runner that has a pool, or is being deleted already
   */
  Optional<Progress> run(FlameRunner runner, RunnerWatch.Entry watch) {
    Optional<FlamePool> cached = find(runner);
    if (runner.getMetadata().getDeletionTimestamp() != null || isOf(runner, cached)) {
      watch.strayedSince = null;
      return Optional.empty();
    }
    Optional<FlamePool> pool =
        api.pool(runner.getMetadata().getNamespace(), runner.getSpec().pool());
    if (isOf(runner, pool)) {
      watch.strayedSince = null; // the cache lags behind
      return Optional.empty();
    }
    Instant now = clock.instant();
    if (watch.strayedSince == null) {
      watch.strayedSince = now;
    }
    if (now.isBefore(watch.strayedSince.plus(PATIENCE))) {
      return Optional.of(Progress.in(runner, AGAIN));
    }
    tell(runner, pool);
    api.delete(runner);
    return Optional.of(Progress.in(runner, AGAIN)); // as soon as that is seen
  }

  private Optional<FlamePool> find(FlameRunner runner) {
    return pools.pool(runner.getMetadata().getNamespace(), runner.getSpec().pool());
  }

  private static boolean isOf(FlameRunner runner, Optional<FlamePool> pool) {
    return pool.filter(one -> one.getMetadata().getUid().equals(runner.getSpec().poolUid()))
        .isPresent();
  }

  private void tell(FlameRunner runner, Optional<FlamePool> pool) {
    String message =
        "FlameRunner %s is of a FlamePool %s that is no more, as after a restore: it is deleted"
            .formatted(runner.getMetadata().getName(), runner.getSpec().pool());
    LOG.warn("in namespace {}: {}", runner.getMetadata().getNamespace(), message);
    events.tell(
        pool.<HasMetadata>map(one -> one).orElse(runner),
        Events.Type.Warning,
        "StrayRunner",
        message);
  }
}
