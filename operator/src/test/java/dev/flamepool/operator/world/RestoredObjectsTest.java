package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.Names;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a backup brings back: objects of pools that are others by now, without their owners. */
class RestoredObjectsTest {
  private final World world = new World(5);

  @AfterEach
  void close() {
    world.close();
  }

  private FlameRunner runner(String name, String pool, String poolUid) {
    FlameRunner runner = new FlameRunner();
    runner.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withNamespace(world.namespace)
            .addToLabels(Names.POOL_LABEL, pool)
            .withFinalizers(Names.MACHINE_FINALIZER)
            .build());
    runner.setSpec(
        Serialization.unmarshal(
                """
                spec: {pool: %s, poolUid: %s, ordinal: 0, revision: r, maxConcurrency: 1,
                  singleUse: false, shutdownTimeout: 1s, orphanAfter: 1s, maxLifetime: never,
                  runner: {port: 7600}, backend: {name: x, local: {}}}
                """
                    .formatted(pool, poolUid),
                FlameRunner.class)
            .getSpec());
    return world.client().resource(runner).create();
  }

  private void status(String runner, Map<String, ?> status) {
    world
        .client()
        .resources(FlameRunner.class)
        .inNamespace(world.namespace)
        .withName(runner)
        .editStatus(
            now -> {
              FlameRunner next =
                  Serialization.unmarshal(
                      Serialization.asJson(Map.of("status", status)), FlameRunner.class);
              now.setStatus(next.getStatus());
              return now;
            });
  }

  /** In whatever phase it was when the backup was made, and whether its pool is there again. */
  @ParameterizedTest
  @ValueSource(strings = {"Pending", "Booting", "Ready", "Gone"})
  void aRunnerOfAPoolThatIsAnotherOneByNowIsNamedThenEndedAndItsOrdinalFree(String phase) {
    runner("p-0", "p", "before");
    status(
        "p-0",
        phase.equals("Pending")
            ? Map.of("phase", phase)
            : Map.of("phase", phase, "machine", Map.of("attempt", 1, "id", "m-7")));
    world.pool("p", "{min: 1, max: 2}");
    world.pass(Duration.ofSeconds(5));
    assertThat(world.endpoints("p")).containsExactly("p-1");
    assertThat(world.condition("p", "CapacityAvailable")).isEqualTo("False/NameConflict");
    assertThat(world.condition("p", "Ready")).isEqualTo("True/Serving");
    world.pass(Duration.ofSeconds(20));
    assertThat(world.runner("p-0")).isNull();
    assertThat(world.events("StrayRunner")).singleElement().asString().contains("p-0");
    world.demand("c", "p", 0, 200);
    world.pass(Duration.ofMinutes(1));
    assertThat(world.endpoints("p")).containsExactly("p-0", "p-1");
    assertThat(world.condition("p", "CapacityAvailable")).isEqualTo("True/Available");
  }

  @Test
  void aRunnerOfAPoolThatDoesNotExistIsEndedWithoutAHotLoop() {
    runner("q-0", "q", "before");
    world.pass(Duration.ofSeconds(5));
    assertThat(world.runner("q-0")).as("it may still come").isNotNull();
    world.pass(Duration.ofSeconds(10));
    assertThat(world.runner("q-0")).isNull();
    assertThat(world.events("StrayRunner")).hasSize(1);
  }

  /** Its name is one pool's, what it says is another's. */
  @Test
  void aRunnerThatSaysItIsAnotherPoolsIsInTheWayOnlyWhileItIsThere() {
    world.pool("q", "{max: 3}");
    world.settle();
    runner("p-0", "q", world.pool("q").getMetadata().getUid());
    world.pool("p", "{min: 1, max: 2}");
    world.pass(Duration.ofMinutes(2));
    assertThat(world.endpoints("p")).hasSize(1);
    assertThat(world.cloud.live()).hasSize(1);
    assertThat(world.condition("p", "CapacityAvailable")).isEqualTo("True/Available");
  }

  /** What a caller needed when the backup was made holds for as long as any caller's last word. */
  @Test
  void aCallerOfBeforeBootsNothingForLong() {
    world.pool("p", "{max: 3, maxConcurrency: 1}");
    world.pass(Duration.ofMinutes(1));
    world.demand("restored", "p", 0, 2);
    world.pass(Duration.ofSeconds(35));
    assertThat(world.pool("p").getStatus().callers()).isZero();
    assertThat(world.pool("p").getStatus().desired()).isZero();
  }
}
