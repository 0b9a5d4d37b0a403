package dev.flamepool.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.Offerings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Machines are refused: for lack of room, by a quota, for what somebody has to correct. */
class RefusedMachinesTest {
  private final Scene scene = new Scene();

  @BeforeEach
  void aPoolWithOneBackend() {
    scene.newest("a", "v1");
  }

  /** What was asked for is refused. */
  private void refuse(Kind kind, String reason) {
    scene.runners.removeIf(runner -> !runner.wasReady());
    scene.refuse("a", kind, "no more");
    scene.ended("a", reason, ", message: no more");
    scene.plan();
  }

  /** Asks every second while the same calls wait, and is refused each time. */
  private List<Integer> tries(int seconds, Kind kind, String reason) {
    List<Integer> tries = new ArrayList<>();
    for (int second = 0; second < seconds; second++) {
      PoolPlan plan = scene.plan();
      if (!plan.create().isEmpty()) {
        tries.add(second);
        refuse(kind, reason);
      }
      scene.pass(Duration.ofSeconds(1));
    }
    return tries;
  }

  @ParameterizedTest
  @CsvSource({
    "CAPACITY, InsufficientCapacity, 4, 15",
    "QUOTA, QuotaExceeded, 4, 15",
    "CONFIGURATION, InvalidConfiguration, 3, 7",
    "CREDENTIALS, CredentialsRefused, 3, 7"
  })
  void theOnlyPlaceIsAskedEverMoreSlowly(Kind kind, String reason, int least, int most) {
    scene.calls("v1", 0, 3);
    assertThat(scene.plan().create()).as("at first all").hasSize(3);
    refuse(kind, reason);
    List<Integer> tries = tries(600, kind, reason);
    assertThat(tries.size()).isBetween(least, most);
    int before = tries.get(tries.size() - 2);
    assertThat(tries.get(tries.size() - 1) - before).isGreaterThan(tries.get(1) - tries.get(0));
    assertThat(scene.status.bootBackoff()).as("no boot failed").isNull();
  }

  @ParameterizedTest
  @CsvSource({"CAPACITY, InsufficientCapacity", "QUOTA, QuotaExceeded"})
  void newDemandIsServedAtOnceIfThereIsRoomByThen(Kind kind, String reason) {
    scene.calls("v1", 0, 1);
    refuse(kind, reason);
    tries(300, kind, reason);
    scene.quiet().plan(); // the calls have given up
    scene.pass(Duration.ofSeconds(1)).plan();
    scene.callers.clear();
    scene.calls("v1", 0, 2);
    assertThat(scene.plan().create()).as("after a while without").hasSize(2);
    refuse(kind, reason);
    assertThat(scene.plan().create()).isEmpty();
    scene.calls("v1", 0, 3);
    assertThat(scene.plan().create()).as("more than before").hasSize(4);
  }

  @Test
  void whatIsWrongStaysWrongForMoreCalls() {
    scene.calls("v1", 0, 1);
    refuse(Kind.CONFIGURATION, "InvalidConfiguration");
    scene.calls("v1", 0, 9);
    assertThat(scene.plan().create()).isEmpty();
    assertThat(scene.changed().plan().create()).as("after a change of the spec").hasSize(4);
  }

  @Test
  void aMachineThatIsHadEndsThePauses() {
    scene.calls("v1", 0, 3);
    refuse(Kind.CAPACITY, "InsufficientCapacity");
    scene.pass(Duration.ofSeconds(10));
    assertThat(scene.plan().create()).as("one finds out").hasSize(1);
    scene.blocked.clear();
    scene.refused.clear();
    scene.runner("a", "phase: Booting, " + scene.machine());
    assertThat(scene.plan().create()).hasSize(2);
    assertThat(scene.condition("CapacityAvailable")).startsWith("True/Available");
  }

