package dev.flamepool.operator.runner;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.cluster.ClusterApi;

/**
 * Whether callers may still be sent to a runner. Known from what this process itself has written
 * last, or read uncached, before a runner is told to end or stopped: its endpoint is withdrawn
 * first.
 */
final class PublishedEndpoints {
  private final ClusterApi api;

  PublishedEndpoints(ClusterApi api) {
    this.api = api;
  }

  boolean contains(FlameRunner runner) {
    return api.written(runner.getSpec().poolUid())
        .or(() -> api.pool(runner.getMetadata().getNamespace(), runner.getSpec().pool()))
        .filter(pool -> pool.getMetadata().getUid().equals(runner.getSpec().poolUid()))
        .map(pool -> pool.getStatus() == null ? null : pool.getStatus().endpoints())
        .map(
            endpoints ->
                endpoints.stream()
                    .anyMatch(endpoint -> endpoint.uid().equals(runner.getMetadata().getUid())))
        .orElse(false);
  }
}
