package dev.flamepool.operator.backend.pod;

import static org.awaitility.Awaitility.await;

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
public final class PodCluster {
  private static final String REAL = "FLAMEPOOL_REAL_KUBECONFIG";
  private static final Path CRDS = Path.of("..", "manifests", "crds");
  private static final KubernetesClient CLIENT = connect();

  private PodCluster() {}

  /** Shared: not to be closed. */
  public static KubernetesClient client() {
    return CLIENT;
  }

  /** A namespace, made if it is not there. */
  public static String namespace(String name) {
    if (CLIENT.namespaces().withName(name).get() == null) {
      CLIENT
          .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
          .create();
      if (isReal()) {
        await()
            .until(
                () -> CLIENT.serviceAccounts().inNamespace(name).withName("default").get() != null);
      }
    }
    return name;
  }

  /** Whether it is a real control plane. */
  static boolean isReal() {
    return System.getenv(REAL) != null && !System.getenv(REAL).isEmpty();
  }

  private static KubernetesClient connect() {
    if (!isReal()) {
      return Cluster.client();
    }
    Config config = Config.fromKubeconfig(Path.of(System.getenv(REAL)).toFile());
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