  /** As in a namespace whose quota has room for two of four Pods. */
  @Test
  void callsWaitForThoseThatBoot() {
    scene.calls("v1", 0, 4);
    scene.runner("a", "phase: Booting, " + scene.machine());
    scene.runner("a", "phase: Booting, " + scene.machine());
    scene.ended("a", "QuotaExceeded", ", message: 'exceeded quota: pods'");
    scene.ended("a", "QuotaExceeded", ", message: 'exceeded quota: pods'");
    scene.pass(Duration.ofMillis(10)).refuse("a", Kind.QUOTA, "exceeded quota: pods");
    scene.plan();
    assertThat(scene.condition("BootHealthy")).startsWith("True/Healthy");
    assertThat(scene.condition("Ready")).startsWith("True/Booting");
    assertThat(scene.condition("CapacityAvailable"))
        .startsWith("False/QuotaExceeded")
        .contains("exceeded quota: pods");
    scene.runners.clear();
    scene.ready("a", "v1");
    scene.ready("a", "v1");
    scene.pass(Duration.ofSeconds(20)).plan();
    assertThat(scene.condition("CapacityAvailable"))
        .as("they were asked for before")
        .startsWith("False/QuotaExceeded");
    assertThat(scene.condition("Ready")).startsWith("True/Serving");
  }

  @Test
  void anIdlePoolSaysThatItMayNotBeServedAndTriesAllTheSame() {
    scene.refuse("a", Kind.CAPACITY, "fra is full").plan(); // others have met it
    assertThat(scene.condition("Ready"))
        .startsWith("False/InsufficientCapacity")
        .contains("fra is full", "the next call tries it again");
    scene.calls("v1", 0, 1);
    assertThat(scene.plan().create()).hasSize(1);
    scene.callers.clear();
    scene.pass(Offerings.REFUSED);
    scene.refused.clear();
    scene.blocked.clear();
    scene.plan();
    assertThat(scene.condition("Ready"))
        .isEqualTo("True/Idle: there are no runners; the next call boots one");
  }

  @Test
  void itSaysWhenItTriesAgain() {
    scene.calls("v1", 0, 1);
    refuse(Kind.CAPACITY, "InsufficientCapacity");
    assertThat(scene.condition("CapacityAvailable"))
        .contains("no more", "is tried again at", "and for more calls");
    scene.pass(Duration.ofSeconds(1));
    refuse(Kind.CREDENTIALS, "CredentialsRefused");
    assertThat(scene.condition("BackendReady"))
        .startsWith("False/CredentialsRefused")
        .contains("is tried again at")
        .doesNotContain("more calls");
    scene.callers.clear();
    scene.pass(Duration.ofMinutes(10)).plan();
    assertThat(scene.condition("BackendReady"))
        .startsWith("Unknown/CredentialsRefused")
        .contains("the next call tries it again");
  }

  /** Runners of before the refusal say nothing about it. */
  @Test
  void credentialsThatWereRevokedAreToldWhileOldRunnersServe() {
    scene.ready("a", "v1");
    scene.calls("v1", 1, 1);
    scene.pass(Duration.ofMinutes(1));
    scene.refuse("a", Kind.CREDENTIALS, "revoked");
    scene.ended("a", "CredentialsRefused", ", message: revoked");
    scene.plan();
    scene.pass(Duration.ofSeconds(1)).plan();
    assertThat(scene.condition("BackendReady")).startsWith("False/CredentialsRefused");
    assertThat(scene.condition("Ready")).startsWith("True/Serving");
  }

  @Test
  void withAnotherPlaceTheRefusedOneIsLeftAloneAndTheOtherUsed() {
    scene.newest("b", "v1");
    scene.calls("v1", 0, 2);
    scene.current.add(scene.current.remove(0)); // those without room come last
    scene.known.add(scene.known.remove(0));
    refuse(Kind.CAPACITY, "InsufficientCapacity");
    assertThat(scene.condition("CapacityAvailable"))
        .startsWith("False/PartlyRefused")
        .contains("a refused: no more", "others are used");
    assertThat(Scene.made(scene.plan())).isEqualTo("b b");
  }
}
