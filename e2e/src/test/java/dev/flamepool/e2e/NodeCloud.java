package dev.flamepool.e2e;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;

/** A node whose Pods run the test application, unless another image is given. */
final class NodeCloud extends SimulatedCloud {
  private final KubernetesClient client;
  private final String namespace;

  private NodeCloud(Scenario scenario, String image) {
    super(
        scenario,
        "node",
        0,
        List.of("--kubeconfig", scenario.cluster.kubeconfig().toString(), "--image", image));
    client = scenario.client;
    namespace = scenario.namespace;
  }

  static NodeCloud start(Scenario scenario) {
    return start(scenario, "thumbs:v7=" + JavaProcess.classPath());
  }

  /** With another image, {@code NAME=VALUE} as the simulator has it. */
  static NodeCloud start(Scenario scenario, String image) {
    return new NodeCloud(scenario, image);
  }

  @Override
  String backend() {
    return backend("thumbs:v7");
  }

  static String backend(String image) {
    return "{name: here, pod: {template: {spec: {containers: [{name: app, image: '"
        + image
        + "', resources: {requests: {cpu: 500m, memory: 128Mi}}}]}}}}";
  }

  @Override
  boolean isEmpty() {
    return client.pods().inNamespace(namespace).list().getItems().isEmpty();
  }

  @Override
  void assertNothingWrong() {}
}
