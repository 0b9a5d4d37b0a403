package dev.flamepool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LinkTimerTest {
  private final LinkTimer timer = new LinkTimer(15, 1, 0);

  @Test
  void silenceBeyondTheTimeoutIsNoticed() {
    for (int now = 1; now <= 15; now++) {
      assertThat(timer.silent(now)).isFalse();
    }
    assertThat(timer.silent(16)).isTrue();
  }

  @Test
  void anyMessageStartsItAnew() {
    for (int now = 1; now <= 40; now++) {
      if (now % 10 == 0) {
        timer.heard(now);
      }
      assertThat(timer.silent(now)).isFalse();
    }
  }

  @Test
  void ourOwnPauseIsNotThePeersSilence() {
    assertThat(timer.silent(1)).isFalse();
    assertThat(timer.silent(100)).as("we were away ourselves").isFalse();
    for (int now = 101; now <= 115; now++) {
      assertThat(timer.silent(now)).isFalse();
    }
    assertThat(timer.silent(116)).as("and now it is").isTrue();
  }
}
