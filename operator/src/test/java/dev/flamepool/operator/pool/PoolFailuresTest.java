package dev.flamepool.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePoolStatus.Failure;
import java.time.Duration;
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
    assertThat(scene.lessons.crashes()).isEqualTo(Crashes.NONE);

    scene.pass(Duration.ofSeconds(9));
    runner("Gone", "OutOfMemory");
    assertThat(told()).as("one runner, one record").hasSize(1);
    assertThat(scene.lessons.crashes()).as("counted once it has ended").isNotEqualTo(Crashes.NONE);
  }

  /** It may yet be made again under this name, and what it came to is counted at its end. */
  @Test
  void aBootThatFailsAndAnEndInOrderAreNotToldBefore() {
    scene.newest("new", "v1");
    scene.runner("new", "phase: Stopping, reason: BootTimeout, " + scene.machine());
    assertThat(told()).isNull();
    runner("Stopping", "Idle");
    assertThat(told()).isNull();
  }
}
