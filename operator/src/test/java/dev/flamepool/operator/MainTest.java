package dev.flamepool.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.minicluster.RequestHook;
import dev.flamepool.operator.world.Cluster;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The operator's command. */
class MainTest {
  @Test
  void thePageHasItsHelp() throws Exception {
    assertThat(Files.readString(Path.of("../docs/operating.md")))
        .contains("```\n" + new CommandLine(new Main()).getUsageMessage(Ansi.OFF) + "```\n");
  }

  @Test
  void aTimeThatIsNoneIsRefused() {
    assertThat(new CommandLine(new Main()).execute("end-all-pools", "--timeout=soon")).isNotZero();
  }

  /** Told to end while it cannot start, as {@code OperatorTest} has it while it works. */
  @Test
  void aSignalEndsItWithZeroAndTheLeaseIsFreeAndGoesWithThePod(@TempDir Path folder)
      throws Exception {
    String namespace = Cluster.namespace();
    Cluster.hook(
        namespace,
        new RequestHook() {
          @Override
          public int before(String method, String path, String body) {
            return path.contains("/flamerunners") ? 403 : PASS;
          }
        });
    Pod pod =
        Cluster.shared()
            .resource(
                new PodBuilder()
                    .withNewMetadata()
                    .withName("operator-a")
                    .withNamespace(namespace)
                    .endMetadata()
                    .withNewSpec()
                    .addNewContainer()
                    .withName("operator")
                    .withImage("operator")
                    .endContainer()
                    .endSpec()
                    .build())
            .create();
    Path log = folder.resolve("log");
    Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), Cluster.kubeconfig());
    ProcessBuilder command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            Main.class.getName(),
            "--kubeconfig=" + kubeconfig,
            "--operator-namespace=" + namespace,
            "--namespace=" + namespace,
            "--installation-id=here",
            "--state-dir=" + folder);
    command
        .environment()
        .putAll(
            Map.of(
                "POD_NAME",
                "operator-a",
                "POD_UID",
                pod.getMetadata().getUid(),
                "POD_NAMESPACE",
                namespace));
    Process operator = command.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> Files.readString(log).contains("could not start to work"));
      assertThat(Files.readString(log)).contains("the leader is operator-a");
      operator.destroy();
      assertThat(operator.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(operator.exitValue()).isZero();
      assertThat(Files.readString(log)).doesNotContain("leader is null");
      assertThat(lease(namespace).get().getSpec().getHolderIdentity()).isEmpty();
      Cluster.shared().resource(pod).withGracePeriod(0).delete();
      await().until(() -> lease(namespace).get() == null);
    } finally {
      operator.destroyForcibly().waitFor();
      Cluster.unhook(namespace);
    }
  }

  private static Resource<Lease> lease(String namespace) {
    return Cluster.shared().leases().inNamespace(namespace).withName("flamepool-operator");
  }
}
