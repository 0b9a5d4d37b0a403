package dev.flamepool.e2e;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A node of a test's own, for the Pods of its namespaces. Its images are the test application, the
 * operator, and an application that is its own runner.
 */
final class NodeCloud extends SimulatedCloud {
  static final String OPERATOR = "flamepool.dev/operator:e2e";

  private final KubernetesClient client;
  private final String namespace;

  private NodeCloud(Scenario scenario, String... more) {
    super(scenario, "node", 0, options(scenario, more));
    client = scenario.client;
    namespace = scenario.namespace;
  }

  private static List<String> options(Scenario scenario, String... more) {
    List<String> options = new ArrayList<>();
    options.addAll(List.of("--kubeconfig", scenario.cluster.kubeconfig().toString()));
    options.addAll(List.of("--node", scenario.namespace, "--label", "kubernetes.io/arch=amd64"));
    options.addAll(List.of("--namespace", scenario.namespace));
    options.addAll(List.of(more));
    image(options, "thumbs:v7", "dev.flamepool.RunnerMain");
    image(options, "registry.example.com/reports:v7", "dev.flamepool.RunnerMain");
    image(options, "orders:v1", "dev.flamepool.examples.web.WebApp");
    image(options, OPERATOR, "dev.flamepool.operator.Main");
    return options;
  }

  private static void image(List<String> options, String name, String main) {
    options.addAll(
        List.of(
            "--image",
            name
                + "="
                + String.join(" ", JavaProcess.SHORT_LIVED)
                + " "
                + main
                + "@"
                + JavaProcess.classPath()));
  }

  static NodeCloud start(Scenario scenario) {
    return new NodeCloud(scenario);
  }

  /** One for another namespace too. */
  static NodeCloud startFor(Scenario scenario, String namespace) {
    return new NodeCloud(scenario, "--namespace", namespace);
  }

  /** One with another image, {@code NAME=VALUE} as the simulator has it. */
  static NodeCloud startWith(Scenario scenario, String image) {
    return new NodeCloud(scenario, "--image", image);
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

  /** Those of its processes that are runners: only they have the operator's word for it. */
  List<ProcessHandle> runners() {
    return processes().stream().filter(NodeCloud::isRunner).toList();
  }

  private static boolean isRunner(ProcessHandle process) {
    try {
      Path variables = Path.of("/proc/" + process.pid() + "/environ");
      return Arrays.stream(Files.readString(variables, StandardCharsets.ISO_8859_1).split("\0", -1))
          .anyMatch(variable -> variable.startsWith("FLAME_PARENT="));
    } catch (IOException gone) {
      return false;
    }
  }

  /** What containers have printed, also of Pods that are no more. */
  List<Path> logs() throws IOException {
    try (var machines = Files.list(state().resolve("machines"))) {
      return machines.map(m -> m.resolve("output.log")).filter(Files::exists).toList();
    }
  }

  @Override
  public void assertNothingWrong() {}
}
