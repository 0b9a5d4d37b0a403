package dev.flamepool.e2e;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
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
  public String backend() {
    return backend("thumbs:v7");
  }

  static String backend(String image) {
    return "{name: here, pod: {template: {spec: {containers: [{name: app, image: '"
        + image
        + "', resources: {requests: {cpu: 500m, memory: 128Mi}}}]}}}}";
  }

  @Override
  public int count() {
    return client.pods().inNamespace(namespace).list().getItems().size();
  }

  /** How many Pods the node has, whether they have been started or not. */
  int bound() throws IOException, InterruptedException {
    return get("/_sim/pods").path("pods").size();
  }

  @Override
  public void assertNothingWrong() {}
}
