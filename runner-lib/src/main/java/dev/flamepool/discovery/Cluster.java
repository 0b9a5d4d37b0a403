package dev.flamepool.discovery;

import dev.flamepool.ClusterUnavailableException;
import dev.flamepool.caller.PoolSource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The cluster whose pools are called: one client, one namespace. */
public final class Cluster implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

  /** Of one request, 100 ms and 200 ms after the first: a broken connection is no news. */
  private static final int RETRIES = 2;

  private final KubernetesClient client;
  private final String namespace;
  private final Reminder warned = new Reminder(System::nanoTime);
  private final FirstLook look;

  /** Uses that client, and closes it in the end. */
  Cluster(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
    this.look = FirstLook.at(client);
    var unused = look.seen().thenAccept(trouble -> trouble.ifPresent(this::warn));
  }

  private void warn(Trouble trouble) {
    if (warned.isDue(trouble.about())) {
      LOG.warn("{}", trouble.text());
    }
  }

  /**
   * Reads how to reach the cluster, and looks once whether it is there. Does not wait for that:
   * what is in the way is warned of, and told to the calls that wait.
   *
   * @param kubeconfig null for the Pod's service account, else the user's own
   * @param context of the kubeconfig, null for the current one
   * @param namespace null for the Pod's own or the context's
   * @throws ClusterUnavailableException if nothing usable says where it is
   */
  public static Cluster connect(
      @Nullable Path kubeconfig, @Nullable String context, @Nullable String namespace) {
    Config config = ClusterConfig.read(kubeconfig, context);
    // Who asks tries again by itself, and tells the reason meanwhile.
    config.setRequestRetryBackoffLimit(RETRIES);
    String own = namespace != null ? namespace : config.getNamespace();
    return new Cluster(client(config), own != null ? own : "default");
  }

  private static KubernetesClient client(Config config) {
    try {
      return new KubernetesClientBuilder().withConfig(config).build();
    } catch (KubernetesClientException e) {
      throw new ClusterUnavailableException(
          "The credentials for "
              + config.getMasterUrl()
              + " cannot be used: "
              + Unreachable.root(e)
              + "; check certificate-authority, client-certificate and client-key of the"
              + " kubeconfig");
    }
  }

  /** Where the pools are. */
  public String namespace() {
    return namespace;
  }

  /** What is to be known of a pool of that name, and where demand on it goes. */
  public PoolSource pool(String name) {
    return new KubernetesPool(client, namespace, name, warned, look);
  }

  @Override
  public void close() {
    look.end();
    client.close();
  }
}
