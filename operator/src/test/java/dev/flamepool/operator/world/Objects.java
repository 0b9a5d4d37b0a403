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

  private static <T extends HasMetadata> List<T> list(
      KubernetesClient client, String namespace, Class<T> type) {
    return client.resources(type).inNamespace(namespace).list().getItems();
  }
}
