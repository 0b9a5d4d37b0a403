package dev.flamepool.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of two backend entries one cannot be resolved just now: what cannot be asked changes nothing. */
class UndecidedBackendTest {
  private final Scene scene = new Scene();

  @BeforeEach
  void twoEntriesTheFirstUnresolved() {
    scene.newest("b", "v1");
    scene.revision("a", "v1");
    scene.undecided.add("a");
    scene.unusable.add("a");
    scene.backendProblem =
        Optional.of(new Problem("CredentialsRefused", "FlameBackend 'a': the token was revoked"));
  }

  @Test
  void itsRunnersServeOn() {
    scene.ready("a", "v1");
    scene.ready("a", "v1");
    scene.calls("v1", 2, 0);
    PoolPlan plan = scene.plan();
    assertThat(plan.drain()).isEmpty();
    assertThat(plan.delete()).isEmpty();
    assertThat(plan.create()).as("they count").isEmpty();
    assertThat(scene.condition("BackendReady"))
        .startsWith("True/PartlyAccepted")
        .contains("FlameBackend 'a'", "the token was revoked");
  }

  @Test
  void moreAreMadeWhereTheyCanBe() {
    scene.ready("a", "v1");
    scene.calls("v1", 1, 1);
    PoolPlan plan = scene.plan();
    assertThat(plan.drain()).isEmpty();
    assertThat(Scene.made(plan)).isEqualTo("b");
  }

  @Test
  void itsKeptRunnerStaysKeptAndIsNotMadeTwice() {
    scene.spec("{min: 1, max: 4}");
    RunnerView kept = scene.ready("a", "v1");
    PoolPlan plan = scene.plan();
    assertThat(plan.kept().orElseThrow()).containsExactly(kept.uid());
    assertThat(plan.create()).isEmpty();
    assertThat(plan.drain()).isEmpty();
  }

  /** Nothing at all can be resolved: a pool with one backend, or an API server that is not well. */
  @Test
  void withoutAnyEntryNothingIsEndedAndTheFirstProblemIsTold() {
    scene.current.clear();
    scene.known.clear();
    scene.ready("a", "v1");
    scene.calls("v1", 1, 3);
    PoolPlan plan = scene.plan();
    assertThat(plan.drain()).isEmpty();
    assertThat(plan.delete()).isEmpty();
    assertThat(plan.create()).isEmpty();
    assertThat(scene.condition("BackendReady")).startsWith("False/CredentialsRefused");
    assertThat(scene.condition("Ready")).startsWith("True/Serving");
  }

  @Test
  void onceItIsResolvedAChangeOfItCounts() {
    RunnerView old = scene.ready("a", "v1");
    scene.ready("b", "v1");
    scene.calls("v1", 1, 0);
    assertThat(scene.plan().drain()).isEmpty();
    scene.undecided.clear();
    scene.pass(Duration.ofSeconds(30));
    assertThat(scene.plan().drain()).containsOnlyKeys(old);
  }
}
