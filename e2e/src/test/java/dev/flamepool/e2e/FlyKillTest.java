package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunnerStatus;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** kill -9 of the operator around its calls of Fly's API. */
class FlyKillTest extends FlyScenario {
  private boolean anyRunner(Predicate<FlameRunnerStatus> is) {
    return runners().stream().anyMatch(r -> r.getStatus() != null && is.test(r.getStatus()));
  }

  /** The operator dies while a request is under way, or before it has heard of its effect. */
  @ParameterizedTest
  @CsvSource({
    "Machines_create, delay",
    "Machines_create, lose-response",
    "Machines_create, lose-request",
    "Machines_list, delay",
    "Machines_list, lose-response",
    "Machines_delete, delay",
    "Machines_delete, lose-response",
    "Machines_delete, lose-request",
    "Machines_show, delay",
    "Machines_show, lose-response"
  })
  void aKilledOperatorLeavesNoMachine(String operation, String effect) throws Exception {
    start();
    JavaProcess first = operator();
    fly.fault(
        "{\"operation\":\"%s\",\"effect\":\"%s\",\"millis\":1500,\"times\":2}"
            .formatted(operation, effect));
    pool(2, "");
    JavaProcess app = startApp("app", "work");
    IntStream.range(0, 4).forEach(i -> app.say("patient c" + i + " 500"));
    boolean ending = operation.equals("Machines_delete") || operation.equals("Machines_show");
    if (ending) {
      IntStream.range(0, 4).forEach(i -> assertThat(outcome(app, "c" + i)).startsWith("done"));
      await("an end", () -> runners().isEmpty() || anyRunner(s -> s.phase() == Phase.Stopping));
    } else {
      await("a launch", () -> anyRunner(s -> s.launch() != null));
    }
    first.kill();
    operator();
    IntStream.range(0, 4).forEach(i -> assertThat(outcome(app, "c" + i)).startsWith("done"));
    client.resources(FlamePool.class).inNamespace(namespace).delete();
    await("the pool to be gone", () -> pool("work") == null && runners().isEmpty());
    await("no machine", fly::isEmpty);
    assertThat(fly.violations()).isEmpty();
  }
}
