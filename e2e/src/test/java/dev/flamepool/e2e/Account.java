package dev.flamepool.e2e;

import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A service account with a token of its own: what RBAC gives it is all that it may do. */
final class Account {
  private final String name;
  private final Path kubeconfig;

  private Account(String name, Path kubeconfig) {
    this.name = name;
    this.kubeconfig = kubeconfig;
  }

  /**
   * A token for an account that exists.
   *
   * @param folder where its kubeconfig is written
   */
  static Account of(ClusterUnderTest cluster, String namespace, String name, Path folder)
      throws IOException {
    String token =
        cluster
            .client()
            .serviceAccounts()
            .inNamespace(namespace)
            .withName(name)
            .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
            .getStatus()
            .getToken();
    Path kubeconfig = folder.resolve(name + ".account");
    Files.writeString(
        kubeconfig,
        Files.readString(cluster.kubeconfig())
            .replaceAll("token: \"?[^\"}]+\"?", "token: \"" + token + "\"")
            .replaceAll("namespace: [^,}\\n]+", "namespace: " + namespace));
    return new Account(name, kubeconfig);
  }

  String name() {
    return name;
  }

  Path kubeconfig() {
    return kubeconfig;
  }

  /** A client with its token, the caller's to close. */
  KubernetesClient client() {
    Config config = Config.fromKubeconfig(kubeconfig.toFile());
    config.setRequestRetryBackoffLimit(0);
    return new KubernetesClientBuilder().withConfig(config).build();
  }
}
