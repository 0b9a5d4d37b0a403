package dev.flamepool.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A Fly simulator in a process of its own, whose machines are real runners. */
final class FlyCloud {
  static final String TOKEN = "fm2_e2e";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final JavaProcess process;
  private final String url;

  private FlyCloud(JavaProcess process) {
    this.process = process;
    this.url = ready(process);
  }

  /** Starts it; its machines run the test application. */
  static FlyCloud start(Scenario scenario) {
    return start(scenario, 0, "fly.log");
  }

  /** kill -9; its machines live on. */
  void kill() {
    process.kill();
  }

  /** Another one at the same place, with the machines of this one. */
  FlyCloud again(Scenario scenario) {
    return start(scenario, URI.create(url).getPort(), "fly-again.log");
  }

  private static FlyCloud start(Scenario scenario, int port, String log) {
    Path folder = scenario.folder.resolve("fly");
    JavaProcess process =
        scenario.remember(
            JavaProcess.start(
                scenario.folder.resolve(log),
                List.of(
                    "dev.flamepool.simulators.fly.Main",
                    "--port",
                    Integer.toString(port),
                    "--state-dir",
                    folder.toString(),
                    "--app",
                    "thumbs",
                    "--token",
                    TOKEN + "=thumbs",
                    "--boot-delay",
                    "300",
                    "--image",
                    "*=" + JavaProcess.classPath()),
                Map.of()));
    scenario.await("the simulator", () -> ready(process) != null);
    return new FlyCloud(process);
  }

  private static String ready(JavaProcess process) {
    return process.output().stream()
        .filter(line -> line.contains("is ready at "))
        .map(line -> line.replaceAll(".*is ready at (\\S+).*", "$1"))
        .findFirst()
        .orElse(null);
  }

  String url() {
    return url;
  }

  /** A pool's backend in flow style. */
  String backend() {
    return "{name: fra, fly: {app: thumbs, image: 'registry.fly.io/thumbs:v7', regions: [fra, ams],"
        + " host: '"
        + url
        + "', tokenSecretRef: {name: fly, key: token}}}";
  }

  /** The next calls of an operation meet an effect. */
  void fault(String json) throws IOException, InterruptedException {
    send(
        HttpRequest.newBuilder(URI.create(url + "/_sim/faults"))
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  /** Whether no machine lives; false also while the simulator refuses to say so. */
  boolean isEmpty() throws IOException, InterruptedException {
    JsonNode machines =
        send(
            HttpRequest.newBuilder(URI.create(url + "/v1/apps/thumbs/machines"))
                .header("Authorization", "FlyV1 " + TOKEN));
    return machines.isArray() && machines.isEmpty();
  }

  /** What came that Fly's document does not allow. */
  JsonNode violations() throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(url + "/_sim/violations"))).path("violations");
  }

  /** How many requests of an operation had a status; any operation for {@code *}. */
  long count(String operation, int status) throws IOException, InterruptedException {
    long count = 0;
    for (JsonNode request :
        send(HttpRequest.newBuilder(URI.create(url + "/_sim/requests"))).path("requests")) {
      boolean fits = operation.equals("*") || request.path("operation").asText().equals(operation);
      count += fits && request.path("status").asInt() == status ? 1 : 0;
    }
    return count;
  }

  private static JsonNode send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return JSON.readTree(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()).body());
  }
}
