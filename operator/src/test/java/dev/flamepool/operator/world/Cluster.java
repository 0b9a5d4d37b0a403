package dev.flamepool.operator.world;

import dev.flamepool.minicluster.MiniCluster;
import dev.flamepool.minicluster.RequestHook;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * One minicluster for all tests of a JVM, with the CRDs; each test takes a namespace of its own.
 */
public final class Cluster {
  private static final Path CRDS = Path.of("..", "manifests", "crds");

  /** A busy machine is no failure. */
  private static final int PATIENCE_MILLIS = 120_000;

  private static final AtomicInteger NAMESPACES = new AtomicInteger();
  private static final Hooks HOOKS = new Hooks();
  private static final MiniCluster SERVER = start();
  private static final KubernetesClient CLIENT = client();

  private Cluster() {}

  /** A client that does not try again. Shared: not to be closed. */
  public static KubernetesClient shared() {
    return CLIENT;
  }

  /** A client of one's own. */
  public static KubernetesClient client() {
    return new KubernetesClientBuilder().withConfig(config()).build();
  }

  /**
   * Does something while the kinds refuse no name, as an earlier version of them might have done.
   */
  static synchronized void withoutPatterns(Runnable something) {
    try {
      install(text -> text.replaceAll("(?m)^ *pattern: .*\\n", ""));
      something.run();
    } finally {
      install(text -> text);
    }
  }

  /** A fresh namespace. */
  public static String namespace() {
    String name = "test-" + NAMESPACES.incrementAndGet();
    CLIENT
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    return name;
  }

  /** How a process of its own reaches it; holds a token. */
  public static String kubeconfig() {
    return SERVER.kubeconfig();
  }

  /** How to reach it: without retries, and with patience. */
  public static Config config() {
    Config config = Config.fromKubeconfig(kubeconfig());
    config.setRequestRetryBackoffLimit(0);
    config.setConnectionTimeout(PATIENCE_MILLIS);
    config.setRequestTimeout(PATIENCE_MILLIS);
    return config;
  }

  /** Sees every request from now on that is in no namespace with a hook of its own. */
  public static void hook(RequestHook hook) {
    HOOKS.elsewhere(hook);
  }

  /** Sees every request in a namespace from now on. */
  public static void hook(String namespace, RequestHook hook) {
    HOOKS.put(namespace, hook);
  }

  /** Nobody sees the requests in a namespace any more. */
  public static void unhook(String namespace) {
    HOOKS.remove(namespace);
  }

  private static MiniCluster start() {
    try {
      MiniCluster server = MiniCluster.start(0);
      server.setHook(HOOKS);
      return server;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void install(UnaryOperator<String> change) {
    try {
      for (String kind : List.of("flamepools", "flamerunners", "flamecallers", "flamebackends")) {
        String yaml = change.apply(Files.readString(CRDS.resolve(kind + ".yaml")));
        CLIENT
            .resource(Serialization.unmarshal(yaml, CustomResourceDefinition.class))
            .serverSideApply();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static {
    install(text -> text);
  }
}
