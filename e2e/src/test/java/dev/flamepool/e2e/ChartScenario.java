package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * One test of the charts: the real helm on a real control plane, where everybody has just the
 * rights that the charts give.
 */
abstract class ChartScenario extends Scenario {
  static final String NAME = "app.kubernetes.io/name";
  static final String INSTANCE = "app.kubernetes.io/instance";

  private final Set<String> started = new HashSet<>();
  final String system = namespace + "-system";
  private final List<KubernetesClient> clients = new ArrayList<>();
  Helm helm;
  Account caller;

  @BeforeEach
  void onARealOne() {
    assumeThat(cluster.isReal()).as("the cluster is a real one").isTrue();
    assertThat(Helm.isPresent()).as("helm is on the PATH").isTrue();
    helm = new Helm(cluster.kubeconfig(), system);
    // What the chart promises: its Pods need no more than the level "restricted" allows.
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(system)
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .endMetadata()
                .build())
        .create();
  }

  @AfterEach
  void remove() {
    clients.forEach(KubernetesClient::close);
    client.namespaces().withName(system).delete();
  }

  /** Applications of this test have an account of their own. */
  @Override
  Path kubeconfig(String name) throws IOException {
    return caller == null ? super.kubeconfig(name) : caller.kubeconfig();
  }

  /** A Pod of the operator's that was not there before. */
  Pod operatorPod() {
    await("the operator's Pod", () -> !newOperatorPods().isEmpty());
    Pod pod = newOperatorPods().get(0);
    started.add(pod.getMetadata().getName());
    return pod;
  }

  private List<Pod> newOperatorPods() {
    return pods(NAME, "flamepool-operator").stream()
        .filter(pod -> !started.contains(pod.getMetadata().getName()))
        .toList();
  }

  Pod pod(String label, String value) {
    await("the Pod of " + value, () -> !pods(label, value).isEmpty());
    return pods(label, value).get(0);
  }

  private List<Pod> pods(String label, String value) {
    return client.pods().inNamespace(system).withLabel(label, value).list().getItems();
  }

  Account account(String name, String kindOfRole, String role) throws IOException {
    client
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .build())
        .create();
    client
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", kindOfRole, role)
                .addNewSubject("", "ServiceAccount", name, namespace)
                .build())
        .create();
    return Account.of(cluster, namespace, name, folder);
  }

  Path values(String more) throws IOException {
    Path file = folder.resolve("values.yaml");
    Files.writeString(
        file,
        String.join(
            "\n",
            "replicas: 1",
            "leaderElection: {leaseName: " + namespace + "}",
            "local:",
            "  enabled: true",
            "  stateDir: " + folder.resolve("runners"),
            "  classPath: " + JavaProcess.classPath(),
            more,
            ""));
    return file;
  }

  void assertNotForbidden() throws IOException {
    try (var files = Files.list(folder)) {
      for (Path log : files.filter(f -> f.toString().endsWith(".log")).toList()) {
        assertThat(Files.readString(log))
            .as(log.toString())
            .doesNotContainIgnoringCase("forbidden");
      }
    }
  }

  KubernetesClient remember(KubernetesClient one) {
    clients.add(one);
    return one;
  }
}
