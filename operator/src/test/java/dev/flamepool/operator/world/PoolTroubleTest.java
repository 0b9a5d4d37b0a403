package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.CloudEvent;
import dev.flamepool.operator.backend.Fault;
import dev.flamepool.operator.backend.ScriptedCloud.Operation;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a pool makes of partners that are sick rather than dead, in a whole cluster. */
class PoolTroubleTest {
  private static final Duration MOMENT = Duration.ofSeconds(2);

  private final World world = new World(5);

  @AfterEach
  void close() {
    world.close();
  }

  private String uid(String runner) {
    return world.runner(runner).getMetadata().getUid();
  }

  private long created() {
    return world.cloud.log().stream().filter(e -> e.type() == CloudEvent.Type.CREATED).count();
  }

  private void shared(String status) {
    world.shared.put(
        "a",
        Serialization.unmarshal(
            """
            metadata: {name: a, generation: 1}
            spec: {local: {directory: /a}}
            status: {observedGeneration: 1, conditions: [{type: Ready, %s}]}
            """
                .formatted(status),
            FlameBackend.class));
  }

  @Test
  void aFlameBackendThatIsNotReadyForAWhileLeavesItsRunnersAlone() {
    shared("status: 'True', reason: Accepted, message: ''");
    world.pool(
        "p",
        "{max: 4, maxConcurrency: 1, backends: [{name: a, ref: a}, {name: b, local: {directory:"
            + " /b}}]}");
    world.demand("c", "p", 0, 2);
    world.pass(MOMENT);
    assertThat(world.endpoints("p")).containsExactly("p-0", "p-1");
    world.runners.calls(uid("p-0"), 1);

    shared("status: 'False', reason: CredentialsRefused, message: the token was revoked");
    world.demand("c", "p", 2, 1);
    world.pass(Duration.ofSeconds(30));
    assertThat(world.endpoints("p")).as("and one of b").containsExactly("p-0", "p-1", "p-2");
    assertThat(world.runner("p-2").getSpec().backend().name()).isEqualTo("b");

    world.shared.clear(); // as caches may be at a start
    world.restart();
    world.demand("c", "p", 3, 0);
    world.pass(Duration.ofSeconds(40));
    assertThat(world.endpoints("p")).containsExactly("p-0", "p-1", "p-2");

    shared("status: 'True', reason: Accepted, message: ''");
    world.demand("c", "p", 3, 0);
    world.pass(Duration.ofSeconds(30));
    assertThat(world.endpoints("p")).containsExactly("p-0", "p-1", "p-2");
    assertThat(world.runners("p"))
        .allMatch(runner -> runner.getStatus().phase() == Phase.Ready)
        .hasSize(3);
  }

  @Test
  void thereIsRoomAgainAndTheNextCallIsServedAtOnce() {
    world.cloud.offering("", new Fault.Refuse(Kind.CAPACITY, "0/1 nodes are available"));
    world.pool("p", "{max: 4, maxConcurrency: 1}");
    world.demand("c", "p", 0, 1);
    world.pass(Duration.ofSeconds(30));
    assertThat(world.condition("p", "Ready")).isEqualTo("False/InsufficientCapacity");
    world.demand("c", "p", 0, 0);
    world.pass(Duration.ofSeconds(3));
    world.cloud.offering("", null);
    world.demand("c", "p", 0, 1);
    world.settle();
    assertThat(world.endpoints("p")).containsExactly("p-0");
    assertThat(world.condition("p", "CapacityAvailable")).isEqualTo("True/Available");
  }

  @Test
  void aQuotaForHalfOfTheCallsFailsNone() {
    world.cloud.bootTime(Duration.ofSeconds(5));
    world.pool("p", "{max: 4, maxConcurrency: 1}");
    world.demand("c", "p", 0, 2);
    world.settle();
    world.cloud.offering("", new Fault.Refuse(Kind.QUOTA, "exceeded quota: pods=3"));
    world.demand("c", "p", 0, 4);
    world.pass(Duration.ofSeconds(3));
    assertThat(world.condition("p", "BootHealthy")).isEqualTo("True/Healthy");
    assertThat(world.condition("p", "Ready")).as("calls wait").isEqualTo("True/Booting");
    assertThat(world.condition("p", "CapacityAvailable")).isEqualTo("False/QuotaExceeded");
    world.pass(Duration.ofSeconds(20));
    assertThat(world.endpoints("p")).hasSize(2);
    assertThat(world.condition("p", "CapacityAvailable")).isEqualTo("False/QuotaExceeded");
    assertThat(world.cloud.calls(Operation.LAUNCH)).as("ever more slowly").isLessThan(12);
    assertThat(world.events("QuotaExceeded")).hasSize(1);
  }

