package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The same application with Fly machines for runners: real processes behind Fly's API. */
class FlyPathTest extends FlyScenario {
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
}
