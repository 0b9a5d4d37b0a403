package dev.flamepool.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.minicluster.MiniCluster;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/**
 * The API server that the suite runs against: the one of {@link #REAL}, else a minicluster in this
 * JVM. One for all tests of a JVM.
 */
final class ClusterUnderTest {
  /** The system property that names the kubeconfig of a real control plane. */
  static final String REAL = "flamepool.kubeconfig";

  private static final List<String> KINDS =
      List.of("flamepools", "flamebackends", "flamerunners", "flamecallers");
  private static ClusterUnderTest shared;

  private final Path kubeconfig;
  private final boolean real;
  private final KubernetesClient client;

  private ClusterUnderTest() {
    String given = System.getProperty(REAL, "");
    real = !given.isEmpty();
    kubeconfig = real ? Path.of(given) : minicluster();
    client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
            .build();
    KINDS.forEach(kind -> install(kind, text -> text));
  }

  static synchronized ClusterUnderTest shared() {
    if (shared == null) {
      shared = new ClusterUnderTest();
    }
    return shared;
  }

  Path kubeconfig() {
    return kubeconfig;
  }

  /** Whether this is a real control plane: CEL, RBAC, garbage collection by its own controllers. */
  boolean isReal() {
    return real;
  }

  KubernetesClient client() {
    return client;
  }

  private static Path minicluster() {
    try {
      Path kubeconfig = Files.createTempFile("minicluster", ".kubeconfig");
      kubeconfig.toFile().deleteOnExit();
      MiniCluster.start(0).writeKubeconfig(kubeconfig);
      return kubeconfig;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Does something while the kinds refuse no name, as an earlier version of them might have done.
   */
  synchronized void withoutPatterns(Runnable something) {
    try {
      KINDS.forEach(kind -> install(kind, text -> text.replaceAll("(?m)^ *pattern: .*\\n", "")));
      something.run();
    } finally {
      KINDS.forEach(kind -> install(kind, text -> text));
    }
  }

  private void install(String kind, UnaryOperator<String> change) {
    try (InputStream yaml =
        getClass().getResourceAsStream("/dev/flamepool/crds/" + kind + ".yaml")) {
      CustomResourceDefinition crd =
          Serialization.unmarshal(
              change.apply(new String(yaml.readAllBytes(), UTF_8)), CustomResourceDefinition.class);
      client.resource(crd).fieldManager("e2e").forceConflicts().serverSideApply();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .until(
              () ->
                  client
                          .genericKubernetesResources(
                              "flamepool.dev/v1alpha1", crd.getSpec().getNames().getKind())
                          .inNamespace("default")
                          .list()
                      != null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
