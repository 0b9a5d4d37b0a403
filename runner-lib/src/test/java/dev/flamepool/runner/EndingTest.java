package dev.flamepool.runner;

import static dev.flamepool.runner.TestRunner.call;
import static dev.flamepool.runner.TestRunner.hello;
import static dev.flamepool.runner.TestRunner.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.FlameParent;
import dev.flamepool.IdleCheck;
import dev.flamepool.RunnerApplication;
import dev.flamepool.wire.CallOptions;
import dev.flamepool.wire.EndCause;
import dev.flamepool.wire.RawPeer;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.SlotConnection;
import dev.flamepool.wire.Wait;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an application or a caller may do, its runner ends in time. */
@Tag("scenario")
class EndingTest {
  private static final Duration TO_THE_END = Duration.ofSeconds(20 + 2 + 10);

  private final ManualTicker clock = new ManualTicker();
  private final CountDownLatch over = new CountDownLatch(1);

  @AfterEach
  void letGo() {
    over.countDown();
  }

  /** An application whose parts misbehave. */
  private record Application(Runnable stopping, IdleCheck idleCheck) implements RunnerApplication {
    @Override
    public void start(FlameParent parent) {}

    @Override
    public void stop() {
      stopping.run();
    }
  }

  /** Waits as code does that no interrupt reaches. */
  private void hang() {
    while (over.getCount() > 0) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private boolean hangs() {
    hang();
    return true;
  }

  private TestRunner runner(boolean singleUse, long idle, long lifetime, RunnerApplication app) {
    return new TestRunner(TestRunner.parent(4, singleUse, idle, -1, -1, lifetime), clock, app);
  }

  @Test
  void aSingleUseRunnerEndsAlthoughItsCallerBreaksOffBeforeItsBodyIsSent() throws Exception {
    TestRunner r = runner(true, -1, -1, null);
    try (RawPeer peer =
        RawPeer.slot(r.address, TestRunner.UID, TestRunner.CALLER, hello(Role.CALLER, "c"))) {
      peer.send(RawPeer.admitFirst(1_000_000));
      peer.awaitAdmission();
    }
    assertThat(r.awaitEnd()).isEqualTo(EndCause.SINGLE_USE);
  }

  @Test
  void stopThatHangsOrThrowsAnErrorDoesNotKeepTheRunner() throws Exception {
    TestRunner throwing =
        runner(
            false,
            -1,
            -1,
            new Application(
                () -> {
                  throw new AssertionError("stop");
                },
                IdleCheck.ALWAYS));
    throwing.runner.stop(20_000, "test");
    assertThat(throwing.awaitEnd()).isEqualTo(EndCause.DRAINED);

    CountDownLatch stopping = new CountDownLatch(1);
    TestRunner hanging =
        runner(
            false,
            -1,
            -1,
            new Application(
                () -> {
                  stopping.countDown();
                  hang();
                },
                IdleCheck.ALWAYS));
    hanging.runner.stop(20_000, "test");
    assertThat(stopping.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(hanging.ended).isNotDone();
    clock.advance(TO_THE_END);
    assertThat(hanging.awaitEnd()).isEqualTo(EndCause.DRAINED);
  }

  @Test
  void anIdleCheckThatHangsHoldsUpNeitherDeadlinesNorTheLifetime() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    TestRunner r =
        runner(
            false,
            10_000,
            100_000,
            new Application(
                () -> {},
                () -> {
                  asked.countDown();
                  return hangs();
                }));
    clock.advance(Duration.ofSeconds(10));
    assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
    SlotConnection slot = r.slot("c", 1);
    CountDownLatch running = new CountDownLatch(1);
    RUNNING = running;
    CompletableFuture<Reply> late =
        TestRunner.async(
            () ->
                call(
                    slot,
                    () -> {
                      RUNNING.countDown();
                      Thread.sleep(60_000);
                      return 1;
                    },
                    new CallOptions(1_000, true, Map.of()),
                    Wait.FOREVER));
    assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
    clock.advance(Duration.ofSeconds(1));
    assertThat(((Reply.Failed) late.get(20, TimeUnit.SECONDS)).kind())
        .isEqualTo(Reply.Failed.Kind.TIMED_OUT);
    slot.close();
    clock.advance(Duration.ofSeconds(90));
    assertThat(r.awaitEnd()).isEqualTo(EndCause.LIFETIME);
  }

  // Both ends are in this JVM, so that a function can meet the test here.
  static volatile CountDownLatch RUNNING = new CountDownLatch(1);

  static volatile WeakReference<byte[]> RESULT = new WeakReference<>(null);

  /** While its slot stays open. */
  @Test
  void theMemoryOfAResultIsFreeOnceItIsSent() throws Exception {
    TestRunner r = runner(false, -1, -1, null);
    SlotConnection slot = r.slot("c", 1);
    Reply reply =
        call(
            slot,
            () -> {
              byte[] result = new byte[1 << 20];
              RESULT = new WeakReference<>(result);
              return result;
            });
    assertThat((byte[]) value(reply)).hasSize(1 << 20);
    await()
        .until(
            () -> {
              System.gc();
              return RESULT.get() == null;
            });
    assertThat(value(call(slot, () -> 1))).isEqualTo(1);
    slot.close();
    r.close();
  }

  @Test
  void anIdleCheckThatThrowsAnErrorDoesNotCount() throws Exception {
    TestRunner r =
        runner(
            false,
            10_000,
            -1,
            new Application(
                () -> {},
                () -> {
                  throw new AssertionError("idle?");
                }));
    clock.advance(Duration.ofSeconds(10));
    assertThat(r.awaitEnd()).isEqualTo(EndCause.IDLE);
  }

  @Test
  void aShortIdleTimeCountsFromTheFirstCall() throws Exception {
    TestRunner r = runner(false, 1_000, -1, null);
    try (SlotConnection slot = r.slot("c", 1)) {
      assertThat(value(call(slot, () -> 1))).isEqualTo(1);
    }
    await().until(() -> r.runner.runnerState().now().inFlight() == 0);
    clock.advance(Duration.ofMillis(999));
    assertThat(r.runner.runnerState().now().cause()).isNull();
    clock.advance(Duration.ofMillis(1));
    assertThat(r.awaitEnd()).isEqualTo(EndCause.IDLE);
  }
}
