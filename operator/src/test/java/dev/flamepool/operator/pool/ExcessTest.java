package dev.flamepool.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls have given up, and runners that were made for them have not started. */
class ExcessTest {
  private static final String UNSCHEDULABLE = "phase: Booting, reason: Unschedulable";

  private final Scene scene = new Scene();

  @BeforeEach
  void aPoolThatWasCalled() {
    scene.newest("a", "v1");
  }

  private PoolPlan later() {
    scene.plan();
    scene.pass(PoolPlanner.EXCESS);
    return scene.plan();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        UNSCHEDULABLE,
        "phase: Pending, reason: RateLimited",
        "phase: Pending, reason: QuotaExceeded",
        "phase: Pending, reason: AnythingElse"
      })
  void whatWaitsForSomethingGoes(String status) {
    RunnerView first = scene.runner("a", status);
    RunnerView second = scene.runner("a", status);
    scene.calls("v1", 0, 2);
    assertThat(later().delete()).as("they are waited for").isEmpty();
    scene.quiet();
    assertThat(scene.plan().delete()).as("a call may be tried again").isEmpty();
    assertThat(later().delete()).containsExactlyInAnyOrder(first, second);
  }

  @Test
  void whatStartsOrCostsNothingStays() {
    scene.runner("a", "phase: Booting, " + scene.machine());
    scene.runner("a", "phase: Pending");
    scene.runner("a", "phase: Pending, reason: SecretMissing");
    scene.calls("v1", 0, 0);
    assertThat(later().delete()).isEmpty();
    assertThat(scene.condition("BackendReady")).startsWith("False/SecretMissing");
  }

  @Test
  void oneThatIsStillWaitedForStaysAndTheHighestGo() {
    RunnerView first = scene.runner("a", UNSCHEDULABLE);
    scene.runner("a", UNSCHEDULABLE);
    scene.runner("a", UNSCHEDULABLE);
    scene.calls("v1", 0, 1);
    assertThat(later().delete()).hasSize(2).doesNotContain(first);
  }

  @Test
  void thoseOfMinStay() {
    scene.spec("{min: 2, max: 4, maxConcurrency: 1}");
    scene.ready("a", "v1");
    scene.runner("a", UNSCHEDULABLE);
    RunnerView third = scene.runner("a", UNSCHEDULABLE);
    scene.calls("v1", 0, 0);
    assertThat(later().delete()).containsExactly(third);
  }

  @Test
  void untilTheCallersHaveBeenHeardNothingGoes() {
    scene.heard = false;
    scene.runner("a", UNSCHEDULABLE);
    assertThat(later().delete()).isEmpty();
    scene.heard = true;
    assertThat(later().delete()).hasSize(1);
  }

  @Test
  void aProbeGoesWithItsCallerOnly() {
    scene.probe("a", UNSCHEDULABLE, "v9");
    scene.calls("v9", 0, 1);
    assertThat(later().delete()).isEmpty();
    scene.callers.clear();
    scene.pass(Duration.ofSeconds(1));
    assertThat(later().delete()).hasSize(1);
  }
}
