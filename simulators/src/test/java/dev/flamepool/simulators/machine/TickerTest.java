package dev.flamepool.simulators.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TickerTest {
  @Test
  void aFailureIsNotTheLastTick() throws Exception {
    CountDownLatch ticks = new CountDownLatch(3);
    Runnable due =
        () -> {
          ticks.countDown();
          throw new IllegalStateException("this time it cannot be done");
        };
    Ticker ticker = new Ticker("clock", due);
    try {
      assertThat(ticks.await(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      ticker.close();
    }
  }
}
