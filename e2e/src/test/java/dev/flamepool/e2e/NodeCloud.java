package dev.flamepool.e2e;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;

/** A node whose Pods run the test application. */
final class NodeCloud extends SimulatedCloud {
  private final KubernetesClient client;
  private final String namespace;

  private NodeCloud(Scenario scenario) {
    super(
        scenario,
        "node",
        0,
        List.of(
            "--kubeconfig",
            scenario.cluster.kubeconfig().toString(),
            "--image",
            "thumbs:v7=" + JavaProcess.classPath()));
    client = scenario.client;
    namespace = scenario.namespace;
  }

  static NodeCloud start(Scenario scenario) {
    return new NodeCloud(scenario);
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
