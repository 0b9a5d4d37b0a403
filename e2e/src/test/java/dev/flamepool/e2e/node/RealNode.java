package dev.flamepool.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.e2e.Helm;
import dev.flamepool.e2e.Kubectl;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The cluster of one node that the environment names. */
final class RealNode {
  /** Its name. */
  static final String NAME = "node";

  private RealNode() {}

  static Kubectl kubectl(String namespace) {
    return new Kubectl(kubeconfig(), namespace);
  }

  static Helm helm(String namespace) {
    return new Helm(kubeconfig(), namespace);
  }

  private static Path kubeconfig() {
    return Path.of(variable("FLAMEPOOL_NODE_KUBECONFIG"));
  }

  /** Puts an image on the node that the build of a module has left. */
  static void load(String module) throws IOException, InterruptedException {
    Path tar = Path.of("..", module, "target", "node-image.tar");
    run("FLAMEPOOL_NODE_LOAD", tar.toAbsolutePath().normalize().toString());
  }

  /**
   * What a request prints that is made among the node's addresses. One that nobody takes is made
   * again: a Service knows its Pods a moment after they are ready.
   */
  static String request(String url) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "-m", "100"));
    command.addAll(List.of("--retry-connrefused", "--retry", "20", "--retry-delay", "1", url));
    return run("FLAMEPOOL_NODE_ENTER", command.toArray(String[]::new));
  }

  private static String run(String variable, String... more)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(variable(variable).split(" ", -1)));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).as("%s has ended", command).isTrue();
    assertThat(process.exitValue()).as("%s: %s", command, said).isZero();
    return said.strip();
  }

  private static String variable(String name) {
    String value = System.getenv(name);
    assertThat(value).as("the environment's %s", name).isNotNull();
    return value;
  }
}
