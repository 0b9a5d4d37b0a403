package dev.flamepool.simulators.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.caller.Engines;
import dev.flamepool.simulators.fly.TestPool;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A runner's JVM as a Pod, and a node that is killed under it. */
@Timeout(240)
class PodRunnerTest {
  private static final String UID = "0f0e-uid";

  @TempDir Path folder;
  private final TestPool pool = new TestPool();
  private final List<Process> simulators = new ArrayList<>();
  private Cluster cluster;

  @BeforeEach
  void start() throws Exception {
    cluster = Cluster.mini();
    Files.writeString(folder.resolve("kubeconfig"), cluster.kubeconfig);
    cluster
        .client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("boot")
                .withNamespace(cluster.namespace)
                .endMetadata()
                .withData(pool.identity(UID))
                .build())
        .create();
  }

  @AfterEach
  void close() {
    for (Process simulator : simulators) {
      simulator.destroy();
      simulator.onExit().join();
    }
    cluster.close();
  }

  @Test
  void aRunnerIsCalledAndOutlivesAKilledNode() throws Exception {
    Process first = simulator();
    Pod runner = runner();
    Pod doomed = sleeper("doomed");
    assertThat(doomed.getStatus().getPhase()).isEqualTo("Running");
    Engines engines = pool.caller(UID, runner.getStatus().getPodIP());
    long pid;
    try {
      pid = pid(engines);
      assertThat(engines.pool("pool").<String>call(() -> System.getenv("POD"))).isEqualTo("runner");
    } finally {
      engines.close(Duration.ZERO);
    }
    first.destroyForcibly().onExit().join();
    assertThat(ProcessHandle.of(pid)).get().matches(ProcessHandle::isAlive);
    ProcessHandle.of(marked(doomed)).ifPresent(ProcessHandle::destroyForcibly);

    simulator();
    Pod lost = cluster.awaitPhase("doomed", "Failed");
    assertThat(Cluster.state(lost).getTerminated().getReason()).isEqualTo("ContainerStatusUnknown");
    Pod same = cluster.pod("runner");
    assertThat(same.getStatus().getPodIP()).isEqualTo(runner.getStatus().getPodIP());
    assertThat(Cluster.container(same).getRestartCount()).isZero();
    engines = pool.caller(UID, same.getStatus().getPodIP());
    try {
      assertThat(pid(engines)).isEqualTo(pid);
    } finally {
      engines.close(Duration.ZERO);
    }
    cluster.delete("runner");
    cluster.awaitGone("runner");
    await().until(() -> ProcessHandle.of(pid).flatMap(p -> p.info().command()).isEmpty());
    Path log = folder.resolve("state/machines/" + runner.getMetadata().getUid() + ".c/output.log");
    assertThat(log).isRegularFile();
  }

  private static long pid(Engines engines) {
    return engines.pool("pool").<Long>call(() -> ProcessHandle.current().pid());
  }

  private long marked(Pod pod) throws IOException {
    Path home = folder.resolve("state/machines").resolve(pod.getMetadata().getUid() + ".c");
    String mark = Files.readString(home.resolve("process"));
    return Long.parseLong(mark.substring(0, mark.indexOf(' ')));
  }

  private Pod runner() {
    String env =
        TestPool.env(UID).entrySet().stream()
            .map(e -> "{name: %s, value: '%s'}".formatted(e.getKey(), e.getValue()))
            .collect(Collectors.joining(", "));
    cluster.run(
        "runner",
        "restartPolicy: Never, terminationGracePeriodSeconds: 30,"
            + " volumes: [{name: boot, secret: {secretName: boot, defaultMode: 256}}]",
        "image: 'app:v1', env: ["
            + env
            + ", {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}],"
            + " volumeMounts: [{name: boot, mountPath: /flame/boot}],"
            + " readinessProbe: {tcpSocket: {port: "
            + TestPool.PORT
            + "}, periodSeconds: 1}");
    return cluster.awaitReady("runner");
  }

  private Pod sleeper(String name) {
    cluster.run(name, "restartPolicy: Never", "image: sleep, args: ['1000']");
    return cluster.awaitReady(name);
  }

  private Process simulator() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath()));
    command.addAll(List.of("dev.flamepool.simulators.node.Main"));
    command.addAll(List.of("--kubeconfig", folder.resolve("kubeconfig").toString()));
    command.addAll(List.of("--state-dir", folder.resolve("state").toString()));
    command.addAll(List.of("--image", "app:v1=" + classPath(), "--image", "sleep=exec:/bin/sleep"));
    Process process =
        new ProcessBuilder(command).redirectError(folder.resolve("node.err").toFile()).start();
    simulators.add(process);
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    assertThat(out.readLine()).startsWith("the node simulator is ready at ");
    return process;
  }

  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> !entry.isEmpty())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
