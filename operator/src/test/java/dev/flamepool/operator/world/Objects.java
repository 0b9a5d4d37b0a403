package dev.flamepool.operator.world;

import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a namespace holds, as informers have it: read again only when something was written.
 *
 * @param version how often anything was written before
 */
record Objects(
    long version, List<FlamePool> pools, List<FlameRunner> runners, List<FlameCaller> callers) {
  /**
   * What is there now.
   *
   * @param written the plurals of what was written since
   * @param before what was there then; null for nothing
   */
  static Objects read(
      KubernetesClient client,
      String namespace,
      long version,
      Set<String> written,
      @Nullable Objects before) {
    boolean all = before == null || written.contains("flamepools"); // and what belongs to one
    boolean runners = all || written.contains("flamerunners");
    boolean callers = all || written.contains("flamecallers");
    return new Objects(
        version,
        all ? list(client, namespace, FlamePool.class) : before.pools,
        runners ? list(client, namespace, FlameRunner.class) : before.runners,
        callers ? list(client, namespace, FlameCaller.class) : before.callers);
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
