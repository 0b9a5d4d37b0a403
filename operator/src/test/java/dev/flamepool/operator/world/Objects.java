package dev.flamepool.operator.world;

import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;

/**
 * What a namespace holds, as informers have it: read again only when something was written.
 *
 * @param version how often anything was written before
 */
record Objects(
    long version, List<FlamePool> pools, List<FlameRunner> runners, List<FlameCaller> callers) {
  static Objects read(KubernetesClient client, String namespace, long version) {
    return new Objects(
        version,
        list(client, namespace, FlamePool.class),
        list(client, namespace, FlameRunner.class),
        list(client, namespace, FlameCaller.class));
  }

  /** The same, with one kind as it was before. */
  Objects with(Kind stale, Objects before) {
    return new Objects(
        version,
        stale == Kind.POOLS || stale == Kind.ALL ? before.pools : pools,
        stale == Kind.RUNNERS || stale == Kind.ALL ? before.runners : runners,
        stale == Kind.CALLERS || stale == Kind.ALL ? before.callers : callers);
  }

  /** What one watch brings. */
  enum Kind {
    /** FlamePools. */
    POOLS,
    /** FlameRunners. */
    RUNNERS,
    /** FlameCallers. */
    CALLERS,
    /** All at once, as when the API server cannot be reached. */
    ALL
  }

  private static <T extends HasMetadata> List<T> list(
      KubernetesClient client, String namespace, Class<T> type) {
    return client.resources(type).inNamespace(namespace).list().getItems();
  }
}
