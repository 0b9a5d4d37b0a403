package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlyBackend;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.FlyServer;
import dev.flamepool.operator.backend.FlyServer.Trouble;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a pool makes of what Fly can do to it. */
class FlyTroubleTest {
  private static final String POOL = "p";

  private final FlyCloud fly = new FlyCloud();
  private final World world = new World(3, CrashPoints.never(), fly);

  @AfterEach
  void close() {
    world.close();
  }

  @ParameterizedTest
  @CsvSource({
    "400, failed to get manifest registry.fly.io/thumbs:v7, InvalidConfiguration, fly.image",
    "404, manifest unknown, InvalidConfiguration, fly.image",
    "404, not found, InvalidConfiguration, HTTP 404",
    "404, app not found, InvalidConfiguration, fly.app",
    "422, invalid machine config, InvalidConfiguration, HTTP 422",
    "403, unauthorized, CredentialsRefused, HTTP 403"
  })
  void aRefusalForGoodIsOneConditionAndTriedEverMoreSlowly(
      int status, String said, String reason, String words) {
    Trouble refusal = new Trouble.Answer(status, "{\"error\":\"%s\"}".formatted(said));
    fly.server()
        .next("POST machines", Stream.generate(() -> refusal).limit(100).toArray(Trouble[]::new));
    world.secret("fly", "token", FlyServer.TOKEN);
    world.pool(POOL, "{min: 3%s}".formatted(FlyCloud.spec(fly.server())));
    world.pass(Duration.ofSeconds(8));
    assertThat(world.condition(POOL, "BackendReady")).isEqualTo("False/" + reason);
    assertThat(world.pool(POOL).getStatus().conditions())
        .anyMatch(condition -> condition.getMessage().contains(words));
    world.pass(Duration.ofSeconds(7));
    assertThat(fly.server().count("POST machines"))
        .as("for each runner, and one again")
        .isBetween(3L, 4L);
    world.pass(Duration.ofMinutes(5));
    assertThat(fly.server().count("POST machines")).as("in five minutes").isLessThan(14);
  }

  private static Map<String, String> environment(String image) {
    return Map.of(
        "FLY_APP_NAME", "thumbs", "FLY_IMAGE_REF", image, "FLY_API_TOKEN", FlyServer.TOKEN);
  }

  private String bare() {
    return "backends: [{name: fra, fly: {host: '%s'}}]".formatted(fly.server().url());
  }

  @Test
  void theOperatorsOwnAppImageAndTokenBecomePartOfTheRunner() {
    fly.environment = environment("thumbs:1");
    world.restart();
    world.pool(POOL, "{min: 1, %s}".formatted(bare()));
    world.pass(Duration.ofSeconds(5));
    FlyBackend made = world.runner("p-0").getSpec().backend().fly();
    assertThat(List.of(made.app(), made.image())).containsExactly("thumbs", "thumbs:1");
    assertThat(made.tokenSecretRef()).isNull();
    assertThat(world.endpoints(POOL)).containsExactly("p-0");
    assertThat(fly.server().seen())
        .allMatch(seen -> seen.path().contains("/apps/thumbs/"))
        .noneMatch(seen -> seen.body().contains(FlyServer.TOKEN));

    fly.environment = Map.of(); // nor is the namespace listed any more
    world.restart();
    world.pass(Duration.ofMinutes(1));
    assertThat(world.endpoints(POOL)).as("serves on").containsExactly("p-0");
    assertThat(world.message(POOL, "BackendReady")).contains("--ambient-namespaces");
    assertThat(fly.server().count("POST machines")).isEqualTo(1);

    world.delete(POOL);
    world.pass(Duration.ofMinutes(2));
    assertThat(world.pool(POOL)).isNull();
    assertThat(world.cloud.live()).as("ended with the token that made it").isEmpty();
  }

  @Test
  void anotherImageOfTheOperatorIsAnotherRevision() {
    fly.environment = environment("thumbs:1");
    world.restart();
    world.pool(POOL, "{min: 1, %s}".formatted(bare()));
    world.pass(Duration.ofSeconds(5));
    fly.environment = environment("thumbs:2");
    world.restart();
    world.pass(Duration.ofMinutes(2));
    assertThat(world.runners(POOL))
        .extracting(runner -> runner.getSpec().backend().fly().image())
        .containsExactly("thumbs:2");
  }

  private void token(String now) {
    world.client().secrets().inNamespace(world.namespace).withName("fly").delete();
    if (!now.isEmpty()) {
      world.secret("fly", "token", now);
    }
  }

  @Test
  void machinesEndWithTheTokenThatMadeThemWhateverWasWrittenSince() {
    world.secret("fly", "token", FlyServer.TOKEN);
    world.pool(POOL, "{min: 1, max: 2%s}".formatted(FlyCloud.spec(fly.server())));
    world.pass(Duration.ofSeconds(5));
    assertThat(world.endpoints(POOL)).containsExactly("p-0");
    token("fm2_mistyped");
    world.edit(POOL, "{\"min\": 2}");
    world.pass(Duration.ofSeconds(5));
    assertThat(world.condition(POOL, "BackendReady")).isEqualTo("False/CredentialsRefused");
    assertThat(world.endpoints(POOL)).as("serves on").containsExactly("p-0");
    world.restart();
    token("");
    world.delete(POOL);
    world.pass(Duration.ofMinutes(1));
    assertThat(world.pool(POOL)).isNull();
    assertThat(world.cloud.live()).isEmpty();
  }

  @Test
  void anEndThatIsRefusedIsTriedEverMoreSeldomAndThePoolSaysWhy() {
    world.secret("fly", "token", FlyServer.TOKEN);
    world.pool(POOL, "{min: 1%s}".formatted(FlyCloud.spec(fly.server())));
    world.pass(Duration.ofSeconds(5));
    fly.server().revoke();
    world.delete(POOL);
    world.pass(Duration.ofSeconds(10));
    assertThat(world.condition(POOL, "Ready")).isEqualTo("False/Deleting");
    assertThat(world.message(POOL, "Ready")).contains("p-0: its machine cannot be ended");
    long before = fly.server().seen().size();
    world.pass(Duration.ofMinutes(10));
    assertThat(fly.server().seen().size() - before).as("in ten minutes").isLessThan(35);
  }
}
