package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.CloudEvent;
import dev.flamepool.operator.backend.CloudInvariants;
import dev.flamepool.operator.backend.Fault;
import dev.flamepool.operator.backend.ScriptedCloud.Operation;
import dev.flamepool.operator.control.RunnerReport;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a pool does in its life, with the clock and the cloud under control. */
class LifeOfAPoolTest {
  private final World world = new World(5);

  @AfterEach
  void close() {
    world.close();
  }

  private void idle(String runner) {
    world.cloud.die(uid(runner), 0, "Idle");
  }

  private String uid(String runner) {
    return world.runner(runner).getMetadata().getUid();
  }

  @Test
  void growsWithDemandAndGoesBackToZero() {
    world.pool("p", "{max: 3, maxConcurrency: 2}");
    world.settle();
    assertThat(world.condition("p", "Ready")).isEqualTo("True/Idle");
    assertThat(world.pool("p").getStatus().backend()).isEqualTo("local");
    assertThat(world.cloud.live()).isEmpty();

    world.demand("c", "p", 0, 5);
    world.settle();
    world.pass(Duration.ofSeconds(2));
    assertThat(world.endpoints("p")).containsExactly("p-0", "p-1", "p-2");
    assertThat(world.condition("p", "Ready")).isEqualTo("True/Serving");

    idle("p-1");
    world.pass(Duration.ofSeconds(2));
    assertThat(world.endpoints("p")).as("stale demand creates nothing").hasSize(2);

    world.demand("c", "p", 5, 0);
    world.pass(Duration.ofSeconds(2));
    assertThat(world.endpoints("p")).as("fresh demand does").hasSize(3);

    idle("p-0");
    idle("p-1");
    idle("p-2");
    world.pass(Duration.ofSeconds(40));
    assertThat(world.runners("p")).isEmpty();
    CloudInvariants.nothingLeft(world.cloud);
    assertThat(world.pool("p").getStatus().callers()).isZero();
    assertThat(world.condition("p", "Ready")).isEqualTo("True/Idle");
  }

  /** It still says what the last 10 s needed, after a runner idled for less than that. */
  @Test
  void aCallersLastWordsBootNothingAfterAnIdleEnd() {
    world.pool(
        "p",
        "{min: 1, max: 3, maxConcurrency: 1, minIdleShutdownAfter: 5s, idleShutdownAfter: 5s}");
    world.demand("c", "p", 0, 2);
    world.pass(Duration.ofSeconds(2));
    assertThat(world.endpoints("p")).hasSize(2);
    world.pass(Duration.ofSeconds(5));
    idle("p-0");
    idle("p-1");
    world.pass(Duration.ofSeconds(1));
    assertThat(world.runners("p")).isEmpty();
    world.lastWords("c", "p", 2, Duration.ofSeconds(7));
    world.pass(Duration.ofSeconds(3));
    assertThat(world.runners("p")).isEmpty();
    assertThat(world.cloud.live()).isEmpty();

    world.demand("c", "p", 0, 1);
    world.settle();
    assertThat(world.endpoints("p")).as("a call after that").hasSize(1);
  }

  @Test
  void deletionReturnsOnlyWhenNoMachineIsLeft() {
    world.cloud.stopTime(Duration.ofSeconds(3));
    world.pool("p", "{min: 2, shutdownTimeout: 10s}");
    world.pass(Duration.ofSeconds(2));
    assertThat(world.endpoints("p")).hasSize(2);
    world.delete("p");
    world.settle();
    assertThat(world.pool("p")).isNotNull();
    assertThat(world.endpoints("p")).isEmpty();
    assertThat(world.condition("p", "Ready")).isEqualTo("False/Deleting");
    assertThat(world.cloud.live()).hasSize(2);
    world.pass(Duration.ofSeconds(5));
    assertThat(world.pool("p")).isNull();
    CloudInvariants.nothingLeft(world.cloud);
  }

