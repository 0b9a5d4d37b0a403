package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.cluster.ClusterApi;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Another leader may have acted until a moment ago, and the first list of an informer may come from
 * an API server that lags behind (it asks for resourceVersion 0). A pool is acted on only once the
 * caches have had what is stored; from then on they lag behind this process's own writes at most.
 * Thread-safe.
 */
final class FirstLook {
  private final ClusterApi api;
  private final PoolViews views;
  private final Set<String> current = ConcurrentHashMap.newKeySet();

  FirstLook(ClusterApi api, PoolViews views) {
    this.api = api;
    this.views = views;
  }

  /** Whether the caches have once had this pool and its runners as they were stored. */
  boolean current(FlamePool cached) {
    String uid = cached.getMetadata().getUid();
    if (current.contains(uid)) {
      return true;
    }
    String namespace = cached.getMetadata().getNamespace();
    String name = cached.getMetadata().getName();
    List<FlameRunner> runners = views.runners(namespace, name);
    boolean same =
        api.pool(namespace, name)
                .filter(stored -> versions(List.of(stored)).equals(versions(List.of(cached))))
                .isPresent()
            && versions(api.runners(namespace, name)).equals(versions(runners));
    if (same) {
      current.add(uid);
    }
    return same;
  }

  void forget(FlamePool pool) {
    current.remove(pool.getMetadata().getUid());
  }

  private static Map<String, String> versions(List<? extends HasMetadata> objects) {
    Function<HasMetadata, String> version = object -> object.getMetadata().getResourceVersion();
    return objects.stream()
        .collect(Collectors.toMap(object -> object.getMetadata().getUid(), version));
  }
}
