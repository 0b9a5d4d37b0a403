package dev.flamepool.operator.backend.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.FlameParent;
import dev.flamepool.RunnerMain;
import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.control.IdleSettings;
import dev.flamepool.operator.control.RunnerReport;
import dev.flamepool.operator.control.RunnerTarget;
import dev.flamepool.operator.control.WireRunnerLinks;
import dev.flamepool.operator.credentials.TestCredentials;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The contract with the real runner, and the operator's connection to it. */
class RunnerMainTest extends LocalContract {
  private static final String POOL_UID = "pool-uid";

  private final TestCredentials credentials = new TestCredentials();
  private final WireRunnerLinks links = new WireRunnerLinks(credentials);

  @AfterEach
  void closeLinks() {
    links.close();
  }

  @Override
  String mainClass() {
    return RunnerMain.class.getName();
  }

  @Override
  String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> entry.contains("runner-lib") || entry.contains("jspecify"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  @Override
  protected Map<String, byte[]> boot(MachineKey key) {
    FlameParent parent =
        new FlameParent(
            1,
            key.pool(),
            key.namespace(),
            key.runner(),
            key.runnerUid(),
            5,
            false,
            false,
            0,
            Path.of("unknown"),
            null,
            5000,
            -1,
            -1,
            60_000,
            -1,
            "info");
    String env = "{\"FLAME_PARENT\":\"" + parent.encode() + "\"}";
    Map<String, byte[]> boot =
        new HashMap<>(credentials.runnerIdentity(POOL_UID, key.runnerUid(), Duration.ofDays(1)));
    boot.put("env.json", env.getBytes(UTF_8));
    return boot;
  }

  @Override
  protected void awaitServing(Machine running) {
    links.keep(
        new RunnerTarget(
            key.namespace(),
            key.pool(),
            POOL_UID,
            key.runner(),
            key.runnerUid(),
            running.address().orElseThrow()));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> links.report(key.runnerUid()).map(RunnerReport::state),
            state -> state.equals(Optional.of(RunnerReport.State.SERVING)));
  }

  @Test
  void itServesAndSaysWhyItEnds() throws Exception {
    backend.launch(attempt(key));
    awaitServing(awaitState(key, Machine.State.RUNNING));
    links.settings(
        key.runnerUid(),
        new IdleSettings(false, Optional.of(Duration.ofMillis(1)), Optional.empty(), "info"));
    Machine ended = awaitState(key, Machine.State.ENDED);
    assertThat(ended.exitCode()).hasValue(0);
    assertThat(ended.cause()).isEqualTo("Idle");
    assertThat(ended.lastLines()).isEmpty();
    assertThat(links.report(key.runnerUid()).orElseThrow().cause()).isEqualTo("Idle");
  }

  @Test
  void aKillIsSeenOnTheLinkToo() throws Exception {
    backend.launch(attempt(key));
    Machine running = awaitState(key, Machine.State.RUNNING);
    awaitServing(running);
    kill(running);
    await().until(() -> !links.report(key.runnerUid()).orElseThrow().connected());
    awaitState(key, Machine.State.ENDED);
  }

  @Test
  void aChildThatComesTooLateExits() throws Exception {
    RunnerFolder folder = new FolderStore(state).create(attempt(key), Instant.now());
    folder.close();
    ProcessBuilder late =
        new ProcessBuilder(new LocalCommand(null).line(entry().local(), key.runnerUid()));
    late.redirectErrorStream(true).redirectOutput(folder.output().toFile());
    late.environment().clear();
    late.environment().putAll(RunnerEnv.of(attempt(key), folder));
    Process child = late.start();
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isNotZero();
    assertThat(Files.exists(folder.path.resolve("address"))).isFalse();
  }

  @Test
  void aRunnerThatCannotStartSaysWhy() throws Exception {
    Map<String, byte[]> boot = new HashMap<>(boot(key));
    boot.put("cert.der", Base64.getDecoder().decode("AAAA"));
    backend.launch(new LaunchAttempt(key, "t", "", entry(), Boot.of(boot)));
    Machine ended = awaitState(key, Machine.State.ENDED);
    assertThat(ended.exitCode()).hasValue(1);
    assertThat(String.join("\n", ended.lastLines())).contains("could not start");
  }
}
