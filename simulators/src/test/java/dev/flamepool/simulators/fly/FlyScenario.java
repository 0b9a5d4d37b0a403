package dev.flamepool.simulators.fly;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flamepool.simulators.fly.Http.Got;
import dev.flamepool.simulators.machine.ScriptedMachines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A simulator with scripted machines and a clock that stands. */
@Timeout(60)
abstract class FlyScenario {
  static final String MACHINES = "/v1/apps/thumbs/machines";
  static final Duration BOOT = Duration.ofSeconds(7);

  final ManualClock clock = new ManualClock();
  final ScriptedMachines processes = new ScriptedMachines(clock);
  final List<String> intended = new ArrayList<>();
  FlySimulator simulator;
  Http http;

  @BeforeEach
  void start() throws Exception {
    simulator = FlySimulator.start(options());
    http = new Http(simulator.uri());
  }

  FlyOptions options() {
    return new FlyOptions()
        .clock(clock)
        .runtime(processes)
        .app("thumbs")
        .app("other")
        .foreignApp("theirs")
        .image("img:1", new Image(List.of("/bin/app"), List.of("serve")))
        .bootDelay(BOOT)
        .startDelay(Duration.ofSeconds(1))
        .rateLimits(false);
  }

  @AfterEach
  void nothingWasAgainstTheDocument() {
    simulator.close();
    assertThat(simulator.violations()).isEqualTo(intended);
  }

  static String body(String more, String config) {
    return "{"
        + more
        + (more.isEmpty() ? "" : ", ")
        + "'config': {'image': 'img:1'"
        + (config.isEmpty() ? "" : ", ")
        + config
        + "}}";
  }

  Got create(String more, String config) throws Exception {
    return http.post(MACHINES, body(more, config));
  }

  static String id(Got created) {
    assertThat(created.status()).as(created.body().toString()).isEqualTo(200);
    return created.text("id");
  }

  String started(String more, String config) throws Exception {
    String id = id(create(more, config));
    boot();
    assertThat(state(id)).isEqualTo("started");
    return id;
  }

  void boot() {
    simulator.settle();
    clock.advance(BOOT);
    simulator.settle();
    clock.advance(Duration.ofSeconds(1));
    simulator.settle();
  }

  JsonNode machine(String id) throws Exception {
    return http.get(MACHINES + "/" + id).body();
  }

  String state(String id) throws Exception {
    return machine(id).path("state").asText();
  }

  List<String> list(String query) throws Exception {
    Got got = http.get(MACHINES + query);
    assertThat(got.status()).isEqualTo(200);
    return StreamSupport.stream(got.body().spliterator(), false)
        .map(machine -> machine.path("id").asText())
        .toList();
  }

  static List<String> types(JsonNode machine) {
    return StreamSupport.stream(machine.path("events").spliterator(), false)
        .map(e -> "%s/%s/%s".formatted(text(e, "type"), text(e, "status"), text(e, "source")))
        .toList();
  }

  static String text(JsonNode node, String field) {
    return node.path(field).asText();
  }

  JsonNode exitEvent(String id) throws Exception {
    for (JsonNode event : machine(id).path("events")) {
      if (event.path("type").asText().equals("exit")) {
        return event.at("/request/exit_event");
      }
    }
    throw new AssertionError("no exit event");
  }

  static CompletableFuture<Got> later(Callable<Got> call) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return call.call();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
