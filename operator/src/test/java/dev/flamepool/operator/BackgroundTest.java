package dev.flamepool.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackgroundTest {
  private static final int SWEEPS = 3;

  private final Background background = new Background(SWEEPS);
  private final CountDownLatch never = new CountDownLatch(1);

  @AfterEach
  void close() {
    never.countDown();
    background.close();
  }

  private Runnable hang(CountDownLatch begun) {
    return () -> {
      begun.countDown();
      try {
        never.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  private static boolean done(CountDownLatch latch) throws InterruptedException {
    return latch.await(30, TimeUnit.SECONDS);
  }

  @Test
  void sweepsThatHangKeepNeitherEachOtherNorAnythingElse() throws Exception {
    CountDownLatch sweeping = new CountDownLatch(SWEEPS);
    for (int i = 0; i < SWEEPS; i++) {
      Future<?> unused = background.sweeps().schedule(hang(sweeping), 0, TimeUnit.MILLISECONDS);
    }
    assertThat(done(sweeping)).as("each begins").isTrue();
    CountDownLatch told = new CountDownLatch(1);
    background.events().execute(told::countDown);
    assertThat(done(told)).as("an Event is written").isTrue();
    CountDownLatch woken = new CountDownLatch(1);
    Future<?> unused = background.timer().schedule(woken::countDown, 1, TimeUnit.MILLISECONDS);
    assertThat(done(woken)).as("a reconciler is woken").isTrue();
  }

  @Test
  void eventsThatNobodyTakesKeepNobodyAndNoMemory() throws Exception {
    CountDownLatch writing = new CountDownLatch(1);
    background.events().execute(hang(writing));
    assertThat(done(writing)).isTrue();
    CountDownLatch last = new CountDownLatch(1);
    for (int i = 0; i < 5_000; i++) {
      background.events().execute(() -> {});
    }
    background.events().execute(last::countDown);
    never.countDown();
    assertThat(done(last)).as("the newest is written").isTrue();
  }

  @Test
  void whatIsToldAfterTheEndDoesNoHarm() {
    background.close();
    background.events().execute(never::countDown);
    assertThat(never.getCount()).isEqualTo(1);
  }
}
