package dev.flamepool.minicluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real kubectl, if {@code FLAMEPOOL_KUBECTL} names one or one is on the path. */
class KubectlTest {
  @TempDir Path folder;
  private final Ponds ponds = new Ponds();
  private String kubectl;

  @BeforeEach
  void find() throws Exception {
    Optional<String> found =
        Stream.concat(
                Stream.ofNullable(System.getenv("FLAMEPOOL_KUBECTL")),
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                    .map(p -> p + "/kubectl"))
            .filter(file -> new File(file).canExecute())
            .findFirst();
    Assumptions.assumeTrue(
        found.isPresent(), "no kubectl: neither in FLAMEPOOL_KUBECTL nor on the path");
    kubectl = found.get();
    ponds.cluster.writeKubeconfig(folder.resolve("config"));
    Files.writeString(
        folder.resolve("one.yaml"), Ponds.resource("one", "{}", "{river: 'rhine'}").toString());
  }

  @AfterEach
  void close() {
    ponds.close();
  }

  private String run(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of(kubectl, "--kubeconfig", folder.resolve("config").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("HOME", folder.toString());
    Process process = builder.start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return output.strip();
  }

  private String yaml() {
    return folder.resolve("one.yaml").toString();
  }

  @Test
  void appliesShowsScalesWaitsAndDeletes() throws Exception {
    assertThat(run("apply", "-f", yaml())).isEqualTo("pond.sample.dev/one created");
    assertThat(run("apply", "-f", yaml())).isEqualTo("pond.sample.dev/one unchanged");
    assertThat(run("apply", "--server-side", "-f", yaml()))
        .isEqualTo("pond.sample.dev/one serverside-applied");
    assertThat(run("scale", "pond", "one", "--replicas=4")).isEqualTo("pond.sample.dev/one scaled");
    assertThat(run("get", "water", "--no-headers")).matches("one\\s+4\\s+\\d+s");
    run(
        "patch",
        "pond",
        "one",
        "--subresource=status",
        "--type=merge",
        "-p",
        "{\"status\":{\"ready\":4,\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\",\"reason\":\"Fine\"}]}}");
    assertThat(run("wait", "pond/one", "--for=condition=Ready")).endsWith("condition met");
    assertThat(run("wait", "pond/one", "--for=jsonpath={.status.ready}=4"))
        .endsWith("condition met");
    assertThat(run("label", "pond", "one", "a=b")).endsWith("labeled");
    assertThat(run("describe", "pond", "one")).contains("Fine").contains("Events:");
    assertThat(run("explain", "pond.spec.fish.size")).contains("size <integer>");
    assertThat(run("patch", "pond", "one", "--type=merge", "-p", "{\"spec\":{\"max\":1000}}"))
        .contains("breaks the rule maximum: 100");
    assertThat(run("delete", "pond", "one")).contains("deleted");
    assertThat(run("get", "ponds")).contains("No resources found");
  }

  @Test
  void refusesUnknownFieldsByName() throws Exception {
    Files.writeString(
        Path.of(yaml()), Ponds.resource("one", "{}", "{river: 'rhine', foo: 1}").toString());
    assertThat(run("apply", "-f", yaml()))
        .contains("strict decoding error: unknown field \"spec.foo\"");
  }
}
