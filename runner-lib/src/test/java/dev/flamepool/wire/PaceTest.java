package dev.flamepool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND = 1_000_000_000L;

  private long now = 77;

  @Test
  void someAtOnceThenSoManyASecond() {
    Pace pace = new Pace(20, 100, now);
    for (int i = 0; i < 100; i++) {
      assertThat(pace.handled(now)).isZero();
    }
    long start = now;
    for (int i = 0; i < 1_000; i++) {
      now += pace.handled(now);
    }
    assertThat(now - start).isEqualTo(50 * SECOND);
  }

  @Test
  void whoWasQuietMayBeQuickAgainAndNoQuickerForItsPatience() {
    Pace pace = new Pace(20, 100, now);
    for (int i = 0; i < 500; i++) {
      now += pace.handled(now);
    }
    now += 3_600 * SECOND;
    long start = now;
    for (int i = 0; i < 101; i++) {
      now += pace.handled(now);
    }
    assertThat(now - start).isEqualTo(SECOND / 20);
  }

  @Test
  void whoKeepsWithinItNeverWaits() {
    Pace pace = new Pace(20, 1, now);
    for (int i = 0; i < 1_000; i++) {
      assertThat(pace.handled(now)).isZero();
      now += SECOND / 20;
    }
  }
}
