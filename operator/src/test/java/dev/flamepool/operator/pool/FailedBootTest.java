package dev.flamepool.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether a runner's end is a failed boot, and what the pool says and does then. */
class FailedBootTest {
  private final Scene scene = new Scene();

  @BeforeEach
  void aPoolThatIsCalled() {
    scene.newest("new", null).calls("v1", 0, 1);
  }

  /** One runner after the other ends like this, two seconds after it was made. */
  private void fail(int times, String reason, String more) {
    for (int i = 0; i < times; i++) {
      scene.runners.clear();
      scene.ended("new", reason, more);
      scene.pass(Duration.ofSeconds(2));
      scene.plan();
    }
  }

  /** Whether it was ready once, was refused, or had a machine that ran in vain. */
  @ParameterizedTest
  @CsvSource({
    "BootTimeout, machine, true",
    "BootFailed, machine, true",
    "NoRoute, machine, true",
    "Drained, machine, true", // the application ended it in order
    "Idle, machine, true",
    "OutOfMemory, machine, true",
    "BootSecretLost, , true",
    "BootTimeout, , false", // its backend gave no answer
    "InsufficientCapacity, , false",
    "QuotaExceeded, , false",
    "InvalidConfiguration, , false",
    "CredentialsRefused, , false",
    "InsufficientCapacity, machine, false",
    "SpotInterrupted, machine, false",
    "Deleted, machine, false",
    "Lost, ready, false",
    "OutOfMemory, ready, false",
    "Unreachable, ready, false",
    "Idle, ready, false"
  })
  void whatAFailedBootIs(String reason, String until, boolean failed) {
    String more =
        until == null
            ? ""
            : ", " + scene.machine() + (until.equals("ready") ? ", codeVersion: v1" : "");
    fail(3, reason, more);
    assertThat(scene.status.bootBackoff() != null).isEqualTo(failed);
    assertThat(scene.condition("BootHealthy").startsWith("True/Healthy")).isEqualTo(!failed);
  }

  @Test
  void oneOrTwoAreToldButHoldNothingBack() {
    fail(2, "BootTimeout", ", message: no hello within 30s, " + scene.machine());
    assertThat(scene.condition("BootHealthy"))
        .startsWith("Unknown/BootFailed")
        .contains("no hello within 30s");
    assertThat(scene.condition("Ready")).startsWith("True/Booting");
  }

  @Test
  void threeHoldCallersBackUntilTheNextTryAndThatOneTells() {
    fail(3, "BootTimeout", ", message: no hello within 30s, " + scene.machine());
    assertThat(scene.condition("BootHealthy"))
        .startsWith("False/BootFailing")
        .contains("no hello within 30s", "is tried at");
    assertThat(scene.condition("Ready")).startsWith("False/BootFailing");
    scene.pass(Duration.ofMinutes(5));
    assertThat(Scene.made(scene.plan())).isEqualTo("new[v1]");
    assertThat(scene.condition("BootHealthy"))
        .as("a call made now hears of the try")
        .startsWith("Unknown/BootFailing")
        .contains("is being tried");
  }

  @Test
  void anIdlePoolSaysThatTheNextCallTries() {
    fail(3, "BootTimeout", ", " + scene.machine());
    scene.quiet().pass(Duration.ofMinutes(5)).plan();
    assertThat(scene.condition("BootHealthy"))
        .startsWith("Unknown/BootFailing")
        .contains("the next call tries one")
        .doesNotContain("is tried at");
    assertThat(scene.condition("Ready")).startsWith("Unknown/BootFailing");
  }

  /** The last thing that is known of boots is that one succeeded, whatever its calls did since. */
  @ParameterizedTest
  @ValueSource(strings = {"Lost", "OutOfMemory"})
  void aCrashAfterABootLeavesNoStaleCondition(String reason) {
    fail(3, "BootTimeout", ", " + scene.machine());
    scene.pass(Duration.ofMinutes(5));
    scene.ended("new", reason, ", codeVersion: v1, " + scene.machine());
    scene.pass(Duration.ofSeconds(1));
    scene.plan();
    assertThat(scene.condition("BootHealthy")).startsWith("True/Healthy");
    assertThat(scene.status.bootBackoff()).isNull();
  }

  @Test
  void aRunnerThatIdledBeforeANewLeaderReachedItMayHaveBooted() {
    scene.heard = false;
    fail(1, "Idle", ", " + scene.machine());
    assertThat(scene.status.bootBackoff()).isNull();
    assertThat(scene.status.recentFailures()).isNull();
    scene.heard = true;
    fail(1, "Idle", ", " + scene.machine());
    assertThat(scene.status.bootBackoff().failures()).isEqualTo(1);
    assertThat(scene.status.recentFailures()).hasSize(1);
  }

  @Test
  void callersOfARunnerThatCrashesAtOnceAreServedAgainWithoutAPause() {
    for (int i = 0; i < 10; i++) {
      scene.runners.clear();
      scene.ended("new", "Lost", ", codeVersion: v1, " + scene.machine());
      scene.pass(Duration.ofSeconds(1));
      scene.callers.clear();
      scene.calls("v1", 0, 1);
      assertThat(Scene.made(scene.plan())).startsWith("new");
    }
    assertThat(scene.condition("Ready")).startsWith("True/Booting");
  }

  /** Nobody calls: who would stop a runner that crashes by itself from being made again? */
  @Test
  void aKeptRunnerThatCrashesAtOnceComesBackEverMoreSlowly() {
    scene.spec("{min: 1, max: 4}");
    scene.callers.clear();
    int made = 0;
    for (int second = 0; second < 600; second++) {
      if (!scene.plan().create().isEmpty()) {
        made++;
        scene.runners.clear();
        scene.ended("new", "Lost", ", codeVersion: v1, " + scene.machine());
      }
      scene.pass(Duration.ofSeconds(1));
    }
    assertThat(made).isBetween(5, 15);
    scene.runners.clear();
    scene.pass(Duration.ofMinutes(5));
    assertThat(scene.plan().create()).hasSize(1);
    scene.ready("new", "v1");
    scene.pass(Crashes.STABLE).plan();
    assertThat(scene.lessons.crashes()).isEqualTo(Crashes.NONE);
  }
}
