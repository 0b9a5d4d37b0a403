package dev.flamepool.discovery;

import dev.flamepool.FlameException;
import dev.flamepool.caller.PoolSource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The cluster whose pools are called: one client, one namespace. */
public final class Cluster implements AutoCloseable {
  /** Of one request, 100 ms and 200 ms after the first: a broken connection is no news. */
  private static final int RETRIES = 2;

  private final KubernetesClient client;
  private final String namespace;

  /** Uses that client, and closes it in the end. */
  Cluster(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /**
   * Reads how to reach the cluster; does not reach for it yet.
   *
   * @param kubeconfig null for the Pod's service account, else the user's own
   * @param context of the kubeconfig, null for the current one
   * @param namespace null for the Pod's own or the context's
   * @throws FlameException if the file or the context is not there
   */
  public static Cluster connect(
      @Nullable Path kubeconfig, @Nullable String context, @Nullable String namespace) {
    Config config = config(kubeconfig, context);
    String own = namespace != null ? namespace : config.getNamespace();
    return new Cluster(
        new KubernetesClientBuilder().withConfig(config).build(), own != null ? own : "default");
  }

  private static Config config(@Nullable Path kubeconfig, @Nullable String context) {
    if (kubeconfig != null && !Files.isReadable(kubeconfig)) {
      throw new FlameException(
          "The kubeconfig "
              + kubeconfig
              + " cannot be read: give a file that this process may read");
    }
    try {
      Config config =
          kubeconfig == null
              ? Config.autoConfigure(context)
              : Config.fromKubeconfig(context, kubeconfig.toFile());
      if (context != null
          && config.getContexts().stream().noneMatch(c -> context.equals(c.getName()))) {
        throw new FlameException(
            "There is no context '" + context + "' in the kubeconfig: kubectl config get-contexts");
      }
      // Who asks tries again by itself, and tells the reason meanwhile.
      config.setRequestRetryBackoffLimit(RETRIES);
      return config;
    } catch (KubernetesClientException e) {
      throw new FlameException("The kubeconfig cannot be read: " + e.getMessage(), e);
    }
  }

  /** Where the pools are. */
  public String namespace() {
    return namespace;
  }

  /** What is to be known of a pool of that name, and where demand on it goes. */
  public PoolSource pool(String name) {
    return new KubernetesPool(client, namespace, name);
  }

  @Override
  public void close() {
    client.close();
  }
}
