package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunnerStatus;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same application with Fly machines for runners: real processes behind Fly's API. */
class FlyPathTest extends Scenario {
  private FlyCloud fly;

  private void start() {
    fly = FlyCloud.start(this);
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("fly")
                .withNamespace(namespace)
                .endMetadata()
                .addToData("token", encoded("FlyV1 " + FlyCloud.TOKEN))
                .addToData("password", encoded("pass word"))
                .build())
        .create();
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private JavaProcess operator() {
    return startOperator("--allow-endpoints", fly.url(), "--no-leader-election");
  }

  private void pool(int max, String more) {
    applyPool(
        "work",
        "{min: 0, max: %d, maxConcurrency: 2, idleShutdownAfter: 5s, %s backends: [%s]}"
            .formatted(max, more, fly.backend()));
  }

  @Test
  void aPoolGrowsWithItsDemandAndGoesBackToZero() throws Exception {
    start();
    operator();
    pool(
        3,
        "env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: fly, key: password}}},"
            + " {name: PLAIN, value: x}],");
    JavaProcess app = startApp("app", "work");

    IntStream.range(0, 12).forEach(i -> app.say("patient c" + i + " 2500"));
    await("three runners", () -> ready("work") == 3);
    IntStream.range(0, 12).forEach(i -> assertThat(outcome(app, "c" + i)).startsWith("done"));
    app.say("env p PASSWORD");
    app.say("env r FLY_REGION");
    assertThat(outcome(app, "p")).isEqualTo("done p pass word");
    assertThat(outcome(app, "r")).isEqualTo("done r fra");

    await("zero runners", () -> ready("work") == 0 && runners().isEmpty());
    assertThat(status("work").orElseThrow().endpoints()).isNullOrEmpty();
    assertThat(fly.count("*", 429)).as("refused for their rate").isZero();
    await("no machine", fly::isEmpty);
    assertThat(fly.violations()).isEmpty();
  }

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
