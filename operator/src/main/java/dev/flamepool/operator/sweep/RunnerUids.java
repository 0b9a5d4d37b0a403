package dev.flamepool.operator.sweep;

import dev.flamepool.api.FlameRunner;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The runners that exist. */
@FunctionalInterface
public interface RunnerUids {
  /**
   * The uids of all FlameRunners, uncached and complete, those being deleted included.
   *
   * @throws RuntimeException if that cannot be told for sure
   */
  Set<String> list();

  /**
   * As the API server says.
   *
   * @param namespaces to look into; empty for all. Must cover every namespace in which this
   *     installation makes machines
   */
  static RunnerUids of(KubernetesClient client, Collection<String> namespaces) {
    List<String> fixed = List.copyOf(namespaces);
    return () -> {
      Set<String> uids = new HashSet<>();
      if (fixed.isEmpty()) {
        client.resources(FlameRunner.class).inAnyNamespace().list().getItems().stream()
            .map(runner -> runner.getMetadata().getUid())
            .forEach(uids::add);
      }
      for (String namespace : fixed) {
        client.resources(FlameRunner.class).inNamespace(namespace).list().getItems().stream()
            .map(runner -> runner.getMetadata().getUid())
            .forEach(uids::add);
      }
      return uids;
    };
  }
}
