package dev.flamepool.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePoolStatus.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a pool's status tells why a runner was lost. */
class PoolFailuresTest {
  private final Scene scene = new Scene();

  private List<Failure> told() {
    scene.plan();
    return scene.status.recentFailures();
  }

  private void runner(String phase, String reason) {
    scene.runners.clear();
    scene.runner(
        "new",
        "%s, phase: %s, reason: %s"
            .formatted(scene.ready("v1"), phase, reason)
            .replace("phase: Ready, ", ""));
  }

  /** Its callers wait, and a machine may take long to go. */
  @Test
  void whoHasLostARunnerReadsWhyWhileItsMachineIsStillThere() {
    scene.newest("new", "v1");
    runner("Stopping", "OutOfMemory");
    assertThat(told()).extracting(Failure::reason).containsExactly("OutOfMemory");
    Crashes once = scene.lessons.crashes();
    assertThat(once).isNotEqualTo(Crashes.NONE);
    assertThat(told()).as("one runner, one record").hasSize(1);
    assertThat(scene.lessons.crashes()).as("counted once").isEqualTo(once);
  }

  @Test
  void aBootThatFailsIsToldAsSoonAndAnEndInOrderIsNot() {
    scene.newest("new", "v1");
    runner("Stopping", "Idle");
    assertThat(told()).isNull();
    scene.runners.clear();
    scene.runner("new", "phase: Stopping, reason: BootTimeout, " + scene.machine());
    assertThat(told()).extracting(Failure::reason).containsExactly("BootTimeout");
  }
}
