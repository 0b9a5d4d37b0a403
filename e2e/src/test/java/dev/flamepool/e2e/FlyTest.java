package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The main job once more, with runners that are machines of a simulated Fly. */
class FlyTest extends Scenario {
  private static final String READY = "the Fly simulator is ready at ";

  private final HttpClient http = HttpClient.newHttpClient();
  private JavaProcess simulator;
  private URI fly;

  @BeforeEach
  void startSimulator() {
    simulator = simulator("0");
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("fly")
                .withNamespace(namespace)
                .endMetadata()
                .addToStringData("token", "FlyV1 fm2_e2e")
                .build())
        .create();
  }

  private JavaProcess simulator(String port) {
    int before = starts().size();
    List<String> command = new ArrayList<>(List.of("dev.flamepool.simulators.fly.Main"));
    command.addAll(List.of("--port", port, "--state-dir", folder.resolve("fly").toString()));
    command.addAll(List.of("--app", "e2e", "--token", "fm2_e2e=e2e"));
    command.addAll(List.of("--image", "registry.fly.io/e2e:v1=" + JavaProcess.classPath()));
    JavaProcess started = remember(JavaProcess.start(folder.resolve("fly.log"), command, Map.of()));
    await("the simulator", () -> starts().size() > before);
    fly = URI.create(starts().get(before).substring(READY.length()));
    return started;
  }

  private List<String> starts() {
    Path log = folder.resolve("fly.log");
    try {
      return Files.exists(log)
          ? Files.readAllLines(log).stream().filter(line -> line.startsWith(READY)).toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void nothingWasAgainstFlysRules() throws Exception {
    assertThat(ask("/_sim/violations").path("violations")).isEmpty();
    assertThat(ask("/_sim/requests").path("requests"))
        .noneMatch(request -> request.path("status").asInt() == 429);
  }

  /** The processes of the machines, by the simulator's own marks of them. */
  @Override
  List<ProcessHandle> runnerProcesses() {
    Path machines = folder.resolve("fly/machines");
    if (!Files.isDirectory(machines)) {
      return List.of();
    }
    try (Stream<Path> homes = Files.list(machines)) {
      return homes
          .map(home -> home.resolve("process"))
          .flatMap(FlyTest::pid)
          .flatMap(pid -> ProcessHandle.of(pid).stream())
          .filter(process -> process.info().command().isPresent())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Long> pid(Path mark) {
    try {
      String text = Files.readString(mark);
      return Stream.of(Long.valueOf(text.substring(0, text.indexOf(' '))));
    } catch (IOException | RuntimeException gone) {
      return Stream.empty();
    }
  }

  private String spec(String options) {
    return ("{%s, backends: [{name: fly, fly: {host: '%s', app: e2e, image: 'registry.fly.io/e2e:v1',"
            + " regions: [fra, ams], cpuKind: shared, cpus: 1, memoryMb: 256,"
            + " init: {cmd: [dev.flamepool.e2e.TestApp]},"
            + " tokenSecretRef: {name: fly, key: token}}}]}")
        .formatted(options, fly);
  }

  private JsonNode ask(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(fly.resolve(path)).header("Authorization", "FlyV1 fm2_e2e").build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new ObjectMapper().readTree(answer.body());
  }

  /** As the simulator has them on disk: to ask it would spend the operator's share of requests. */
  private List<String> livingMachines() throws IOException {
    List<String> living = new ArrayList<>();
    try (Stream<Path> homes = Files.list(folder.resolve("fly/machines"))) {
      for (Path home : homes.toList()) {
        JsonNode machine = new ObjectMapper().readTree(home.resolve("machine.json").toFile());
        if (!machine.path("state").asText().equals("destroyed")) {
          living.add(machine.path("name").asText());
        }
      }
    }
    return living;
  }

  @Test
  void aPoolOfFlyMachinesGrowsWithItsDemandAndGoesBackToZero() throws Exception {
    startOperator("--allow-endpoints", fly.toString());
    applyPool("work", spec("min: 0, max: 3, maxConcurrency: 2, idleShutdownAfter: 4s"));
    JavaProcess app = startApp("app", "work");
    app.say("env machine FLY_MACHINE_ID");
    app.say("env region FLY_REGION");
    IntStream.range(0, 12).forEach(i -> app.say("patient c" + i + " 2500"));

    await("three runners", () -> ready("work") == 3);
    assertThat(runnerProcesses()).hasSize(3);
    assertThat(status("work").orElseThrow().endpoints())
        .extracting(endpoint -> endpoint.address().replaceAll("\\d+\\.\\d+\\.\\d+]", "x]"))
        .containsOnly("[::ffff:127.x]:7600");
    IntStream.range(0, 12).forEach(i -> assertThat(outcome(app, "c" + i)).startsWith("done"));
    assertThat(outcome(app, "machine")).matches("done machine [0-9a-f]{14}");
    assertThat(outcome(app, "region")).isEqualTo("done region fra");
    await("zero runners", () -> ready("work") == 0 && runners().isEmpty());
    await("no process", () -> runnerProcesses().isEmpty());
    assertThat(livingMachines()).isEmpty();
  }

  @Test
  void callsGoOnWhileFlysInterfaceIsDownAndNothingIsLeftOnceItIsBack() throws Exception {
    startOperator("--allow-endpoints", fly.toString());
    applyPool("work", spec("min: 1, max: 2, maxConcurrency: 1, idleShutdownAfter: 2s"));
    await("the kept runner", () -> ready("work") == 1);
    JavaProcess app = startApp("app", "work");
    app.say("patient up 10");
    assertThat(outcome(app, "up")).startsWith("done");

    simulator.kill();
    app.say("patient down 100");
    assertThat(outcome(app, "down")).startsWith("done");
    assertThat(runnerProcesses()).hasSize(1);
    simulator = simulator(Integer.toString(fly.getPort()));
    IntStream.range(0, 2).forEach(i -> app.say("patient again" + i + " 3000"));
    IntStream.range(0, 2).forEach(i -> assertThat(outcome(app, "again" + i)).startsWith("done"));
    await("the kept runner alone", () -> ready("work") == 1 && runners().size() == 1);
    await("its machine alone", () -> livingMachines().size() == 1 && runnerProcesses().size() == 1);
  }
}