  @Test
  void machinesThatWaitForATurnGoWithTheCallsTheyWereFor() {
    Fault limited = new Fault.Refuse(Kind.RATE_LIMITED, "429");
    world.cloud.offering("", limited);
    world.pool("p", "{max: 4, maxConcurrency: 1}");
    world.pass(Duration.ofSeconds(30)); // its callers have been heard
    world.demand("c", "p", 0, 2);
    world.pass(MOMENT);
    assertThat(world.runners("p"))
        .hasSize(2)
        .allMatch(runner -> "RateLimited".equals(runner.getStatus().reason()));
    world.demand("c", "p", 0, 0);
    world.pass(Duration.ofSeconds(8));
    assertThat(world.runners("p")).isEmpty();
    assertThat(created()).isZero();
  }

  @Test
  void callsThatCrashTheirRunnersDoNotMakeAPoolFail() {
    world.pool("p", "{max: 3, maxConcurrency: 1}");
    for (int i = 0; i < 4; i++) {
      world.demand("c", "p", 0, 1);
      world.settle();
      assertThat(world.endpoints("p")).isNotEmpty();
      world.cloud.die(uid(world.endpoints("p").get(0)), 137, i % 2 == 0 ? "" : "OutOfMemory");
      world.demand("c", "p", 0, 0);
      world.pass(Duration.ofSeconds(1));
    }
    assertThat(world.condition("p", "BootHealthy")).isEqualTo("True/Healthy");
    assertThat(world.condition("p", "Ready")).startsWith("True/");
    assertThat(world.pool("p").getStatus().recentFailures()).hasSize(4);
  }

  /** An application that ends in order before it says hello, again and again. */
  @Test
  void orderlyEndsBeforeAHelloAreFailedBoots() {
    world.runners.muteAll(true);
    world.pool("p", "{max: 3, maxConcurrency: 1, bootTimeout: 20s}");
    for (int i = 0; i < 3; i++) {
      world.demand("c", "p", 0, 1);
      world.settle();
      List<FlameRunner> booting = world.runners("p");
      world.pass(Duration.ofSeconds(1));
      booting.forEach(runner -> world.cloud.die(runner.getMetadata().getUid(), 12, "Drained"));
      world.pass(Duration.ofSeconds(1));
    }
    assertThat(world.condition("p", "BootHealthy")).endsWith("/BootFailing");
    assertThat(world.pool("p").getStatus().recentFailures())
        .hasSize(3)
        .allMatch(failure -> failure.reason().equals("Drained"));
    world.pass(Duration.ofMinutes(5));
    assertThat(world.events("BootFailing"))
        .as("one in ten minutes, whatever its condition says by then")
        .singleElement()
        .satisfies(text -> assertThat(text).doesNotContain("in a row", "20", "is tried"));
  }

  /** What a spec may hold; and a later change of it comes into force. */
  @Test
  void anyTextInASpecReachesItsRunnersAndCanBeChanged() {
    String text = "jdbc:db?a=1&ssl=<true>\"'\\\n$(X)\u2028\u00e9\ud83d\ude00";
    world.pool("p", "{min: 1, max: 3}");
    for (String value : List.of(text, text + "&", "plain")) {
      world.edit(
          "p", Serialization.asJson(Map.of("env", List.of(Map.of("name", "A", "value", value)))));
      world.pass(Duration.ofSeconds(10));
      assertThat(world.endpoints("p")).hasSize(1);
      assertThat(world.runner(world.endpoints("p").get(0)).getSpec().env())
          .extracting(variable -> variable.value())
          .containsExactly(value);
    }
    assertThat(world.client().apps().controllerRevisions().inNamespace(world.namespace).list())
        .satisfies(list -> assertThat(list.getItems()).hasSize(3));
  }
}
