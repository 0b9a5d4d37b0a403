package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
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

    secret("wrong", Map.of("token", "FlyV1 fm2_nobodys"));
    isSecret("fm2_nobodys");
    String backend = cloud.backend().replace("name: cloud, key", "name: wrong, key");
    applyPool("odd", "{min: 1, backends: [%s]}".formatted(backend));
    await("the refusal to be told", () -> backendReady("odd").startsWith("CredentialsRefused"));
    assertNoSecretIsTold();
  }
}
