package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlamePoolStatus;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.cluster.ClusterApi;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Another leader may have acted until a moment ago, and the first list of an informer may come from
 * an API server that lags behind (it asks for resourceVersion 0). A pool is acted on only once the
 * caches have had what is stored; from then on they lag behind this process's own writes at most,
 * until a status that it never wrote shows that another has acted. Thread-safe.
 */
final class FirstLook {
  private final ClusterApi api;
  private final Inventory inventory;
  private final PoolViews views;

  /** The status in store as far as this process knows, by the pool's uid. */
  private final Map<String, Optional<FlamePoolStatus>> stored = new ConcurrentHashMap<>();

  FirstLook(ClusterApi api, Inventory inventory, PoolViews views) {
    this.api = api;
    this.inventory = inventory;
    this.views = views;
  }

  /** Whether the caches have once had this pool and its runners as they were stored. */
  boolean done(FlamePool cached) {
    if (stored.containsKey(cached.getMetadata().getUid())) {
      return true;
    }
    boolean same =
        cached.getStatus() == null
            ? isStored(cached)
            : inventory.versions(cached).equals(versions(cached));
    if (same) {
      wrote(cached);
    }
    return same;
  }

  /** This process has stored the pool as it is. */
  void wrote(FlamePool pool) {
    stored.put(pool.getMetadata().getUid(), Optional.ofNullable(pool.getStatus()));
  }

  /** Whether nobody else has acted on the pool, which was just read. */
  boolean alone(FlamePool now) {
    return Optional.ofNullable(now.getStatus()).equals(stored.get(now.getMetadata().getUid()));
  }

  /** The next look is the first. */
  void forget(FlamePool pool) {
    stored.remove(pool.getMetadata().getUid());
    inventory.forget(pool);
  }

  /** Whoever acts on a pool writes a status first: without one there are no runners yet. */
  private boolean isStored(FlamePool cached) {
    return api.pool(cached.getMetadata().getNamespace(), cached.getMetadata().getName())
        .filter(now -> version(now).equals(version(cached)))
        .isPresent();
  }

  private Map<String, String> versions(FlamePool cached) {
    List<FlameRunner> runners =
        views.runners(cached.getMetadata().getNamespace(), cached.getMetadata().getName());
    return Stream.concat(Stream.of(cached), runners.stream())
        .collect(Collectors.toMap(object -> object.getMetadata().getUid(), FirstLook::version));
  }

  private static String version(HasMetadata object) {
    return object.getMetadata().getResourceVersion();
  }
}
