package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What a person at a terminal does with a pool. */
@Tag("minicluster")
@EnabledIf("dev.flamepool.e2e.Kubectl#isPresent")
class KubectlTest extends Scenario {
  private Kubectl kubectl;

  @BeforeEach
  void find() {
    kubectl = new Kubectl(cluster.kubeconfig(), namespace);
  }

  @Test
  void applyWatchScaleDescribeAndDelete() throws Exception {
    startOperator();
    kubectl.run("apply", "-f", Path.of("../manifests/samples/local.yaml").toString());
    Path watched = folder.resolve("watch");
    Process watch = kubectl.start(watched, "get", "flamepools", "--watch");
    await("the pool to be ready", () -> status("thumbnails").isPresent());

    kubectl.run("scale", "flamepool/thumbnails", "--replicas=2");
    kubectl.run(
        "wait", "flamepool/thumbnails", "--for=jsonpath={.status.ready}=2", "--timeout=60s");
    kubectl.run("wait", "flamepool/thumbnails", "--for=condition=Ready", "--timeout=60s");
    assertThat(runnerProcesses()).hasSize(2);

    assertThat(kubectl.run("get", "fp").lines().findFirst().orElse("").split("\\s+"))
        .containsExactly(
            "NAME", "BACKEND", "MIN", "MAX", "READY", "BOOTING", "CALLS", "QUEUED", "STATUS",
            "AGE");
    assertThat(kubectl.run("get", "fr").lines().findFirst().orElse("").split("\\s+"))
        .containsExactly("NAME", "POOL", "PHASE", "BACKEND", "MACHINE", "ADDRESS", "REASON", "AGE");
    assertThat(kubectl.run("describe", "flamepool", "thumbnails"))
        .contains("Type:", "Ready", "BackendReady", "BootHealthy", "CapacityAvailable")
        .containsPattern("Events:\\s+Type");

    kubectl.run("delete", "flamepool", "thumbnails", "--timeout=60s");
    assertThat(runnerProcesses()).as("delete returns when no runner is left").isEmpty();
    watch.destroy();
    assertThat(Files.readString(watched)).containsPattern("thumbnails\\s+local\\s+2\\s+4\\s+2");
  }
}
