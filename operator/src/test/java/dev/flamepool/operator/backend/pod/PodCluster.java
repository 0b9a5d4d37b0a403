package dev.flamepool.operator.backend.pod;

import dev.flamepool.operator.world.Cluster;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A minicluster; the real control plane that {@code FLAMEPOOL_REAL_KUBECONFIG} names if it does.
 */
final class PodCluster {
  private static final Path CRDS = Path.of("..", "manifests", "crds");
  private static final KubernetesClient CLIENT = connect();

  private PodCluster() {}

  /** Shared: not to be closed. */
  static KubernetesClient client() {
    return CLIENT;
  }

  /** A namespace, made if it is not there. */
  static String namespace(String name) {
    if (CLIENT.namespaces().withName(name).get() == null) {
      CLIENT
          .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
          .create();
    }
    return name;
  }

  private static KubernetesClient connect() {
    String real = System.getenv("FLAMEPOOL_REAL_KUBECONFIG");
    if (real == null || real.isEmpty()) {
      return Cluster.client();
    }
    Config config = Config.fromKubeconfig(Path.of(real).toFile());
    KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build();
    try {
      for (String kind : List.of("flamepools", "flamerunners", "flamecallers", "flamebackends")) {
        try (var yaml = Files.newInputStream(CRDS.resolve(kind + ".yaml"))) {
          client.load(yaml).serverSideApply();
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return client;
  }
}
