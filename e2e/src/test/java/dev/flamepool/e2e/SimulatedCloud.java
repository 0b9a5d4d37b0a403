package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** A cloud's simulator in a process of its own, whose machines are real runners. */
abstract class SimulatedCloud implements Machines {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final JavaProcess process;
  private final Path state;
  private final String url;
  private @Nullable Gate gate;

  /** Starts the only one of its kind. */
  SimulatedCloud(Scenario scenario, String kind, int port, List<String> options) {
    this(scenario, kind, kind, port, options);
  }

  /**
   * Starts it.
   *
   * @param kind its package in the simulators
   * @param name its folder in the scenario's
   * @param port 0 for any
   */
  SimulatedCloud(Scenario scenario, String kind, String name, int port, List<String> options) {
    try {
      state = Files.createDirectories(scenario.folder.resolve(name)).toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> command = new ArrayList<>();
    command.add("dev.flamepool.simulators." + kind + ".Main");
    command.addAll(List.of("--port", Integer.toString(port), "--state-dir", state.toString()));
    command.addAll(options);
    Path log = scenario.folder.resolve(name + "-" + port + ".log");
    process = scenario.remember(JavaProcess.start(log, command, Map.of()));
    scenario.await("the simulator", () -> ready() != null);
    url = ready();
  }

  private String ready() {
    return process.output().stream()
        .filter(line -> line.contains("is ready at "))
        .map(line -> line.replaceAll(".*is ready at (\\S+).*", "$1"))
        .findFirst()
        .orElse(null);
  }

  String url() {
    return url;
  }

  /** Where the operator is to find it: at a gate, if it stands behind one. */
  String endpoint() {
    return gate == null ? url : gate.url();
  }

  /** Further backends have a gate for their endpoint. */
  void behind(Gate before) {
    gate = before;
  }

  int port() {
    return URI.create(url).getPort();
  }

  /** Where the simulator keeps everything. */
  Path state() {
    return state;
  }

  /** kill -9; its machines live on. */
  void kill() {
    process.kill();
  }

  /** The next calls of an operation meet an effect. */
  void fault(String json) throws IOException, InterruptedException {
    JsonNode answer =
        send(
            HttpRequest.newBuilder(URI.create(url + "/_sim/faults"))
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    assertThat(answer.path("error").asText()).isEmpty();
  }

  /** No further call meets an effect. */
  void heal() throws IOException, InterruptedException {
    send(HttpRequest.newBuilder(URI.create(url + "/_sim/faults")).DELETE());
  }

  /** The requests so far. */
  List<JsonNode> requests() throws IOException, InterruptedException {
    return StreamSupport.stream(
            get("/_sim/requests").path("requests").spliterator(), /* parallel= */ false)
        .toList();
  }

  JsonNode get(String path, String... headers) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  private static JsonNode send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return JSON.readTree(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()).body());
  }

  /** All of them work in the folder of their machine. */
  @Override
  public List<ProcessHandle> processes() {
    Path machines = state.resolve("machines");
    return ProcessHandle.allProcesses().filter(process -> isIn(machines, process)).toList();
  }

  private static boolean isIn(Path folder, ProcessHandle process) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd")).startsWith(folder);
    } catch (IOException e) {
      return false; // gone, or somebody else's
    }
  }
}
