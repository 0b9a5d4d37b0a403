package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The same application with Fly machines for runners: real processes behind Fly's API. */
class FlyPathTest extends FlyScenario {
  @Test
  void aPoolGrowsWithItsDemandAndGoesBackToZero() throws Exception {
    start();
    JavaProcess app = grow();
    app.say("env r FLY_REGION");
    assertThat(outcome(app, "r")).isEqualTo("done r fra");
    awaitNoRunner();
    assertThat(cloud.requests())
        .as("none refused for its rate")
        .noneMatch(request -> request.path("status").asInt() == 429);
    awaitNoMachine();
  }
}
