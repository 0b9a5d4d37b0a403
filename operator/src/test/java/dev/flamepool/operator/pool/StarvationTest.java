package dev.flamepool.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.operator.runner.EndReason;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** All places are taken by runners of code versions that are called without pause. */
class StarvationTest {
  private final Scene scene = new Scene();

  private PoolPlan afterAWait() {
    scene.plan();
    scene.pass(Starvation.WAIT);
    return scene.plan();
  }

  @Test
  void aNewVersionsOneCallGetsAPlaceAfterAWait() {
    scene.spec("{max: 1, maxConcurrency: 1}").newest("new", null).revision("old", "v1");
    RunnerView old = scene.ready("old", "v1");
    scene.calls("v1", 1, 5).calls("v2", 0, 1);
    assertThat(scene.plan().drain()).isEmpty();
    scene.pass(Starvation.TOLD).plan();
    assertThat(scene.condition("CapacityAvailable"))
        .startsWith("False/PlacesTaken")
        .contains("v2", "v1 has 1", "raise spec.max");
    assertThat(scene.condition("Ready")).startsWith("True/Serving");
    scene.pass(Starvation.WAIT);
    assertThat(scene.plan().drain()).containsEntry(old, EndReason.MadeRoom);
    scene.runners.clear();
    assertThat(scene.plan().create())
        .singleElement()
        .satisfies(made -> assertThat(made.revision().name()).isEqualTo("new"));
  }

  /** Its place is free, or held by what boots for it: then something else is wrong. */
  @Test
  void nobodyIsBlamedForTheVersionsOwnRunner() {
    scene.spec("{max: 1, maxConcurrency: 1}").newest("new", null);
    scene.runner("new", "phase: Stopping, reason: BootTimeout");
    scene.calls("v2", 0, 1).plan();
    scene.pass(Starvation.TOLD).plan();
    assertThat(scene.condition("CapacityAvailable")).as("ending").startsWith("True");
    scene.runners.clear();
    scene.blocked.add("new");
    scene.plan();
    assertThat(scene.condition("CapacityAvailable")).as("gone").doesNotContain("PlacesTaken");
    scene.runner("new", "phase: Booting");
    scene.plan();
    assertThat(scene.condition("CapacityAvailable")).as("booting").doesNotContain("PlacesTaken");
  }

  /** What one gets the other has lost; so it gets it back. */
  @Test
  void theOldVersionIsServedAgainInItsTurnAlthoughTheNewestComesFirst() {
    scene.spec("{max: 1, maxConcurrency: 1}").newest("new", "v2").revision("old", "v1");
    RunnerView now = scene.ready("new", "v2");
    scene.calls("v1", 0, 5).calls("v2", 3, 3);
    assertThat(afterAWait().drain()).containsEntry(now, EndReason.MadeRoom);
    scene.runners.clear();
    assertThat(Scene.made(scene.plan())).isEqualTo("old");
  }

  @Test
  void theVersionWithTheMostPlacesMakesRoomAndOfItsRunnersTheHighest() {
    scene.newest("new", "v9").revision("old", "v1");
    scene.revision("older", "v0");
    scene.ready("older", "v0");
    scene.ready("old", "v1");
    scene.ready("old", "v1");
    RunnerView last = scene.ready("old", "v1");
    scene.calls("v0", 1, 1).calls("v1", 3, 9).calls("v9", 0, 1);
    assertThat(afterAWait().drain()).containsOnlyKeys(last);
  }

  @Test
  void aVersionThatNobodyCallsMakesRoomFirst() {
    scene.spec("{max: 3, maxConcurrency: 1}").newest("new", "v9").revision("old", "v1");
    scene.revision("older", "v0");
    RunnerView quiet = scene.ready("older", "v0");
    scene.ready("old", "v1");
    scene.ready("old", "v1");
    scene.calls("v0", 0, 0).calls("v1", 3, 9).calls("v9", 0, 1);
    assertThat(afterAWait().drain()).containsOnlyKeys(quiet);
  }

  @Test
  void oneAtATime() {
    scene.spec("{max: 2, maxConcurrency: 1}").newest("new", "v9").revision("old", "v1");
    scene.ready("old", "v1");
    scene.runner("old", "phase: Draining, reason: MadeRoom, codeVersion: v1");
    scene.calls("v1", 2, 9).calls("v9", 0, 1);
    assertThat(afterAWait().drain()).isEmpty();
  }

  @Test
  void callsOfAVersionThatIsServedWaitForItsOwnRunners() {
    scene.spec("{max: 2, maxConcurrency: 1}").newest("new", "v9").revision("old", "v1");
    scene.ready("old", "v1");
    scene.ready("new", "v9");
    scene.calls("v1", 1, 9).calls("v9", 1, 9);
    assertThat(afterAWait().drain()).isEmpty();
    assertThat(scene.condition("CapacityAvailable")).startsWith("True/Available");
  }

  /** A readiness check that gives up and calls again has waited all the time. */
  @Test
  void aCallerThatTriesAgainAndAgainHasWaited() {
    scene.spec("{max: 1, maxConcurrency: 1}").newest("new", "v9").revision("old", "v1");
    RunnerView old = scene.ready("old", "v1");
    PoolPlan plan = null;
    for (int i = 0; i < 4; i++) {
      scene.callers.clear();
      scene.calls("v1", 1, 0).calls("v9", 0, 1);
      plan = scene.plan();
      scene.pass(Duration.ofSeconds(2)).callers.remove(1);
      scene.calls("v9", 0, 0);
      scene.plan();
      scene.pass(Duration.ofSeconds(2));
    }
    assertThat(plan.drain()).containsOnlyKeys(old);
  }

  @Test
  void nothingMakesRoomForWhatCannotBeMade() {
    scene.spec("{max: 1, maxConcurrency: 1}").newest("new", "v9").revision("old", "v1");
    scene.ready("old", "v1");
    scene.unusable.add("new");
    scene.calls("v1", 1, 9).calls("v9", 0, 1);
    assertThat(afterAWait().drain()).isEmpty();
  }

  /** A moved tag: only a probe can tell whether the newest yields the version by now. */
  @Test
  void anUnknownVersionGetsAPlaceForItsProbe() {
    scene.spec("{max: 1, maxConcurrency: 1}").newest("new", "v1");
    RunnerView now = scene.ready("new", "v1");
    scene.calls("v1", 1, 9).calls("v2", 0, 1);
    assertThat(afterAWait().drain()).containsOnlyKeys(now);
    scene.runners.clear();
    assertThat(Scene.made(scene.plan())).isEqualTo("new[v2]");
  }
}
