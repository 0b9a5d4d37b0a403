package dev.flamepool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TransferTimerTest {
  private final TransferTimer timer = new TransferTimer(new LinkTimer(15, 1, 0));

  @Test
  void whatStandsStillOrDripsIsStuckAndWhatMovesIsNot() {
    for (int now = 1; now <= 100; now++) {
      assertThat(timer.stuck(now, true, 2_000L * now)).isFalse();
    }
    for (int now = 101; now <= 105; now++) {
      assertThat(timer.stuck(now, true, 200_000 + now)).as("at " + now).isFalse();
    }
    boolean stuck = false;
    for (int now = 106; now <= 125; now++) {
      stuck = timer.stuck(now, true, 200_000 + now);
    }
    assertThat(stuck).isTrue();
  }

  @Test
  void whereNobodyWaitsForThePeerNothingIsStuck() {
    for (int now = 1; now <= 100; now++) {
      assertThat(timer.stuck(now, now % 10 != 0, 0)).isFalse();
    }
  }
}
