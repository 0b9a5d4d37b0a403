package dev.flamepool.operator.backend.fly;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flamepool.FlameParent;
import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.Endpoints;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MemoryCredentials;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.RunnerBackendContract;
import dev.flamepool.operator.control.RunnerReport;
import dev.flamepool.operator.control.RunnerTarget;
import dev.flamepool.operator.control.WireRunnerLinks;
import dev.flamepool.operator.credentials.TestCredentials;
import dev.flamepool.simulators.fly.FlyOptions;
import dev.flamepool.simulators.fly.FlySimulator;
import dev.flamepool.simulators.fly.Image;
import dev.flamepool.simulators.machine.LocalMachines;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract against the simulator, whose machines are real runners. */
class FlySimulatorTest extends RunnerBackendContract {
  private static final String POOL_UID = "pool-uid";
  private static final String TOKEN = "fm2_simulated";

  @TempDir Path folder;
  private final TestCredentials identities = new TestCredentials();
  private final WireRunnerLinks links = new WireRunnerLinks(identities);
  private final MemoryCredentials credentials = new MemoryCredentials(Map.of("token", TOKEN));
  private LocalMachines machines;
  private FlySimulator simulator;
  private RunnerBackend backend;

  @BeforeEach
  void start() throws IOException {
    machines = new LocalMachines(folder.resolve("machines"));
    simulator =
        FlySimulator.start(
            new FlyOptions()
                .stateDir(folder.resolve("state"))
                .runtime(machines)
                .app("thumbs")
                .token(TOKEN, "thumbs")
                .bootDelay(Duration.ofMillis(200))
                .image("*", Image.ofClassPath(classPath(), "-XX:+UseSerialGC", "-Xmx64m")));
    backend = open();
  }

  @AfterEach
  void close() {
    links.close();
    simulator.close();
    assertThat(simulator.violations()).isEmpty();
  }

  private RunnerBackend open() {
    return new FlyRunnerBackend(
        credentials,
        new Endpoints(Set.of(simulator.uri().toString())),
        Set.of(),
        Map.of(),
        Clock.systemUTC());
  }

  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> entry.contains("runner-lib") || entry.contains("jspecify"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  @Override
  protected RunnerBackend backend() {
    return backend;
  }

  @Override
  protected RunnerBackend restarted() {
    backend = open();
    return backend;
  }

  @Override
  protected BackendEntry entry() {
    return FlyFixtures.entry(simulator.uri().toString());
  }

  @Override
  protected BackendEntry badEntry() {
    return FlyFixtures.entry("http://elsewhere");
  }

  @Override
  protected void kill(Machine machine) {
    machines.kill(machine.id());
  }

  @Override
  protected int alive(String runnerUid) {
    return (int) environments().values().stream().filter(env -> isOf(env, runnerUid)).count();
  }

  private static boolean isOf(Map<String, String> env, String runnerUid) {
    String parent = env.getOrDefault(FlameParent.VARIABLE, "");
    try {
      return !parent.isEmpty() && FlameParent.decode(parent).uid().equals(runnerUid);
    } catch (IllegalArgumentException e) {
      return false; // somebody else's process
    }
  }

  /** The environment of every process that this user has, by number. */
  private static Map<Long, Map<String, String>> environments() {
    Map<Long, Map<String, String>> all = new HashMap<>();
    ProcessHandle.allProcesses()
        .forEach(
            process -> {
              try {
                Map<String, String> env = new TreeMap<>();
                String text = Files.readString(Path.of("/proc/" + process.pid() + "/environ"));
                for (String variable : text.split("\0", -1)) {
                  int at = variable.indexOf('=');
                  if (at > 0) {
                    env.put(variable.substring(0, at), variable.substring(at + 1));
                  }
                }
                all.put(process.pid(), env);
              } catch (IOException e) {
                // gone, or somebody else's
              }
            });
    return all;
  }

  @Override
  protected void pass() {}

  @Override
  protected boolean tellsCauses() {
    return false;
  }

  @Override
  protected boolean isTold() {
    return false;
  }

  @Override
  protected Map<String, byte[]> boot(MachineKey of) {
    return boot(of, Map.of());
  }

  private Map<String, byte[]> boot(MachineKey of, Map<String, String> env) {
    Map<String, byte[]> boot = FlyFixtures.boot(of, env);
    boot.putAll(identities.runnerIdentity(POOL_UID, of.runnerUid(), Duration.ofDays(1)));
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
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> links.report(key.runnerUid()).map(RunnerReport::state),
            state -> state.equals(Optional.of(RunnerReport.State.SERVING)));
  }

  @Test
  void secretVariablesReachTheProcessAndAreNotInTheListedEnvironment() throws Exception {
    String awkward = "p\"$`'\\ \nEOF=1";
    Machine launched =
        backend.launch(
            new LaunchAttempt(
                key,
                "t",
                "",
                entry(),
                new Boot(
                    boot(key, Map.of("PASSWORD", awkward, "PLAIN", "visible")),
                    Set.of("PASSWORD"))));
    awaitServing(awaitState(key, Machine.State.RUNNING));
    List<Map<String, String>> processes =
        environments().values().stream().filter(env -> isOf(env, key.runnerUid())).toList();
    assertThat(processes).as("the runner, and who started it").hasSize(2);
    assertThat(processes).allMatch(env -> env.get("PLAIN").equals("visible"));
    assertThat(processes).filteredOn(env -> awkward.equals(env.get("PASSWORD"))).hasSize(1);
    String shown =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(simulator.uri() + "/v1/apps/thumbs/machines/" + launched.id()))
                    .header("Authorization", "FlyV1 " + TOKEN)
                    .build(),
                HttpResponse.BodyHandlers.ofString(UTF_8))
            .body();
    assertThat(new ObjectMapper().readTree(shown).at("/config/env").has("PASSWORD")).isFalse();
    backend.stop(ref(key), GRACE);
    assertThat(awaitState(key, Machine.State.ENDED).exitCode())
        .as("signal and exit code go through")
        .hasValue(12);
    assertThat(alive(key.runnerUid())).isZero();
  }
}
