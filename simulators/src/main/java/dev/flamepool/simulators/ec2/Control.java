package dev.flamepool.simulators.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.time.Duration;

/**
 * {@code /_sim/}: what of the library's interface another process needs. {@code GET faults,
 * requests}; {@code POST faults} with {@code {operation, skip, times, effect, ...}}, {@code
 * {capacity: {t3.nano: {eu-central-1a: 0}}}}, {@code {vcpuQuota: N}}, {@code {spotQuota: N}},
 * {@code {interrupt: ID, millis: N}} or {@code {release: ID}}; {@code DELETE faults}.
 */
final class Control implements HttpHandler {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Faults faults;
  private final Journal journal;

  Control(Faults faults, Journal journal) {
    this.faults = faults;
    this.journal = journal;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      int status = 200;
      ObjectNode answer = JSON.createObjectNode();
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      try {
        String path = exchange.getRequestURI().getPath();
        switch (exchange.getRequestMethod() + " " + path) {
          case "GET /_sim/faults" -> {}
          case "POST /_sim/faults" -> set(JSON.readTree(body));
          case "DELETE /_sim/faults" -> faults.clear();
          case "GET /_sim/requests" -> requests(answer.putArray("requests"));
          default -> throw new IllegalArgumentException("there is no " + path);
        }
        answer.put("pending", faults.pending());
      } catch (IllegalArgumentException | IOException e) {
        status = 400;
        answer.put("error", String.valueOf(e.getMessage()));
      }
      byte[] bytes = JSON.writeValueAsBytes(answer);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private void requests(ArrayNode list) {
    for (Served served : journal.served()) {
      ObjectNode one =
          list.addObject()
              .put("at", served.at().toString())
              .put("operation", served.operation())
              .put("method", served.method())
              .put("path", served.path())
              .put("status", served.status())
              .put("code", served.code());
      ObjectNode parameters = one.putObject("parameters");
      served.parameters().forEach(parameters::put);
    }
  }

  private void set(JsonNode fault) {
    fault
        .path("capacity")
        .properties()
        .forEach(
            type ->
                type.getValue()
                    .properties()
                    .forEach(
                        zone ->
                            faults.capacity(
                                type.getKey(), zone.getKey(), zone.getValue().asInt())));
    if (fault.has("vcpuQuota")) {
      faults.vcpuQuota(fault.path("vcpuQuota").asInt());
    }
    if (fault.has("spotQuota")) {
      faults.spotQuota(fault.path("spotQuota").asInt());
    }
    if (fault.has("release")) {
      faults.release(fault.path("release").asText());
    }
    if (fault.has("interrupt")) {
      faults.interrupt(
          fault.path("interrupt").asText(),
          Duration.ofMillis(fault.path("millis").asLong(120_000)));
    }
    if (fault.has("effect")) {
      faults.after(
          fault.path("operation").asText("*"),
          fault.path("skip").asInt(0),
          fault.path("times").asInt(1),
          effect(fault));
    }
  }

  private static Effect effect(JsonNode fault) {
    Duration millis = Duration.ofMillis(fault.path("millis").asLong());
    String name = fault.path("effect").asText();
    return switch (name) {
      case "lose-response" -> new Effect.LoseResponse();
      case "lose-request" -> new Effect.LoseRequest();
      case "delay" -> new Effect.Delay(millis);
      case "answer" ->
          new Effect.Answer(fault.path("status").asInt(500), fault.path("body").asText());
      case "refuse" -> new Effect.Refuse(fault.path("code").asText());
      case "launch-fails" ->
          new Effect.LaunchFails(fault.path("reason").asText("Server.InternalError"));
      case "stuck-pending" -> new Effect.StuckPending();
      case "stuck-shutting-down" -> new Effect.StuckShuttingDown();
      case "visible-after" -> new Effect.VisibleAfter(millis);
      default -> throw new IllegalArgumentException(name + " is no effect");
    };
  }
}
