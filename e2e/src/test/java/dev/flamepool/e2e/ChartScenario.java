package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * One test of the charts: the real helm on a real control plane, where everybody has just the
 * rights that the charts give. A simulated node runs the Pods, the operator's own among them, with
 * the tokens of their service accounts.
 */
abstract class ChartScenario extends Scenario {
  static final String CHART = "../helm/flamepool-operator";
  static final String INSTANCE = "app.kubernetes.io/instance";

  final String system = namespace + "-system";
  private final List<KubernetesClient> clients = new ArrayList<>();
  Helm helm;
  NodeCloud node;
  Account caller;

  @BeforeEach
  void onARealOne() {
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
    node = NodeCloud.startFor(this, system);
  }

  @AfterEach
  @Override
  void nothingIsLeft() {
    try {
      super.nothingIsLeft();
    } finally {
      clients.forEach(KubernetesClient::close);
      client.namespaces().withName(system).delete();
    }
  }

  /** Applications of this test have an account of their own. */
  @Override
  Path kubeconfig(String name) throws IOException {
    return caller == null ? super.kubeconfig(name) : caller.kubeconfig();
  }

  @Override
  List<ProcessHandle> runnerProcesses() {
    return node == null ? List.of() : node.runners();
  }

  /** Installs the operator and waits until its Pod is ready. */
  void install(String more) throws IOException, InterruptedException {
    helm.run("install", namespace, CHART, "--values", values(more).toString(), "--wait");
    assertThat(systemPods())
        .singleElement()
        .satisfies(
            pod -> {
              assertThat(pod.getSpec().getNodeName()).isEqualTo(namespace);
              assertThat(pod.getStatus().getContainerStatuses().get(0).getRestartCount()).isZero();
            });
  }

  /** Changes a value, and waits until the operator is another Pod. */
  void upgrade() throws IOException, InterruptedException {
    List<Pod> before = systemPods();
    helm.run("upgrade", namespace, CHART, "--reuse-values", "--set", "logLevel=DEBUG", "--wait");
    await("one other Pod", () -> systemPods().size() == 1);
    assertThat(names(systemPods())).doesNotContainAnyElementsOf(names(before));
  }

  void awaitNoOperator() {
    await("the operator to be gone", () -> systemPods().isEmpty());
  }

  private List<Pod> systemPods() {
    return client.pods().inNamespace(system).list().getItems();
  }

  private static List<String> names(List<Pod> pods) {
    return pods.stream().map(pod -> pod.getMetadata().getName()).toList();
  }

  /** A pool's spec with Pods for runners. */
  static String pods(String options) {
    return "{" + options + ", backends: [" + NodeCloud.backend("thumbs:v7") + "]}";
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

  /** Values for a node whose Pods share a host: each has an address, and none has all of them. */
  private Path values(String more) throws IOException {
    Path file = folder.resolve("values.yaml");
    Files.writeString(
        file,
        String.join(
            "\n",
            "replicas: 1",
            "leaderElection: {leaseName: " + namespace + "}",
            "image: {repository: flamepool.dev/operator, tag: e2e}",
            "jvmOptions: -Xmx256m -XX:+UseSerialGC",
            "health: {address: $(POD_IP)}",
            "env: [{name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]",
            more,
            ""));
    return file;
  }

  void assertNotForbidden() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      Stream<Path> outside = files.filter(file -> file.toString().endsWith(".log"));
      for (Path log : Stream.concat(outside, node.logs().stream()).toList()) {
        assertThat(Files.readString(log).lines().filter(line -> !isTooEarly(line)))
            .as(log.toString())
            .noneMatch(line -> line.toLowerCase(Locale.ROOT).contains("forbidden"));
      }
    }
  }

  /** An application that is applied with its pool may be faster than the operator's first look. */
  private static boolean isTooEarly(String line) {
    return line.contains("role.rbac.authorization.k8s.io") && line.contains("-caller\" not found");
  }

  KubernetesClient remember(KubernetesClient one) {
    clients.add(one);
    return one;
  }
}
