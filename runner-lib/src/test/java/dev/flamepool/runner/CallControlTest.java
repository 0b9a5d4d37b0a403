package dev.flamepool.runner;

import static dev.flamepool.runner.TestRunner.call;
import static dev.flamepool.runner.TestRunner.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.closure.Closures;
import dev.flamepool.wire.CallOptions;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Refusal;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Reply.Failed.Kind;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.SlotConnection;
import dev.flamepool.wire.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How many calls run at once, and how they end before they are through. */
@Tag("scenario")
class CallControlTest {
  // Both ends are in this JVM, so that a function can meet the test here.
  static final AtomicInteger STARTED = new AtomicInteger();
  static final List<CountDownLatch> GATES = new ArrayList<>();

  private static Task<String> sleepUntilInterrupted() {
    return () -> {
      STARTED.incrementAndGet();
      Thread.sleep(60_000);
      return "slept";
    };
  }

  private static CountDownLatch gate() {
    return GATES.get(GATES.size() - 1);
  }

  @Test
  void neverMoreThanMaxConcurrencyRunAtOnce() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(2, false));
        TestRunner.Control control = r.control(Role.CALLER, "c")) {
      STARTED.set(0);
      List<CompletableFuture<Reply>> running = new ArrayList<>();
      for (int i = 1; i <= 2; i++) {
        SlotConnection s = r.slot("c", i);
        running.add(TestRunner.async(() -> call(s, sleepUntilInterrupted())));
      }
      await().until(() -> STARTED.get() == 2);
      try (SlotConnection third = r.slot("c", 3)) {
        Reply small = call(third, () -> 1);
        assertThat(small).isInstanceOf(Reply.Refused.class);
        assertThat(((Reply.Refused) small).reason()).isEqualTo(Refusal.FULL);
        byte[] big = new byte[200_000];
        assertThat(call(third, () -> big.length)).isInstanceOf(Reply.Refused.class);
        control.send(new ControlMessage.Cancel(1, 1));
        control.send(new ControlMessage.Cancel(2, 1));
        for (CompletableFuture<Reply> f : running) {
          assertThat(((Reply.Failed) f.get(10, TimeUnit.SECONDS)).kind()).isEqualTo(Kind.CANCELLED);
        }
        assertThat(value(call(third, () -> big.length))).isEqualTo(big.length);
      }
    }
  }

  @Test
  void aCancelOfNoCallHitsNone() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    GATES.clear();
    GATES.addAll(List.of(running, end));
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        TestRunner.Control control = r.control(Role.CALLER, "c");
        SlotConnection first = r.slot("c", 1);
        SlotConnection second = r.slot("c", 2)) {
      CompletableFuture<Reply> spared =
          TestRunner.async(
              () ->
                  call(
                      first,
                      () -> {
                        GATES.get(0).countDown();
                        return GATES.get(1).await(20, TimeUnit.SECONDS);
                      }));
      assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<Reply> cancelled =
          TestRunner.async(() -> call(second, sleepUntilInterrupted()));
      control.send(new ControlMessage.Cancel(1, 0));
      control.send(new ControlMessage.Cancel(2, 1));
      assertThat(cancelled.get(10, TimeUnit.SECONDS)).isInstanceOf(Reply.Failed.class);
      end.countDown();
      assertThat(value(spared.get(10, TimeUnit.SECONDS))).isEqualTo(true);
    }
  }

  @Test
  void cancelsThatRaceWithTheEndsOfCallsHitOnlyTheirCall() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        TestRunner.Control control = r.control(Role.CALLER, "c");
        SlotConnection s = r.slot("c", 1)) {
      AtomicBoolean over = new AtomicBoolean();
      AtomicInteger number = new AtomicInteger(); // 0 names no call, and a cancel of it hits none
      CompletableFuture<Void> canceller =
          TestRunner.async(
              () -> {
                try {
                  while (!over.get()) {
                    int n = number.get();
                    if (n % 2 == 0) { // only even calls are cancelled, early, late and often
                      control.send(new ControlMessage.Cancel(1, n));
                    }
                    LockSupport.parkNanos(20_000); // a queue of cancels would come too late for all
                  }
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
                return null;
              });
      int cancelled = 0;
      for (int i = 1; i <= 1_000; i++) {
        number.set(i);
        boolean even = i % 2 == 0;
        Reply reply =
            call(
                s,
                () -> {
                  if (even) {
                    Thread.sleep(1);
                  }
                  return !Thread.currentThread().isInterrupted() || even;
                });
        if (reply instanceof Reply.Failed f) {
          assertThat(even).isTrue();
          assertThat(f.kind()).isEqualTo(Kind.CANCELLED);
          cancelled++;
        } else {
          assertThat(value(reply)).isEqualTo(true);
        }
      }
      over.set(true);
      canceller.get(10, TimeUnit.SECONDS);
      assertThat(cancelled).isPositive();
    }
  }

  @Test
  void theCallerCanGiveUpOrCancelWhileItWaits() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        TestRunner.Control control = r.control(Role.CALLER, "c")) {
      SlotConnection s = r.slot("c", 1);
      AtomicInteger ticks = new AtomicInteger();
      Reply cancelled =
          call(
              s,
              sleepUntilInterrupted(),
              CallOptions.DEFAULT,
              n -> {
                if (ticks.incrementAndGet() == 2) {
                  try {
                    control.send(new ControlMessage.Cancel(1, n));
                  } catch (IOException e) {
                    throw new IllegalStateException(e);
                  }
                }
                return true;
              });
      assertThat(((Reply.Failed) cancelled).kind()).isEqualTo(Kind.CANCELLED);
      assertThat(value(call(s, () -> 1))).as("reading went on after time-outs").isEqualTo(1);
      assertThat(call(s, sleepUntilInterrupted(), CallOptions.DEFAULT, n -> false))
          .isInstanceOf(Reply.Lost.class);
      assertThat(s.usable()).isFalse();
    }
  }

  @Test
  void aCallOverItsTimeIsInterruptedOnTheRunner() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        SlotConnection s = r.slot("c", 1)) {
      Reply.Failed f =
          (Reply.Failed)
              call(s, sleepUntilInterrupted(), new CallOptions(50, true, Map.of()), Wait.FOREVER);
      assertThat(f.kind()).isEqualTo(Kind.TIMED_OUT);
      assertThat(value(call(s, () -> Thread.currentThread().isInterrupted()))).isEqualTo(false);
    }
  }

  @Test
  void aFunctionThatIgnoresItsDeadlineEndsTheRunner() throws Exception {
    ManualTicker clock = new ManualTicker();
    TestRunner r = new TestRunner(TestRunner.parent(4, false), clock, null);
    STARTED.set(0);
    CountDownLatch gate = new CountDownLatch(1);
    GATES.add(gate);
    SlotConnection s = r.slot("c", 1);
    CompletableFuture<Reply> reply =
        TestRunner.async(
            () ->
                call(
                    s,
                    () -> {
                      STARTED.incrementAndGet();
                      while (gate().getCount() > 0) {
                        Thread.onSpinWait();
                      }
                      return 1;
                    },
                    new CallOptions(50, true, Map.of()),
                    Wait.FOREVER));
    await().until(() -> STARTED.get() == 1);
    clock.advance(Duration.ofSeconds(5));
    assertThat(r.runner.state().cause()).isEmpty();
    clock.advance(Duration.ofMillis(50));
    assertThat(r.runner.state().cause()).isEqualTo("FAILED");
    gate.countDown();
    assertThat(reply.get(10, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            Reply.Failed.class,
            failed -> assertThat(failed.kind()).isEqualTo(Reply.Failed.Kind.TIMED_OUT));
    s.close();
    assertThat(r.awaitEnd()).isEqualTo(dev.flamepool.wire.EndCause.FAILED);
  }

  @Test
  void linkedCallsEndWithTheirCallerAndDetachedOnesDoNot() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false))) {
      STARTED.set(0);
      CountDownLatch detached = new CountDownLatch(1);
      GATES.add(detached);
      TestRunner.Control control = r.control(Role.CALLER, "c");
      SlotConnection one = r.slot("c", 1);
      SlotConnection two = r.slot("c", 2);
      CompletableFuture<Reply> linked = TestRunner.async(() -> call(one, sleepUntilInterrupted()));
      CompletableFuture<Reply> free =
          TestRunner.async(
              () ->
                  call(
                      two,
                      () -> {
                        STARTED.incrementAndGet();
                        gate().await();
                        return "finished";
                      },
                      new CallOptions(-1, false, Map.of()),
                      Wait.FOREVER));
      await().until(() -> STARTED.get() == 2);
      control.close();
      assertThat(((Reply.Failed) linked.get(10, TimeUnit.SECONDS)).kind())
          .isEqualTo(Kind.CANCELLED);
      assertThat(free).isNotDone();
      detached.countDown();
      assertThat(value(free.get(10, TimeUnit.SECONDS))).isEqualTo("finished");
    }
  }

  @Test
  void goawayTellsWhichCallsNeverStarted() throws Exception {
    TestRunner r = new TestRunner(TestRunner.parent(4, false));
    STARTED.set(0);
    TestRunner.Control control = r.control(Role.CALLER, "c");
    TestRunner.Control operator = r.control(Role.OPERATOR, "op");
    SlotConnection idle = r.slot("c", 1);
    SlotConnection busy = r.slot("c", 2);
    assertThat(value(call(idle, () -> 1))).isEqualTo(1);
    CountDownLatch gate = new CountDownLatch(1);
    GATES.add(gate);
    CompletableFuture<Reply> running =
        TestRunner.async(
            () ->
                call(
                    busy,
                    () -> {
                      STARTED.incrementAndGet();
                      gate().await();
                      return "done";
                    }));
    await().until(() -> STARTED.get() == 1);
    operator.send(new ControlMessage.Stop(20_000, "test"));
    await().until(() -> control.heard.contains(new ControlMessage.Draining("DRAINED")));
    EncodedCall again =
        Closures.encode((Task<Integer>) STARTED::incrementAndGet, Task.class, false);
    assertThat(idle.call(again, CallOptions.DEFAULT, TestRunner.DECODER, Wait.FOREVER))
        .isInstanceOf(Reply.NotStarted.class);
    gate.countDown();
    assertThat(value(running.get(10, TimeUnit.SECONDS)))
        .as("a running call ends in peace")
        .isEqualTo("done");
    assertThat(call(busy, STARTED::incrementAndGet)).isInstanceOf(Reply.NotStarted.class);
    assertThat(r.awaitEnd()).isEqualTo(dev.flamepool.wire.EndCause.DRAINED);
    assertThat(STARTED.get()).isEqualTo(1);
    control.closed.get(10, TimeUnit.SECONDS);
  }
}
