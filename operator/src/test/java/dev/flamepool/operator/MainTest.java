package dev.flamepool.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.flamepool.minicluster.RequestHook;
import dev.flamepool.operator.world.Cluster;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
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
    Process operator =
        operator(
            log,
            Map.of(
                "POD_NAME",
                "operator-a",
                "POD_UID",
                pod.getMetadata().getUid(),
                "POD_NAMESPACE",
                namespace),
            "--kubeconfig=" + kubeconfig(folder),
            "--operator-namespace=" + namespace,
            "--namespace=" + namespace,
            "--installation-id=here",
            "--state-dir=" + folder);
    try {
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> Files.readString(log).contains("could not start to work"));
      assertThat(Files.readString(log))
          .contains("the leader is operator-a")
          .contains("tries again: injected by a request hook (403); its Roles come with")
          .doesNotContain("\tat ", "Exception");
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

  private static Path kubeconfig(Path folder) throws IOException {
    return Files.writeString(folder.resolve("kubeconfig"), Cluster.kubeconfig());
  }

  private static Process operator(Path log, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Duser.home=" + log.getParent(),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.contains("KUBE"));
    builder.environment().putAll(environment);
    return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  /** In one line, without a stack trace, and the process ends with 1. */
  @Test
  void whatCannotBeIsOneSentenceWithTheRemedy(@TempDir Path folder) throws Exception {
    Map<String, Process> operators = new LinkedHashMap<>();
    try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      operators.put(
          "the health port "
              + busy.getLocalPort()
              + " on 127.0.0.1 cannot be used: Address already in use; give another --health-port"
              + " or --health-address, or end what listens there",
          operator(
              folder.resolve("log0"),
              Map.of(),
              "--kubeconfig=" + kubeconfig(folder),
              "--health-port=" + busy.getLocalPort()));
      operators.put(
          "there is no cluster: no kubeconfig was found, in KUBECONFIG or ~/.kube/config, and this"
              + " process is in no Pod; give --kubeconfig",
          operator(folder.resolve("log1"), Map.of()));
      int i = 0;
      for (Map.Entry<String, Process> operator : operators.entrySet()) {
        assertThat(operator.getValue().waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(operator.getValue().exitValue()).isEqualTo(1);
        assertThat(Files.readAllLines(folder.resolve("log" + i++)))
            .singleElement()
            .asString()
            .endsWith("the operator ends: " + operator.getKey());
      }
    } finally {
      operators.values().forEach(Process::destroyForcibly);
    }
  }

  static List<Arguments> misspelt() {
    return List.of(
        arguments("--health-port is '70000': give 1 to 65535", "--health-port=70000"),
        arguments("--health-address is 'no.such.invalid'", "--health-address=no.such.invalid"),
        arguments("--namespaces is 'A_b': give a namespace", "--namespaces=a,A_b"),
        arguments("--operator-namespace is ''", "--operator-namespace="),
        arguments("--ambient-namespaces is 'x/y'", "--ambient-namespaces=x/y"),
        arguments("--lease-name is 'a/b'", "--lease-name=a/b"),
        arguments("--installation-id is 'a b'", "--installation-id=a b"),
        arguments("--allow-endpoints is 'fly': give http://", "--allow-endpoints=fly"),
        arguments("--kubeconfig is 'none': give a file that", "--kubeconfig=none"));
  }

  @ParameterizedTest
  @MethodSource("misspelt")
  void whatAnOptionCannotSayIsNamedWithTheValueAndTheRemedy(
      String sentence, String option, @TempDir Path folder) throws Exception {
    Main main = new Main();
    new CommandLine(main)
        .parseArgs(
            Stream.of("--kubeconfig=" + kubeconfig(folder), "--health-port=0", option)
                .filter(given -> given.equals(option) || !option.startsWith(given.split("=", 2)[0]))
                .toArray(String[]::new));
    assertThatThrownBy(main::config)
        .isInstanceOf(StartException.class)
        .hasMessageContaining(sentence);
    assertThatThrownBy(() -> StartChecks.logLevel(Map.of("FLAMEPOOL_LOG", "LOUD")))
        .hasMessage("FLAMEPOOL_LOG is 'LOUD': give one of OFF, ERROR, WARN, INFO, DEBUG, TRACE");
  }

  @Test
  void everyCommandHasHelpAndTheOperatorItsVersion() {
    for (String[] asked : new String[][] {{"--help"}, {"end-all-pools", "--help"}, {"--version"}}) {
      StringWriter said = new StringWriter();
      assertThat(Main.command().setOut(new PrintWriter(said)).execute(asked)).isZero();
      assertThat(said.toString()).contains("flamepool-operator");
      if (asked[0].equals("--version")) {
        assertThat(said.toString())
            .containsPattern("flamepool-operator \\d+\\.\\d+")
            .contains("flamepool.dev/v1alpha1");
      }
    }
    StringWriter said = new StringWriter();
    assertThat(Main.command().setErr(new PrintWriter(said)).execute("--healthport=1")).isEqualTo(2);
    assertThat(said.toString()).contains("'--healthport=1'", "--health-port").hasLineCount(2);
  }

  private static Resource<Lease> lease(String namespace) {
    return Cluster.shared().leases().inNamespace(namespace).withName("flamepool-operator");
  }
}
