package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every sample manifest, applied as it is but for the address of the simulated cloud: its pools are
 * ready and serve a call.
 */
class SamplesTest extends Scenario {
  private SimulatedCloud cloud;

  static List<Path> samples() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../manifests/samples"))) {
      return files.sorted().toList();
    }
  }

  @Override
  List<ProcessHandle> runnerProcesses() {
    return cloud == null ? super.runnerProcesses() : cloud.processes();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void isReadyAndServesCalls(Path sample) throws Exception {
    String yaml = Files.readString(sample);
    switch (sample.getFileName().toString()) {
      case "local.yaml", "shared-backend.yaml" -> startOperator();
      case "fly.yaml" -> {
        secret("fly", Map.of("token", "FlyV1 " + FlyCloud.TOKEN));
        yaml = at(FlyCloud.start(this), yaml, "fly", "host");
      }
      case "ec2.yaml" -> {
        secret(
            "aws",
            Map.of("accessKeyId", Ec2Cloud.ACCESS_KEY, "secretAccessKey", Ec2Cloud.SECRET_KEY));
        yaml = at(Ec2Cloud.start(this), yaml, "ec2", "ec2ServiceEndpoint");
      }
      case "pod.yaml" -> {
        cloud = NodeCloud.start(this);
        client.resource(application()).inNamespace(namespace).create();
        startOperator();
      }
      default -> throw new AssertionError("nothing here serves " + sample);
    }
    secret("db", Map.of("url", "jdbc:none"));
    List<HasMetadata> objects =
        Arrays.stream(yaml.split("(?m)^---$", -1)).map(this::object).toList();
    objects.forEach(object -> client.resource(object).inNamespace(namespace).create());
    List<String> pools =
        objects.stream()
            .filter(object -> object.getKind().equals("FlamePool"))
            .map(object -> object.getMetadata().getName())
            .toList();
    assertThat(pools).isNotEmpty();
    for (String pool : pools) {
      serves(pool);
    }
    if (cloud instanceof Ec2Cloud ec2) {
      assertThat(ec2.instances())
          .singleElement()
          .matches(instance -> instance.instanceTypeAsString().equals("c7i.large"))
          .matches(instance -> instance.iamInstanceProfile().arn().endsWith("/thumbs-runner"));
    }
  }

  private void serves(String pool) throws IOException {
    await(pool + " to be ready", () -> isReady(pool));
    JavaProcess app = startApp("app-of-" + pool, pool);
    app.say("patient a 10");
    assertThat(outcome(app, "a")).startsWith("done");
    assertThat(status(pool).orElseThrow().conditions())
        .filteredOn(condition -> !condition.getStatus().equals("True"))
        .isEmpty();
    app.close();
  }

  private boolean isReady(String pool) {
    return status(pool).stream()
        .flatMap(status -> status.conditions().stream())
        .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  private String at(SimulatedCloud started, String yaml, String kind, String field) {
    cloud = started;
    startOperator("--allow-endpoints", cloud.url());
    return yaml.replace(kind + ":\n", kind + ":\n      " + field + ": " + cloud.url() + "\n");
  }

  private HasMetadata object(String yaml) {
    return client.getKubernetesSerialization().unmarshal(yaml);
  }

  /** What runners of {@code runnerFrom} are copies of; it need not run itself. */
  private HasMetadata application() {
    return object(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: thumbs}
        spec:
          replicas: 0
          selector: {matchLabels: {app: thumbs}}
          template:
            metadata: {labels: {app: thumbs}}
            spec:
              containers: [{name: app, image: "thumbs:v7"}]
        """);
  }
}
