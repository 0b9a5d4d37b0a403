package dev.flamepool.simulators.node;

import static org.awaitility.Awaitility.await;

import dev.flamepool.minicluster.MiniCluster;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Predicate;

/** The API server of a test, a namespace of the test's own, and its Pods. */
final class Cluster implements AutoCloseable {
  private final MiniCluster mini;
  final String kubeconfig;
  final KubernetesClient client;
  final String namespace = "node-" + UUID.randomUUID().toString().substring(0, 8);

  private Cluster(MiniCluster mini, String kubeconfig) {
    this.mini = mini;
    this.kubeconfig = kubeconfig;
    client = new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(kubeconfig)).build();
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
  }

  static Cluster mini() throws IOException {
    MiniCluster mini = MiniCluster.start(0);
    return new Cluster(mini, mini.kubeconfig());
  }

  /** A real one, which gives the namespace its service account after a moment. */
  static Cluster real(Path kubeconfig) throws IOException {
    Cluster cluster = new Cluster(null, Files.readString(kubeconfig));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                cluster
                        .client
                        .serviceAccounts()
                        .inNamespace(cluster.namespace)
                        .withName("default")
                        .get()
                    != null);
    return cluster;
  }

  Config config() {
    return Config.fromKubeconfig(kubeconfig);
  }

  void apply(String yaml) {
    HasMetadata object = client.getKubernetesSerialization().unmarshal("---\n" + yaml);
    client.resource(object).inNamespace(namespace).create();
  }

  /** A Pod of one container {@code c}; both texts are YAML without braces. */
  Pod run(String name, String spec, String container) {
    apply(
        "{apiVersion: v1, kind: Pod, metadata: {name: %s}, spec: {%s, containers: [{name: c, %s}]}}"
            .formatted(name, spec.isEmpty() ? "enableServiceLinks: false" : spec, container));
    return pod(name);
  }

  Pod pod(String name) {
    return client.pods().inNamespace(namespace).withName(name).get();
  }

  Pod awaitPod(String name, Predicate<Pod> wanted) {
    try {
      return await()
          .atMost(Duration.ofSeconds(90))
          .pollInterval(Duration.ofMillis(50))
          .until(() -> pod(name), pod -> pod != null && wanted.test(pod));
    } catch (org.awaitility.core.ConditionTimeoutException e) {
      throw new AssertionError(Serialization.asYaml(pod(name)), e);
    }
  }

  Pod awaitPhase(String name, String phase) {
    return awaitPod(
        name, pod -> pod.getStatus() != null && phase.equals(pod.getStatus().getPhase()));
  }

  Pod awaitReady(String name) {
    return awaitPod(name, pod -> condition(pod, "Ready").equals("True"));
  }

  void awaitGone(String name) {
    await().atMost(Duration.ofSeconds(90)).until(() -> pod(name) == null);
  }

  Pod awaitWaiting(String name, String reason) {
    return awaitPod(
        name,
        pod ->
            pod.getStatus() != null
                && !pod.getStatus().getContainerStatuses().isEmpty()
                && state(pod).getWaiting() != null
                && reason.equals(state(pod).getWaiting().getReason()));
  }

  void delete(String name) {
    client.pods().inNamespace(namespace).withName(name).delete();
  }

  static ContainerStatus container(Pod pod) {
    return pod.getStatus().getContainerStatuses().get(0);
  }

  static ContainerState state(Pod pod) {
    return container(pod).getState();
  }

  static String condition(Pod pod, String type) {
    return pod.getStatus() == null
        ? ""
        : pod.getStatus().getConditions().stream()
            .filter(c -> c.getType().equals(type))
            .map(c -> c.getStatus())
            .findFirst()
            .orElse("");
  }

  @Override
  public void close() {
    client.namespaces().withName(namespace).delete();
    client.close();
    if (mini != null) {
      mini.close();
    }
  }
}
