package dev.flamepool.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePoolStatus.BootBackoff;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BootHealthTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static BootHealth after(BootBackoff stored, int failed, double random) {
    return BootHealth.next(stored, failed, Optional.of(NOW), List.of(), NOW, () -> random);
  }

  @Test
  void holdsBootsBackAfterThreeInARowOnly() {
    assertThat(after(null, 2, 1).failing()).isFalse();
    assertThat(after(after(null, 2, 1).stored(), 1, 1).failing()).isTrue();
    assertThat(after(after(null, 2, 1).stored(), 0, 1).failures()).isEqualTo(2);
  }

  @Test
  void waitsWithFullJitterFromOneSecondToFiveMinutes() {
    BootBackoff stored = null;
    for (int i = 0; i < 40; i++) {
      BootHealth most = after(stored, 1, 1);
      BootHealth least = after(stored, 1, 0);
      if (most.failing()) {
        assertThat(Duration.between(NOW, least.until())).isEqualTo(BootHealth.MIN_DELAY);
        assertThat(Duration.between(NOW, most.until()))
            .isBetween(BootHealth.MIN_DELAY, BootHealth.MAX_DELAY);
      }
      stored = most.stored();
    }
    assertThat(Duration.between(NOW, Instant.parse(stored.until())))
        .isEqualTo(BootHealth.MAX_DELAY);
  }

  /** Also if its calls made it crash since: then they did, and not its boot. */
  @Test
  void aRunnerThatBootedAfterTheLastFailureOpensTheGate() {
    BootBackoff stored = after(null, 4, 1).stored();
    Instant ready = NOW.plusSeconds(30);
    assertThat(BootHealth.next(stored, 0, Optional.of(NOW), List.of(ready), ready, () -> 1))
        .isEqualTo(BootHealth.HEALTHY);
    Instant old = NOW.minusSeconds(60);
    assertThat(BootHealth.next(stored, 0, Optional.of(NOW), List.of(old), ready, () -> 1).failing())
        .as("one that was ready before the failures proves nothing")
        .isTrue();
  }
}
