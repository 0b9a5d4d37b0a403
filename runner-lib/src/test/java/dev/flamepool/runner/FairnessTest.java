package dev.flamepool.runner;

import static dev.flamepool.runner.TestRunner.call;
import static dev.flamepool.runner.TestRunner.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.ControlMessage.Grant;
import dev.flamepool.wire.ControlMessage.Load;
import dev.flamepool.wire.ControlMessage.Returned;
import dev.flamepool.wire.ControlMessage.Want;
import dev.flamepool.wire.HelloRefusedException;
import dev.flamepool.wire.Refusal;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.SlotConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What callers of one runner hear of each other. */
class FairnessTest {
  private static final List<CountDownLatch> GATES = new ArrayList<>();

  private final ManualTicker clock = new ManualTicker();
  private final TestRunner runner = new TestRunner(TestRunner.parent(1, false), clock, null);

  @AfterEach
  void close() {
    runner.close();
  }

  /** Takes the runner's one place until the gate opens. */
  private CompletableFuture<Reply> hold(SlotConnection slot, CountDownLatch gate) {
    GATES.add(gate);
    int number = GATES.size() - 1;
    CompletableFuture<Reply> reply =
        TestRunner.async(
            () ->
                call(
                    slot,
                    () -> {
                      GATES.get(number).await();
                      return null;
                    }));
    await().until(() -> runner.runner.load(new Peer()).inFlight() == 1);
    return reply;
  }

  private static long grants(TestRunner.Control control) {
    return control.heard.stream().filter(Grant.class::isInstance).count();
  }

  private void wants(TestRunner.Control control, int calls) throws Exception {
    control.send(new Want(calls));
    // What is sent later is read later: the answer to a ping says that the want was heard. Three,
    // because the connection pings by itself now and then.
    long before = control.heard.stream().filter(Load.class::isInstance).count();
    for (int i = 0; i < 3; i++) {
      control.send(new ControlMessage.Ping());
    }
    await()
        .until(() -> control.heard.stream().filter(Load.class::isInstance).count() >= before + 3);
  }

  private static void assertRefused(Reply reply) {
    assertThat(reply)
        .isInstanceOfSatisfying(
            Reply.Refused.class, r -> assertThat(r.reason()).isEqualTo(Refusal.FULL));
  }

  @Test
  void aFreedPlaceIsGrantedInTurnAndWithoutAGrantNobodyEnters() throws Exception {
    SlotConnection a = runner.slot("a", 1);
    SlotConnection b = runner.slot("b", 1);
    SlotConnection c = runner.slot("c", 1);
    TestRunner.Control first = runner.control(Role.CALLER, "b");
    TestRunner.Control second = runner.control(Role.CALLER, "c");
    CountDownLatch gate = new CountDownLatch(1);
    CompletableFuture<Reply> held = hold(a, gate);
    assertRefused(call(b, () -> 1));
    wants(first, 1);
    wants(second, 1);
    assertThat(grants(first) + grants(second)).isZero();

    gate.countDown();
    value(held.get(10, TimeUnit.SECONDS));
    await().until(() -> grants(first) == 1);
    assertRefused(call(a, () -> 1));
    assertRefused(call(c, () -> 1));
    assertThat(value(call(b, () -> "b"))).isEqualTo("b");

    await().until(() -> grants(second) == 1);
    assertRefused(call(b, () -> 1));
    wants(first, 1);
    clock.advance(Duration.ofMillis(100)); // c does not use it
    await().until(() -> grants(first) == 2);
    assertRefused(call(c, () -> 1));
    first.send(new Returned(1));
    await().until(() -> call(a, () -> "a") instanceof Reply.Result);
    assertThat(value(call(c, () -> "c"))).as("nobody waits").isEqualTo("c");
    first.close();
    second.close();
  }

  @Test
  void aCallerWhoseControlConnectionEndsLosesItsTurn() throws Exception {
    SlotConnection a = runner.slot("a", 1);
    SlotConnection b = runner.slot("b", 1);
    SlotConnection c = runner.slot("c", 1);
    TestRunner.Control gone = runner.control(Role.CALLER, "b");
    TestRunner.Control next = runner.control(Role.CALLER, "c");
    CountDownLatch gate = new CountDownLatch(1);
    CompletableFuture<Reply> held = hold(a, gate);
    wants(gone, 5);
    wants(next, 1);
    gate.countDown();
    held.get(10, TimeUnit.SECONDS);
    await().until(() -> grants(gone) == 1);
    gone.close();
    await().until(() -> grants(next) == 1);
    assertThat(value(call(c, () -> 1))).isEqualTo(1);
    assertThat(value(call(b, () -> 1))).as("nobody waits").isEqualTo(1);
    next.close();
  }

  @Test
  void theOnlyOneThatWaitsNeedsNoGrant() throws Exception {
    SlotConnection a = runner.slot("a", 1);
    SlotConnection b = runner.slot("b", 1);
    TestRunner.Control only = runner.control(Role.CALLER, "b");
    wants(only, 3);
    for (int i = 0; i < 10; i++) {
      assertThat(value(call(b, () -> 1))).isEqualTo(1);
    }
    wants(only, 0);
    await().until(() -> call(a, () -> 1) instanceof Reply.Result);
    only.close();
  }

  @Test
  void aDrainingRunnerAndOneOfASingleUseGrantNothing() throws Exception {
    try (TestRunner once = new TestRunner(TestRunner.parent(1, true));
        TestRunner.Control b = once.control(Role.CALLER, "b")) {
      wants(b, 1);
      assertThat(value(call(once.slot("a", 1), () -> 1))).isEqualTo(1);
      assertThat(grants(b)).isZero();
    }
    TestRunner.Control b = runner.control(Role.CALLER, "b");
    CountDownLatch gate = new CountDownLatch(1);
    CompletableFuture<Reply> held = hold(runner.slot("a", 1), gate);
    wants(b, 1);
    runner.runner.stop(20_000, "test");
    gate.countDown();
    value(held.get(10, TimeUnit.SECONDS));
    await().until(() -> b.heard.stream().anyMatch(ControlMessage.Draining.class::isInstance));
    assertThat(grants(b)).isZero();
    b.close();
  }

  @Test
  void eachCallerHearsItsShareAndOneFarBeyondItIsRefusedButNeverItsFirst() throws Exception {
    TestRunner.Control a = runner.control(Role.CALLER, "a");
    await().until(() -> a.heard.stream().anyMatch(m -> m instanceof Load l && l.share() == 2));
    TestRunner.Control b = runner.control(Role.CALLER, "b");
    await()
        .until(
            () -> {
              a.send(new ControlMessage.Ping());
              return a.heard.get(a.heard.size() - 1) instanceof Load l && l.share() == 1;
            });
    assertThatThrownBy(
            () -> {
              for (int i = 1; i <= 20; i++) {
                runner.slot("a", i);
              }
            })
        .isInstanceOfSatisfying(
            HelloRefusedException.class,
            e -> assertThat(e.reason()).isEqualTo(HelloRefusedException.Reason.SHARE))
        .hasMessageContaining("its share is 1");
    assertThat(value(call(runner.slot("b", 1), () -> 1))).isEqualTo(1);
    assertThat(value(call(runner.slot("c", 1), () -> 1))).isEqualTo(1);
    a.close();
    b.close();
  }
}
