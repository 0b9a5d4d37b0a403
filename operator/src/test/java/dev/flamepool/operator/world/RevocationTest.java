package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameRunnerStatus.Phase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Somebody deletes a pool's authority: what it has signed is to be good for nothing. */
class RevocationTest {
  private final World world = new World(3);

  @AfterEach
  void close() {
    world.close();
  }

  private String uid(String runner) {
    return world.runner(runner).getMetadata().getUid();
  }

  @Test
  void runnersOfTheOldAuthorityTakeNoNewCallsAndFinishThoseTheyHave() {
    world.pool("p", "{min: 1, max: 3, maxConcurrency: 1}");
    world.demand("caller", "p", 2, 0);
    world.soon("two", Duration.ofSeconds(20), () -> world.endpoints("p").size() == 2);
    String busy = uid("p-0");
    String idle = uid("p-1");
    world.runners.calls(busy, 1);

    world.credentials.revoke();
    world.edit("p", "{\"log\":\"warn\"}"); // a pass

    world.soon("withdrawn", Duration.ofSeconds(5), () -> !world.endpoints("p").contains("p-0"));
    assertThat(world.runner("p-0").getStatus().phase()).isEqualTo(Phase.Draining);
    assertThat(world.runner("p-0").getStatus().reason()).isEqualTo("Revoked");
    assertThat(world.runners.withdrawn()).contains(busy);
    world.soon("others", Duration.ofSeconds(30), () -> !world.endpoints("p").isEmpty());
    assertThat(world.cloud.live())
        .as("its call runs on")
        .anyMatch(m -> m.key().runnerUid().equals(busy));
    world.runners.calls(busy, 0);
    world.cloud.die(busy, 12, "Drained");
    world.cloud.die(idle, 12, "Drained");
    world.soon("two again", Duration.ofSeconds(30), () -> world.endpoints("p").size() == 2);
    world.pass(Duration.ofMinutes(1));
    assertThat(world.runners("p"))
        .noneMatch(r -> List.of(busy, idle).contains(r.getMetadata().getUid()));
    assertThat(world.pool("p").getStatus().recentFailures()).isNullOrEmpty();
    assertThat(world.events("RunnerEnded")).anyMatch(text -> text.contains("Revoked"));
    assertThat(world.condition("p", "Ready")).startsWith("True/");
  }

  @Test
  void runnersOnTheirWayAreMadeAnew() {
    world.runners.muteAll(true);
    world.pool("p", "{min: 2, max: 2}");
    world.soon("machines", Duration.ofSeconds(20), () -> world.cloud.live().size() == 2);
    world.credentials.revoke();
    world.runners.muteAll(false);
    world.edit("p", "{\"log\":\"warn\"}");
    world.soon("two", Duration.ofSeconds(60), () -> world.endpoints("p").size() == 2);
    String now = world.credentials.seal(world.pool("p").getMetadata().getUid()).authority();
    assertThat(world.runners("p"))
        .allMatch(r -> r.getMetadata().getAnnotations().get("flamepool.dev/authority").equals(now));
    assertThat(world.cloud.live()).hasSize(2);
  }

  @Test
  void anOperatorThatStartsLaterRevokesToo() {
    world.pool("p", "{min: 2, max: 2}");
    world.soon("two", Duration.ofSeconds(20), () -> world.endpoints("p").size() == 2);
    List<String> before = world.endpoints("p").stream().map(this::uid).toList();
    world.credentials.revoke();
    world.restart();
    world.soon(
        "none of before",
        Duration.ofSeconds(5),
        () -> world.endpoints("p").stream().map(this::uid).noneMatch(before::contains));
  }
}
