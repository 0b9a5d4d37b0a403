package dev.flamepool.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a runner says by itself. */
@Timeout(30)
class AnnouncerTest {
  @Test
  void newsAreToldOnceThereIsAThreadAgain() throws Exception {
    ManualTicker ticker = new ManualTicker();
    AtomicInteger asked = new AtomicInteger();
    CountDownLatch told = new CountDownLatch(1);
    Announcer announcer =
        new Announcer(
            ticker,
            told::countDown,
            task -> {
              if (asked.incrementAndGet() < 3) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              return new Thread(task);
            });
    announcer.changed();
    ticker.advance(Duration.ofMillis(500));
    assertThat(asked).hasValue(2);
    ticker.advance(Duration.ofMillis(250));
    assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
    announcer.close();
  }
}
