package dev.flamepool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WriteTimerTest {
  private final WriteTimer timer = new WriteTimer(new LinkTimer(15, 1, 0));

  @Test
  void aWriteThatDoesNotEndIsNoticed() {
    timer.begins(1);
    for (int now = 1; now <= 16; now++) {
      assertThat(timer.stuck(now)).isFalse();
    }
    assertThat(timer.stuck(17)).isTrue();
  }

  @Test
  void nobodyWritingAndManyShortWritesAreFine() {
    for (int now = 1; now <= 100; now++) {
      assertThat(timer.stuck(now)).isFalse();
    }
    for (int now = 101; now <= 200; now++) {
      timer.begins(now);
      assertThat(timer.stuck(now)).isFalse();
      if (now % 3 == 0) {
        timer.ends();
      }
    }
  }

  @Test
  void ourOwnPauseIsNotThePeersFault() {
    timer.begins(1);
    assertThat(timer.stuck(1)).isFalse();
    assertThat(timer.stuck(100)).isFalse();
    assertThat(timer.stuck(101)).isFalse();
  }
}
