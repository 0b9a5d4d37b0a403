package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameBackend;
import dev.flamepool.operator.backend.AccountPasses;
import dev.flamepool.operator.backend.Backends;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.shared.SharedBackendReconciler;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A hundred careless tenants and an honest one. */
class TenantsTest {
  private static final List<String> JUNK = List.of("hang", "token", "garbage", "dead");
  private static final int EACH = 25;
  private static final String HONEST = "honest";

  /** How an honest pool's demand was served. */
  private record Served(Duration time, int rounds) {}

  private static String spec(String entry) {
    return "{max: 1, backends: [{name: %s, local: {mainClass: a.B}}]}".formatted(entry);
  }

  private static Served served(World world) {
    world.pool(HONEST, spec(HONEST));
    world.pass(Duration.ofSeconds(2));
    world.demand("c", HONEST, 0, 1);
    Instant before = world.clock.instant();
    int rounds = world.rounds();
    world.soon(
        "a machine",
        Duration.ofMinutes(2),
        () -> world.cloud.live().stream().anyMatch(made -> made.key().pool().equals(HONEST)));
    return new Served(Duration.between(before, world.clock.instant()), world.rounds() - rounds);
  }

  private static List<FlameBackend> junkBackends(World world) {
    List<FlameBackend> made = new ArrayList<>();
    for (int n = 0; n < EACH; n++) {
      for (String junk : JUNK) {
        FlameBackend shared =
            Serialization.unmarshal("spec: {local: {mainClass: a.B}}", FlameBackend.class);
        shared.setMetadata(
            new ObjectMetaBuilder()
                .withName(junk + "-" + n)
                .withNamespace(world.namespace)
                .build());
        made.add(world.client().resource(shared).create());
      }
    }
    return made;
  }

  @Test
  void theHonestPoolIsServedAsIfItWereAlone() {
    Served alone;
    JunkCloud empty = new JunkCloud();
    try (World world = new World(1, CrashPoints.never(), empty)) {
      alone = served(world.calling(empty.places()));
    }
    JunkCloud cloud = new JunkCloud();
    try (World world = new World(1, CrashPoints.never(), cloud)) {
      world.calling(cloud.places());
      for (int n = 0; n < EACH; n++) {
        for (String junk : JUNK) {
          String name = junk + "-" + n;
          world.pool(name, spec(name).replace("max: 1", "min: 1, max: 1"));
        }
      }
      SharedBackendReconciler checks =
          new SharedBackendReconciler(
              new ClusterApi(world.client()),
              new Backends(List.of(cloud)),
              new AccountPasses<>(cloud.places(), (backend, time) -> {}, world.clock),
              world.clock);
      List<FlameBackend> junk = junkBackends(world);
      junk.forEach(checks::reconcile); // returns, whoever hangs
      world.pass(Duration.ofSeconds(3));
      junk.forEach(checks::reconcile);
      Served beside = served(world);
      assertThat(beside.time()).isLessThanOrEqualTo(alone.time().multipliedBy(2));
      assertThat(beside.rounds()).isLessThanOrEqualTo(alone.rounds() * 2);
      world.pass(Duration.ofSeconds(10));
      assertThat(world.endpoints(HONEST)).hasSize(1);
      assertThat(world.endpoints("dead-0")).isEmpty();
      assertThat(world.condition("dead-0", "BootHealthy")).isEqualTo("False/BootFailing");
      assertThat(world.endpoints("token-0")).isEmpty();
    }
  }
}
