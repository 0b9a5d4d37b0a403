package dev.flamepool.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.operator.backend.ManualClock;
import dev.flamepool.operator.health.OperatorMetrics;
import dev.flamepool.operator.leadership.Election;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaderLoopTest {
  private final ManualClock clock = new ManualClock();
  private final OperatorMetrics metrics = new OperatorMetrics();
  private final Elected election = new Elected();
  private volatile Runnable beginning = () -> {};
  private final AtomicInteger stops = new AtomicInteger();
  private final LeaderLoop<Worker> loop =
      new LeaderLoop<>(
          "https://server", election, Worker::new, metrics, Duration.ofMillis(1), clock);

  @AfterEach
  void close() {
    loop.close();
  }

  private final class Worker implements LeaderLoop.Work {
    @Override
    public void start() {
      beginning.run();
    }

    @Override
    public void stop() {
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      stops.incrementAndGet();
    }
  }

  /** Grants the lease as often as told. */
  private static final class Elected implements Election {
    final Semaphore grants = new Semaphore(0);
    final AtomicInteger released = new AtomicInteger();
    volatile Optional<String> other = Optional.empty();

    @Override
    public void acquire() throws InterruptedException {
      grants.acquire();
    }

    @Override
    public void release() {
      released.incrementAndGet();
    }

    @Override
    public Optional<String> otherLeader() {
      return other;
    }
  }

  private boolean leads() {
    return metrics.scrape().contains("flamepool_leader 1.0");
  }

  @Test
  void whoeverWaitsIsReadyAndWhoeverWorksLeads() {
    loop.start();
    assertThat(loop.unready()).isEmpty();
    assertThat(leads()).isFalse();
    election.grants.release();
    await().until(loop::isWorking);
    assertThat(loop.unready()).isEmpty();
    assertThat(leads()).isTrue();
    loop.close();
    assertThat(leads()).isFalse();
    assertThat(stops).hasValue(1);
    assertThat(election.released).hasValueGreaterThan(0);
  }

  @Test
  void anErrorCostsOneTryAndTheLeaseIsGivenUpMeanwhile() {
    beginning =
        () -> {
          throw new OutOfMemoryError("unable to create native thread");
        };
    loop.start();
    election.grants.release();
    await().until(() -> loop.unready().orElse("").contains("unable to create native thread"));
    await().untilAsserted(() -> assertThat(election.released).hasValue(1));
    assertThat(leads()).isFalse();
    assertThat(stops).as("what had begun is stopped").hasValue(1);
    election.other = Optional.of("another");
    assertThat(loop.unready()).as("a standby in order").isEmpty();
    election.other = Optional.empty();
    beginning = () -> {};
    election.grants.release();
    await().until(loop::isWorking);
    assertThat(loop.unready()).isEmpty();
  }

  @Test
  void aStartThatHangsIsToBeReadAndMayBeBrokenOff() {
    CountDownLatch never = new CountDownLatch(1);
    beginning =
        () -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    loop.start();
    election.grants.release();
    await().until(() -> loop.unready().isPresent());
    assertThat(loop.dead()).isEmpty();
    clock.advance(LeaderLoop.HANGS);
    assertThat(loop.dead()).isPresent();
    loop.close();
    assertThat(stops).hasValue(1);
    assertThat(election.released).hasValueGreaterThan(0);
  }

  @Test
  void aStartThatCannotBeBrokenOffIsNotWaitedFor() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    beginning =
        () -> {
          boolean done = false;
          while (!done) {
            try {
              done = end.await(1, TimeUnit.MINUTES);
            } catch (InterruptedException ignored) {
              // as a library might
            }
          }
        };
    loop.start();
    election.grants.release();
    await().until(() -> loop.unready().isPresent());
    loop.close();
    assertThat(election.released).as("another one can lead").hasValue(1);
    end.countDown();
  }
}
