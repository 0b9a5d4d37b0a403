package dev.flamepool.runner;

import static dev.flamepool.runner.TestRunner.call;
import static dev.flamepool.runner.TestRunner.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.FlameParent;
import dev.flamepool.closure.Closures;
import dev.flamepool.wire.CallOptions;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Phase;
import dev.flamepool.wire.Refusal;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.SlotConnection;
import dev.flamepool.wire.Stay;
import dev.flamepool.wire.Wait;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** What a call leaves on its runner, where that is asked for and where it is not. */
@Tag("scenario")
class CallRemainsTest {
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

  private static final ThreadLocal<String> LOCAL = new ThreadLocal<>();
  private static final ThreadLocal<String> INHERITABLE = new InheritableThreadLocal<>();

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
}
