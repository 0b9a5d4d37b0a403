package dev.flamepool.operator.sweep;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.backend.Tenant;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The runners that exist. */
@FunctionalInterface
public interface KnownRunners {
  /**
   * All FlameRunners by uid, uncached and complete, those being deleted included, and where their
   * machines come from.
   *
   * @throws RuntimeException if that cannot be told for sure
   */
  Map<String, Tenant> list();

  /**
   * As the API server says.
   *
   * @param namespaces to look into; empty for all. Must cover every namespace in which this
   *     installation makes machines
   */
  static KnownRunners of(KubernetesClient client, Collection<String> namespaces) {
    List<String> fixed = List.copyOf(namespaces);
    return () -> {
      Map<String, Tenant> known = new HashMap<>();
      if (fixed.isEmpty()) {
        add(known, client.resources(FlameRunner.class).inAnyNamespace().list().getItems());
      }
      for (String namespace : fixed) {
        add(known, client.resources(FlameRunner.class).inNamespace(namespace).list().getItems());
      }
      return known;
    };
  }

  private static void add(Map<String, Tenant> known, List<FlameRunner> runners) {
    for (FlameRunner runner : runners) {
      known.put(
          runner.getMetadata().getUid(),
          new Tenant(runner.getMetadata().getNamespace(), runner.getSpec().backend()));
    }
  }
}
