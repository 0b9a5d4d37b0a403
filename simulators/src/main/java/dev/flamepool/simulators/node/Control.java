package dev.flamepool.simulators.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.flamepool.simulators.machine.LocalMachines;
import dev.flamepool.simulators.machine.MachineRuntime;
import java.io.IOException;
import java.time.Duration;

/** {@code /_sim/}: {@code GET pods}, {@code POST faults} and {@code DELETE faults}. */
final class Control implements HttpHandler {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final NodeFaults faults;
  private final Loop loop;
  private final Kubelet kubelet;
  private final MachineRuntime runtime;

  Control(NodeFaults faults, Loop loop, Kubelet kubelet, MachineRuntime runtime) {
    this.faults = faults;
    this.loop = loop;
    this.kubelet = kubelet;
    this.runtime = runtime;
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
          case "GET /_sim/pods" -> answer.set("pods", loop.ask(this::pods));
          case "POST /_sim/faults" -> set(JSON.readTree(body));
          case "DELETE /_sim/faults" -> faults.clear();
          default -> throw new IllegalArgumentException("there is no " + path);
        }
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

  private ArrayNode pods() {
    ArrayNode all = JSON.createArrayNode();
    for (PodRun run : kubelet.runs()) {
      ObjectNode pod = all.addObject();
      pod.put("pod", run.namespace() + "/" + run.name()).put("ip", run.ip);
      ArrayNode containers = pod.putArray("containers");
      run.all()
          .forEach(
              container -> {
                ObjectNode one = containers.addObject();
                one.put("name", container.spec.getName());
                one.put("machine", container.machine);
                if (runtime instanceof LocalMachines machines) {
                  machines.pid(container.machine).ifPresent(pid -> one.put("pid", pid));
                }
              });
    }
    return all;
  }

  private void set(JsonNode fault) {
    if (fault.has("node")) {
      node(fault.path("node").asText());
    }
    if (fault.has("startDelayMillis")) {
      faults.startDelay(Duration.ofMillis(fault.path("startDelayMillis").asLong()));
    }
    if (fault.has("missingImage")) {
      faults.imageMissing(fault.path("missingImage").asText(), true);
    }
    if (fault.has("foundImage")) {
      faults.imageMissing(fault.path("foundImage").asText(), false);
    }
  }

  private void node(String state) {
    switch (state) {
      case "ready" -> faults.ready(true).silent(false);
      case "not-ready" -> faults.ready(false);
      case "silent" -> faults.silent(true);
      default -> throw new IllegalArgumentException(state + " is no state of a node");
    }
  }
}
