package dev.flamepool.runner;

import static dev.flamepool.runner.TestRunner.call;
import static dev.flamepool.runner.TestRunner.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.FlameParent;
import dev.flamepool.RunnerApplication;
import dev.flamepool.closure.Closures;
import dev.flamepool.closure.RemoteThrowable;
import dev.flamepool.wire.CallOptions;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Phase;
import dev.flamepool.wire.Refusal;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Reply.Failed.Kind;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.SlotConnection;
import dev.flamepool.wire.Stay;
import dev.flamepool.wire.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

@Tag("scenario")
class CallTest {
  // Both ends are in this JVM, so that a function can meet the test here.
  static final AtomicInteger STARTED = new AtomicInteger();
  static final List<CountDownLatch> GATES = new ArrayList<>();

  record Pair(String name, int number) {}

  enum Colour {
    RED
  }

  static final class OwnException extends Exception {
    private static final long serialVersionUID = 1;
    final int code;

    OwnException(String message, int code) {
      super(message, new IllegalStateException("beneath"));
      this.code = code;
    }
  }

  static final class UnsendableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("unused") // cannot be serialized, which is the point
    final transient int kept = 1;

    @SuppressWarnings({"unused", "serial"})
    final Object thing = new Object();

    UnsendableException() {
      super("has an object inside");
    }
  }

  private static Task<String> sleepUntilInterrupted() {
    return () -> {
      STARTED.incrementAndGet();
      Thread.sleep(60_000);
      return "slept";
    };
  }

  @Test
  void valuesOfEveryKindGoThereAndBack() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        SlotConnection s = r.slot("c", 1)) {
      String text = "grüße €";
      int n = -7;
      long big = Long.MIN_VALUE;
      byte[] bytes = {1, 2, 3};
      List<Object> list = new ArrayList<>(Arrays.asList("a", null, 2.5, 'x', Colour.RED));
      Map<String, Pair> map = Map.of("k", new Pair("p", 9));
      for (int i = 0; i < 100; i++) { // through reflection and through method handles
        Object got =
            value(call(s, () -> List.of(text, n, big, bytes.length, list, map, new Pair(text, n))));
        assertThat(got).isEqualTo(List.of(text, n, big, 3, list, map, new Pair(text, n)));
      }
      assertThat(value(call(s, () -> null))).isNull();
      assertThat((int[]) value(call(s, () -> new int[] {1, -1}))).containsExactly(1, -1);
    }
  }

  @Test
  void eightMegabytesGoThereAndBackAndTheSlotGoesOn() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        SlotConnection s = r.slot("c", 1)) {
      byte[] data = new byte[8 << 20];
      for (int i = 0; i < data.length; i++) {
        data[i] = (byte) (i * 31);
      }
      for (int i = 0; i < 2; i++) {
        assertThat((byte[]) value(call(s, () -> data))).isEqualTo(data);
        assertThat(value(call(s, () -> data.length))).isEqualTo(data.length);
      }
      assertThat(value(call(s, () -> 1))).isEqualTo(1);
    }
  }

  @Test
  void remoteExceptionsArriveAsTheyAreOrFaithfullyDescribed() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        SlotConnection s = r.slot("c", 1)) {
      Reply.Failed own =
          (Reply.Failed)
              call(
                  s,
                  () -> {
                    throw new OwnException("no luck", 42);
                  });
      assertThat(own.kind()).isEqualTo(Kind.THROWN);
      assertThat(own.failure())
          .isInstanceOf(OwnException.class)
          .hasMessage("no luck")
          .cause()
          .hasMessage("beneath");
      assertThat(((OwnException) own.failure()).code).isEqualTo(42);
      assertThat(own.remoteTrace()).contains("CallTest", "beneath");

      Reply.Failed other =
          (Reply.Failed)
              call(
                  s,
                  () -> {
                    throw new UnsendableException();
                  });
      assertThat(other.failure())
          .isInstanceOf(RemoteThrowable.class)
          .hasMessage("has an object inside");
      assertThat(((RemoteThrowable) other.failure()).remoteClass())
          .isEqualTo(UnsendableException.class.getName());
      assertThat(other.failure().getStackTrace()[0].getClassName()).contains("CallTest");
      assertThat(value(call(s, () -> 5))).isEqualTo(5);
    }
  }

  @Test
  void aResultThatCannotBeSentIsNamed() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        SlotConnection s = r.slot("c", 1)) {
      Reply.Failed f = (Reply.Failed) call(s, () -> new ArrayList<>(List.of("fine", new Object())));
      assertThat(f.kind()).isEqualTo(Kind.RESULT_NOT_SERIALIZABLE);
      assertThat(f.failure()).hasMessageContaining("[1]").hasMessageContaining("java.lang.Object");
      assertThat(value(call(s, () -> 5))).isEqualTo(5);
    }
  }

  @Test
  void aFunctionOfOneParameterGetsTheApplication() throws Exception {
    RunnerApplication app =
        new RunnerApplication() {
          @Override
          public void start(FlameParent parent) {}

          @Override
          public <T> T lookup(Class<T> type) {
            return type.cast("a bean");
          }
        };
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false), Ticker.system(), app);
        SlotConnection s = r.slot("c", 1)) {
      ContextTask<String> f = c -> c.get(String.class) + " of " + c.parent().orElseThrow().runner();
      assertThat(value(TestRunner.callObject(s, f, ContextTask.class)))
          .isEqualTo("a bean of thumbs-0");
    }
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

  private static CountDownLatch gate() {
    return GATES.get(GATES.size() - 1);
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
  @SuppressWarnings("ThreadPriorityCheck")
  void nothingOfACallStaysOnItsThread() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        SlotConnection s = r.slot("c", 1)) {
      Task<String> look =
          () ->
              Thread.currentThread().getName()
                  + Thread.currentThread().getPriority()
                  + Thread.currentThread().getContextClassLoader()
                  + Thread.currentThread().isInterrupted();
      Object before = value(call(s, look));
      value(
          call(
              s,
              () -> {
                Thread t = Thread.currentThread();
                t.setName("mine");
                t.setPriority(Thread.MIN_PRIORITY);
                t.setContextClassLoader(null);
                t.interrupt();
                return null;
              }));
      assertThat(value(call(s, look))).isEqualTo(before);
    }
  }

  static final AtomicInteger CLOSED = new AtomicInteger();

  private static Reply place(SlotConnection slot, long id) {
    Task<AutoCloseable> factory = () -> CLOSED::incrementAndGet;
    return slot.call(
        new Stay(Stay.Verb.PLACE, id),
        Closures.encode(factory, Task.class, false),
        CallOptions.DEFAULT,
        TestRunner.DECODER,
        Wait.FOREVER);
  }

  private static Reply without(SlotConnection slot, Stay.Verb verb, long id) {
    return slot.call(
        new Stay(verb, id),
        EncodedCall.NOTHING,
        CallOptions.DEFAULT,
        TestRunner.DECODER,
        Wait.FOREVER);
  }

  @Test
  void whatStaysKeepsARunnerFromIdling() throws Exception {
    ManualTicker clock = new ManualTicker();
    FlameParent parent = TestRunner.parent(2, false, 30_000, -1, -1, -1);
    try (TestRunner r = new TestRunner(parent, clock, null);
        SlotConnection one = r.slot("c", 1);
        SlotConnection two = r.slot("c", 2);
        SlotConnection three = r.slot("c", 3)) {
      CLOSED.set(0);
      assertThat(place(one, 5)).isInstanceOf(Reply.Stays.class);
      assertThat(without(two, Stay.Verb.ATTACH, 6)).isInstanceOf(Reply.Failed.class);
      assertThat(without(two, Stay.Verb.ATTACH, 5)).isInstanceOf(Reply.Stays.class);
      assertThat(((Reply.Refused) call(three, () -> 1)).reason()).isEqualTo(Refusal.FULL);
      clock.advance(Duration.ofMinutes(10));
      assertThat(r.runner.state().phase()).isEqualTo(Phase.SERVING);
      assertThat(without(one, Stay.Verb.RELEASE, 0)).isInstanceOf(Reply.Result.class);
      assertThat(CLOSED).hasValue(1);
      assertThat(value(call(one, () -> 1))).as("the slot is as before").isEqualTo(1);
      await().until(() -> r.runner.state().inFlight() == 0); // the attached slot was cut off
      clock.advance(Duration.ofSeconds(31));
      assertThat(r.runner.state().cause()).isEqualTo("IDLE");
      await()
          .until(
              () -> {
                clock.advance(Duration.ofSeconds(1)); // open slots are cut off after two
                return r.ended.isDone();
              });
    }
  }

  @Test
  void whatStaysEndsWithTheControlConnectionOfItsCaller() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(2, false));
        SlotConnection slot = r.slot("c", 1)) {
      TestRunner.Control control = r.control(Role.CALLER, "c");
      CLOSED.set(0);
      assertThat(place(slot, 1)).isInstanceOf(Reply.Stays.class);
      control.close();
      await().until(() -> CLOSED.get() == 1);
      await().until(() -> r.runner.state().inFlight() == 0);
    }
  }

  private static final ThreadLocal<String> LOCAL = new ThreadLocal<>();
  private static final ThreadLocal<String> INHERITABLE = new InheritableThreadLocal<>();

  @Test
  @EnabledForJreRange(max = JRE.JAVA_23)
  void noThreadLocalOfACallStaysOnItsThread() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        SlotConnection s = r.slot("c", 1)) {
      for (int i = 0; i < 3; i++) {
        Object found =
            value(
                call(
                    s,
                    () -> {
                      String left = LOCAL.get() + INHERITABLE.get();
                      LOCAL.set("mine");
                      INHERITABLE.set("mine");
                      return left + LOCAL.get();
                    }));
        assertThat(found).isEqualTo("nullnullmine");
      }
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