  @Test
  void aLostKeptRunnerIsReplacedAtOnceWithItsLastWords() {
    world.pool("p", "{min: 1}");
    world.settle();
    String first = uid("p-0");
    assertThat(world.kept("p-0")).isTrue();
    world.cloud.die(first, 137, "", "line one", "killed");
    world.settle();
    assertThat(world.endpoints("p")).hasSize(1);
    assertThat(world.cloud.live()).hasSize(1);
    assertThat(world.pool("p").getStatus().recentFailures())
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure.runner()).isEqualTo("p-0");
              assertThat(failure.reason()).isEqualTo("Lost");
              assertThat(failure.message()).contains("137");
              assertThat(failure.log()).containsExactly("line one", "killed");
            });
  }

  @Test
  void aKeptRunnerThatIdledComesBackWithDemandOnly() {
    world.pool("p", "{min: 1, minIdleShutdownAfter: 5m}");
    world.settle();
    idle("p-0");
    world.pass(Duration.ofMinutes(1));
    assertThat(world.runners("p")).isEmpty();
    assertThat(world.pool("p").getStatus().minIdledAt()).isNotNull();
    world.demand("c", "p", 0, 1);
    world.settle();
    assertThat(world.endpoints("p")).containsExactly("p-0");
    assertThat(world.pool("p").getStatus().minIdledAt()).isNull();
  }

  @Test
  void aSpecChangeReplacesReadyRunnersWithoutAGap() {
    world.pool("p", "{min: 1, max: 3}");
    world.settle();
    String old = uid("p-0");
    world.runners.calls(old, 1);
    world.cloud.bootTime(Duration.ofSeconds(5));
    world.edit("p", "{\"env\":[{\"name\":\"A\",\"value\":\"1\"}]}");
    world.pass(Duration.ofSeconds(2));
    assertThat(world.endpoints("p")).as("the old one serves meanwhile").containsExactly("p-0");
    world.pass(Duration.ofSeconds(5));
    assertThat(world.endpoints("p")).containsExactly("p-1");
    assertThat(world.runner("p-0").getStatus().phase()).isEqualTo(Phase.Draining);
    assertThat(world.runner("p-0").getStatus().reason()).isEqualTo("SpecChanged");
    assertThat(world.cloud.live()).as("its call is not cut").hasSize(2);
    world.runners.calls(old, 0);
    world.pass(Duration.ofSeconds(3));
    assertThat(world.runner("p-0")).isNull();
    assertThat(world.cloud.live()).hasSize(1);
  }

  @Test
  void aWithdrawnRunnerIsStoppedAtTheEndOfItsDrainTime() {
    world.pool("p", "{min: 1, max: 1, timeout: 20s, shutdownTimeout: 10s}");
    world.settle();
    String old = uid("p-0");
    world.runners.calls(old, 1);
    world.edit("p", "{\"env\":[{\"name\":\"A\",\"value\":\"1\"}]}");
    world.pass(Duration.ofSeconds(29));
    assertThat(world.endpoints("p")).isEmpty();
    assertThat(world.cloud.log()).noneMatch(e -> e.type() == CloudEvent.Type.STOPPING);
    world.pass(Duration.ofSeconds(20));
    assertThat(world.cloud.log())
        .anyMatch(e -> e.type() == CloudEvent.Type.STOPPING && e.key().runnerUid().equals(old));
    assertThat(world.endpoints("p")).containsExactly("p-0");
    assertThat(uid("p-0")).isNotEqualTo(old);
  }

  @Test
  void loweringMaxWithdrawsTheHighestOrdinals() {
    world.pool("p", "{min: 3, max: 3}");
    world.settle();
    world.pass(Duration.ofSeconds(2));
    world.edit("p", "{\"min\":1,\"max\":1}");
    world.pass(Duration.ofSeconds(5));
    assertThat(world.runners("p"))
        .extracting(r -> r.getMetadata().getName())
        .containsExactly("p-0");
    assertThat(world.endpoints("p")).containsExactly("p-0");
  }

  @Test
  void suspendStopsEverythingAndSaysSo() {
    world.pool("p", "{min: 2}");
    world.pass(Duration.ofSeconds(2));
    world.edit("p", "{\"suspend\":true}");
    world.pass(Duration.ofSeconds(2));
    assertThat(world.condition("p", "Ready")).isEqualTo("False/Suspended");
    CloudInvariants.nothingLeft(world.cloud);
    world.edit("p", "{\"suspend\":false}");
    world.pass(Duration.ofSeconds(2));
    assertThat(world.endpoints("p")).hasSize(2);
  }

  @Test
  void threeFailedBootsHoldTheRestBackUntilOneSucceeds() {
    world.runners.muteAll(true);
    world.pool("p", "{max: 3, maxConcurrency: 1, bootTimeout: 2s}");
    world.demand("c", "p", 0, 3);
    world.soon(
        "boots are held back",
        Duration.ofSeconds(4),
        () -> world.condition("p", "BootHealthy").equals("False/BootFailing"));
    assertThat(world.condition("p", "Ready")).isEqualTo("False/BootFailing");
    assertThat(world.pool("p").getStatus().recentFailures())
        .allMatch(failure -> failure.reason().equals("BootTimeout"))
        .allMatch(failure -> failure.message().contains("connection refused"));
    world.demand("c", "p", 0, 4);
    world.pass(Duration.ofSeconds(20));
    assertThat(world.cloud.live()).as("one probe at a time").hasSizeLessThanOrEqualTo(1);
    world.runners.muteAll(false);
    world.demand("c", "p", 0, 3);
    world.pass(Duration.ofSeconds(25));
    assertThat(world.endpoints("p")).hasSize(3);
    assertThat(world.condition("p", "BootHealthy")).isEqualTo("True/Healthy");
  }

  @Test
  void aSpecChangeTriesAgainAtOnce() {
    world.runners.muteAll(true);
    world.pool("p", "{min: 3, bootTimeout: 1s}");
    world.pass(Duration.ofSeconds(3));
    assertThat(world.condition("p", "BootHealthy")).endsWith("/BootFailing");
    world.runners.muteAll(false);
    world.edit("p", "{\"env\":[{\"name\":\"FIXED\",\"value\":\"1\"}]}");
    world.pass(Duration.ofSeconds(3));
    assertThat(world.endpoints("p")).hasSize(3);
  }

  @Test
  void withoutARouteToItsMachinesAPoolSaysSoAndKeepsNone() {
    world.runners.cutOff(true);
    world.pool("p", "{min: 1, bootTimeout: 1s}");
    for (int boots = 0; boots < 3; boots++) {
      world.pass(Duration.ofMillis(1_500));
      assertThat(world.condition("p", "BackendReady")).isEqualTo("False/NoRoute");
    }
    world.pass(Duration.ofSeconds(3));
    assertThat(world.cloud.live()).as("but for a probe").hasSizeLessThanOrEqualTo(1);
    assertThat(world.pool("p").getStatus().conditions())
        .anyMatch(condition -> condition.getMessage().contains(RunnerReport.NO_ROUTE));

    world.runners.cutOff(false);
    world.pass(Duration.ofMinutes(6));
    assertThat(world.endpoints("p")).containsExactly("p-0");
    assertThat(world.condition("p", "BackendReady")).startsWith("True/");
  }

  @Test
  void anUnclearAnswerIsLookedUpAndReplayedNeverRepeated() {
    world.cloud.next(
        Operation.LAUNCH,
        new Fault.LoseResponse(),
        new Fault.LoseRequest(),
        new Fault.Late(Duration.ofSeconds(3)));
    world.pool("p", "{min: 3}");
    world.pass(Duration.ofSeconds(10));
    assertThat(world.endpoints("p")).hasSize(3);
    assertThat(world.cloud.log().stream().filter(e -> e.type() == CloudEvent.Type.CREATED))
        .hasSize(3);
  }

  @Test
  void waitingForARateTokenIsNoBoot() {
    Fault limited = new Fault.Refuse(BackendException.Kind.RATE_LIMITED, "429");
    world.cloud.next(Operation.LAUNCH, limited, limited, limited);
    world.pool("p", "{min: 1, bootTimeout: 1s}");
    world.settle();
    assertThat(world.runner("p-0").getStatus().reason()).isEqualTo("RateLimited");
    world.pass(Duration.ofSeconds(5));
    assertThat(world.endpoints("p")).containsExactly("p-0");
    assertThat(world.pool("p").getStatus().recentFailures()).isNull();
  }

  @Test
  void noCapacityIsAConditionAndTriedAgainLater() {
    world.cloud.offering("", new Fault.Refuse(BackendException.Kind.CAPACITY, "no room in fra"));
    world.pool("p", "{min: 1}");
    world.pass(Duration.ofSeconds(60));
    assertThat(world.condition("p", "CapacityAvailable")).isEqualTo("False/InsufficientCapacity");
    assertThat(world.condition("p", "Ready")).isEqualTo("False/InsufficientCapacity");
    assertThat(world.cloud.calls(Operation.LAUNCH)).as("ever more slowly").isBetween(3L, 7L);
    world.cloud.offering("", null);
    world.pass(Duration.ofMinutes(3));
    assertThat(world.endpoints("p")).containsExactly("p-0");
    assertThat(world.condition("p", "CapacityAvailable")).isEqualTo("True/Available");
  }

  @Test
  void whileOneBackendHasNoRoomTheNextIsUsedAndThenTheFirstAgain() {
    world.cloud.offering("/a", new Fault.Refuse(BackendException.Kind.CAPACITY, "a is full"));
    world.pool(
        "p",
        "{max: 3, maxConcurrency: 1, backends: [{name: first, local: {directory: /a}}, {name:"
            + " second, local: {directory: /b}}]}");
    world.demand("c", "p", 0, 1);
    world.pass(Duration.ofSeconds(5));
    assertThat(world.endpoints("p")).hasSize(1);
    assertThat(made()).containsExactly("/b");
    assertThat(world.condition("p", "CapacityAvailable")).isEqualTo("False/PartlyRefused");
    assertThat(message("CapacityAvailable")).contains("first (/a)", "a is full");
    assertThat(world.condition("p", "Ready")).isEqualTo("True/Serving");

    world.cloud.offering("/a", null);
    world.demand("c", "p", 1, 1);
    world.pass(Duration.ofSeconds(5));
    assertThat(made()).as("left alone for three minutes").containsExactly("/b", "/b");

    world.pass(Duration.ofMinutes(3));
    world.demand("c", "p", 2, 1);
    world.pass(Duration.ofSeconds(5));
    assertThat(made()).containsExactly("/b", "/b", "/a");
    assertThat(world.endpoints("p")).as("machines of both").hasSize(3);
    assertThat(world.condition("p", "CapacityAvailable")).isEqualTo("True/Available");
  }

  private List<String> made() {
    return world.cloud.log().stream()
        .filter(event -> event.type() == CloudEvent.Type.CREATED)
        .map(event -> event.detail().replaceAll(".* in ", ""))
        .toList();
  }

  private String message(String type) {
    return world.pool("p").getStatus().conditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .map(condition -> condition.getMessage())
        .findFirst()
        .orElse("");
  }

  @Test
  void badConfigurationIsAConditionInTheBackendsWordsAndNotTriedHotly() {
    Fault wrong = new Fault.Refuse(BackendException.Kind.CONFIGURATION, "no such image v7");
    world.cloud.offering("", wrong);
    world.pool("p", "{min: 3}");
    world.pass(Duration.ofSeconds(10));
    assertThat(world.condition("p", "BackendReady")).isEqualTo("False/InvalidConfiguration");
    assertThat(world.pool("p").getStatus().conditions())
        .anyMatch(condition -> condition.getMessage().contains("no such image v7"));
    long calls = world.cloud.calls(Operation.LAUNCH);
    world.pass(Duration.ofSeconds(30));
    assertThat(world.cloud.calls(Operation.LAUNCH) - calls).isLessThan(8);
  }

  /** A backend that is down, or slow to be sure, holds up only what it was asked for. */
  @Test
  void aRunnerForWhichNoMachineWasAskedGoesWithoutTheBackend() {
    world.pool(
        "p", "{min: 1, env: [{name: URL, valueFrom: {secretKeyRef: {name: db, key: url}}}]}");
    world.settle();
    assertThat(world.runners("p")).hasSize(1);
    long asked = world.cloud.calls(Operation.FIND);
    world.delete("p");
    world.settle();
    assertThat(world.pool("p")).isNull();
    assertThat(world.runners("p")).isEmpty();
    assertThat(world.cloud.calls(Operation.FIND)).isEqualTo(asked);
  }

  @Test
  void aMissingSecretIsNamedAndWaitedFor() {
    world.pool(
        "p", "{min: 1, env: [{name: URL, valueFrom: {secretKeyRef: {name: db, key: url}}}]}");
    world.settle();
    assertThat(world.condition("p", "BackendReady")).isEqualTo("False/SecretMissing");
    assertThat(world.runner("p-0").getStatus().message()).contains("URL", "db");
    assertThat(world.cloud.calls(Operation.LAUNCH)).isZero();
    world
        .client()
        .resource(
            new io.fabric8.kubernetes.api.model.SecretBuilder()
                .withNewMetadata()
                .withName("db")
                .withNamespace(world.namespace)
                .endMetadata()
                .addToData("url", "c2VjcmV0LXZhbHVl")
                .build())
        .create();
    world.pass(Duration.ofSeconds(10));
    assertThat(world.endpoints("p")).containsExactly("p-0");
    assertThat(world.pool("p").toString() + world.runner("p-0"))
        .as("no secret value outside Secrets")
        .doesNotContain("secret-value", "c2VjcmV0LXZhbHVl");
  }

  @Test
  void anInvalidSpecKeepsWhatThereIsAndSaysWhatIsWrong() {
    world.pool("p", "{min: 1, max: 2}");
    world.settle();
    world.edit("p", "{\"min\":3}");
    world.pass(Duration.ofSeconds(5));
    assertThat(world.condition("p", "Ready")).isEqualTo("False/InvalidSpec");
    assertThat(world.pool("p").getStatus().conditions().get(0).getMessage())
        .contains("spec.min", "3", "lower min or raise max");
    assertThat(world.cloud.live()).hasSize(1);
    assertThat(world.endpoints("p")).containsExactly("p-0");
  }

  @Test
  void afterARestartNothingShrinksUntilTheCallersHaveBeenHeard() {
    world.pool("p", "{max: 4, maxConcurrency: 1}");
    world.demand("c", "p", 4, 0);
    world.pass(Duration.ofSeconds(2));
    world.restart();
    world
        .client()
        .resources(dev.flamepool.api.FlameCaller.class)
        .inNamespace(world.namespace)
        .delete();
    world.pass(Duration.ofSeconds(20));
    assertThat(world.pool("p").getStatus().desired()).isEqualTo(4);
    world.pass(Duration.ofSeconds(20));
    assertThat(world.pool("p").getStatus().desired()).isZero();
    assertThat(world.cloud.live()).as("no busy runner is picked").hasSize(4);
  }

  @Test
  void aDeletedRunnerObjectIsStoppedAndReplaced() {
    world.pool("p", "{min: 1}");
    world.settle();
    String first = uid("p-0");
    world.client().resource(world.runner("p-0")).delete();
    world.pass(Duration.ofSeconds(5));
    assertThat(world.cloud.live())
        .singleElement()
        .satisfies(m -> assertThat(m.key().runnerUid()).isNotEqualTo(first));
    assertThat(world.endpoints("p")).hasSize(1);
  }

  @Test
  void aBackendThatNeverAnswersIsAskedEverMoreRarelyAndItsWordsAreToBeRead() {
    world.cloud.offering("", new Fault.Refuse(Kind.AMBIGUOUS, "HTTP 500: upstream"));
    world.pool("p", "{min: 5}");
    world.pass(Duration.ofSeconds(10));
    assertThat(world.runners("p"))
        .hasSize(5)
        .allMatch(runner -> runner.getStatus().reason().equals("BackendNotAnswering"))
        .allMatch(runner -> runner.getStatus().message().contains("HTTP 500: upstream"));
    world.pass(Duration.ofMinutes(4));
    long before = world.cloud.calls(Operation.LAUNCH);
    world.pass(Duration.ofMinutes(10));
    assertThat(world.cloud.calls(Operation.LAUNCH) - before)
        .as("one of the pool's runners in half a minute to a minute")
        .isBetween(9L, 21L);
    world.cloud.offering("", null);
    world.soon("all of them", Duration.ofMinutes(2), () -> world.endpoints("p").size() == 5);
    assertThat(world.pool("p").getStatus().recentFailures()).isNull();
  }
}
