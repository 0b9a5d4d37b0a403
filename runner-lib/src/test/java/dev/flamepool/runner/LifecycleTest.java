package dev.flamepool.runner;

import static dev.flamepool.runner.TestRunner.call;
import static dev.flamepool.runner.TestRunner.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import dev.flamepool.FlameParent;
import dev.flamepool.IdleCheck;
import dev.flamepool.RunnerApplication;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.EndCause;
import dev.flamepool.wire.Phase;
import dev.flamepool.wire.RawPeer;
import dev.flamepool.wire.Refusal;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.SlotConnection;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A runner's ends under a clock that moves when told. */
@Tag("scenario")
class LifecycleTest {
  private final ManualTicker clock = new ManualTicker();

  private TestRunner runner(long idleMs, long minIdleMs, long orphanMs, long lifetimeMs) {
    return new TestRunner(
        TestRunner.parent(4, false, idleMs, minIdleMs, orphanMs, lifetimeMs), clock, null);
  }

  private void serving(TestRunner r) {
    assertThat(r.runner.runnerState().now().cause()).isNull();
  }

  private void endsOf(TestRunner r, EndCause cause) throws Exception {
    assertThat(r.runner.runnerState().now().cause()).isEqualTo(cause);
    assertThat(r.awaitEnd()).isEqualTo(cause);
  }

  @Test
  void idleCountsFromTheLastCall() throws Exception {
    TestRunner r = runner(10_000, -1, -1, -1);
    try (SlotConnection s = r.slot("c", 1)) {
      clock.advance(Duration.ofSeconds(9));
      assertThat(value(call(s, () -> 1))).isEqualTo(1);
    }
    clock.advance(Duration.ofSeconds(9));
    serving(r);
    clock.advance(Duration.ofSeconds(1));
    endsOf(r, EndCause.IDLE);
  }

  @Test
  void aKeptRunnerHasItsOwnLimitAndLosingThatCountsAnew() throws Exception {
    TestRunner r = runner(10_000, -1, -1, -1);
    try (TestRunner.Control operator = r.control(Role.OPERATOR, "op")) {
      operator.send(new ControlMessage.Kept(true));
      operator.send(new ControlMessage.Settings(10_000, -1, "warn"));
      await().until(() -> keptIsKnown(r, true));
      clock.advance(Duration.ofHours(1));
      serving(r);
      operator.send(new ControlMessage.Kept(false));
      await().until(() -> keptIsKnown(r, false));
      clock.advance(Duration.ofSeconds(9));
      serving(r);
    }
    clock.advance(Duration.ofSeconds(2));
    endsOf(r, EndCause.IDLE);
  }

  private static boolean keptIsKnown(TestRunner r, boolean kept) {
    return r.runner.lifecycle().isKept() == kept;
  }

  @Test
  void theApplicationMayVetoIdleness() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    RunnerApplication app =
        new RunnerApplication() {
          @Override
          public void start(FlameParent parent) {}

          @Override
          public IdleCheck idleCheck() {
            return () -> asked.incrementAndGet() > 1;
          }
        };
    TestRunner r = new TestRunner(TestRunner.parent(4, false, 10_000, -1, -1, -1), clock, app);
    clock.advance(Duration.ofSeconds(10));
    await().until(() -> r.runner.runnerState().now().activeAt() == clock.nanos());
    clock.advance(Duration.ofSeconds(9));
    serving(r);
    clock.advance(Duration.ofSeconds(1));
    await().until(() -> hasEnded(r)); // it is asked on a thread of its own
    assertThat(r.awaitEnd()).isEqualTo(EndCause.IDLE);
  }

  /** Alarms that were set since the clock was moved ring, too. */
  private boolean hasEnded(TestRunner r) {
    clock.advance(Duration.ZERO);
    return r.ended.isDone();
  }

  @Test
  void theLifetimeIsUpToATenthShorter() throws Exception {
    TestRunner r = runner(-1, -1, -1, 100_000);
    clock.advance(Duration.ofMillis(94_999));
    serving(r);
    clock.advance(Duration.ofMillis(1));
    endsOf(r, EndCause.LIFETIME);
  }

  @Test
  void withoutAnyContactItIsAnOrphan() throws Exception {
    TestRunner r = runner(-1, -1, 60_000, -1);
    clock.advance(Duration.ofSeconds(50));
    TestRunner.Control caller = r.control(Role.CALLER, "c");
    await().until(() -> r.runner.lifecycle().contacts() == 1);
    clock.advance(Duration.ofHours(10));
    serving(r);
    caller.close();
    await().until(() -> r.runner.lifecycle().contacts() == 0);
    clock.advance(Duration.ofSeconds(59));
    serving(r);
    clock.advance(Duration.ofSeconds(1));
    endsOf(r, EndCause.ORPHAN);
  }

  @Test
  void singleUseRepliesFirstAndRefusesOthers() throws Exception {
    TestRunner r = new TestRunner(TestRunner.parent(1, true), clock, null);
    SlotConnection one = r.slot("c", 1);
    SlotConnection two = r.slot("c", 2);
    assertThat(value(call(one, () -> "only"))).isEqualTo("only");
    Reply second = call(two, () -> "never");
    assertThat(second).isNotInstanceOf(Reply.Result.class).isNotInstanceOf(Reply.Lost.class);
    if (second instanceof Reply.Refused refused) {
      assertThat(refused.reason()).isEqualTo(Refusal.CONSUMED);
    }
    one.close();
    two.close();
    endsOf(r, EndCause.SINGLE_USE);
  }

  @Test
  void whatOnlyTheOperatorMaySayIsNotBelievedFromACaller() throws Exception {
    TestRunner r = runner(-1, -1, -1, -1);
    try (TestRunner.Control caller = r.control(Role.CALLER, "c")) {
      caller.send(new ControlMessage.Stop(0, "I am not the operator"));
      assertThat(caller.closed.get(10, TimeUnit.SECONDS)).isNotNull();
    }
    serving(r);
    r.runner.stop(0, "test over");
    endsOf(r, EndCause.DRAINED);
  }

  /** A connection that is made while all are told must not be left out. */
  @RepeatedTest(40)
  void whoConnectsWhileTheRunnerEndsIsToldWhy() throws Exception {
    TestRunner r = new TestRunner(TestRunner.parent(1, false));
    TestRunner.Control operator = r.control(Role.OPERATOR, "op");
    r.runner.stop(0, "no longer needed");
    assertThat(r.awaitEnd()).isEqualTo(EndCause.DRAINED);
    operator.closed.get(10, TimeUnit.SECONDS);
    assertThat(operator.heard).contains(new ControlMessage.Draining("DRAINED"));
    r.close();
  }

  @Test
  void aSpotInstanceThatIsTakenBackIsTheCauseOfTheEnd(@TempDir Path identity) throws Exception {
    TestRunner r = new TestRunner(TestRunner.parent(identity));
    TestRunner.Control operator = r.control(Role.OPERATOR, "op");
    Files.createFile(identity.resolve(Notice.SPOT_INTERRUPTED));
    r.runner.stop(0, "told to end by SIGTERM");
    assertThat(r.awaitEnd()).isEqualTo(EndCause.SPOT_INTERRUPTED);
    await().until(() -> operator.heard.contains(new ControlMessage.Draining("SPOT_INTERRUPTED")));
    r.close();
  }

  @Test
  void idleCountsFromTheLastCallerThatConnected() throws Exception {
    TestRunner r = runner(10_000, -1, -1, -1);
    clock.advance(Duration.ofSeconds(9));
    try (TestRunner.Control caller = r.control(Role.CALLER, "c")) {
      clock.advance(Duration.ofSeconds(9));
      serving(r);
      try (SlotConnection s = r.slot("c", 1)) {
        clock.advance(Duration.ofSeconds(9));
        serving(r);
        assertThat(s.usable()).isTrue();
      }
      assertThat(caller.connection().isOpen()).isTrue();
    }
    clock.advance(Duration.ofSeconds(1));
    endsOf(r, EndCause.IDLE);
  }

  @Test
  void callersHaveTenSecondsToFindItHoweverShortItsIdleTime() throws Exception {
    TestRunner r = runner(500, -1, -1, -1);
    clock.advance(Duration.ofMillis(9_900));
    serving(r);
    try (SlotConnection s = r.slot("c", 1)) {
      assertThat(s.usable()).isTrue();
      clock.advance(Duration.ofMillis(400));
      serving(r);
      clock.advance(Duration.ofMillis(100));
    }
    endsOf(r, EndCause.IDLE);
    TestRunner unmet = runner(500, -1, -1, -1);
    clock.advance(Duration.ofSeconds(10));
    endsOf(unmet, EndCause.IDLE);
  }

  @Test
  void idleCountsFromTheOperatorsWordNotFromItsConnection() throws Exception {
    TestRunner r = runner(10_000, -1, -1, -1);
    clock.advance(Duration.ofSeconds(9));
    try (TestRunner.Control operator = r.control(Role.OPERATOR, "op")) {
      say(operator, new ControlMessage.Kept(false));
      clock.advance(Duration.ofSeconds(9));
      serving(r);
      say(operator, new ControlMessage.Settings(10_000, -1, "warn"));
      clock.advance(Duration.ofSeconds(9));
      serving(r);
    }
    TestRunner.Control again = r.control(Role.OPERATOR, "op");
    assertThat(again.connection().isOpen()).isTrue();
    clock.advance(Duration.ofSeconds(1));
    endsOf(r, EndCause.IDLE);
  }

  /** Waits until it was heard: messages are handled in order, and a ping is answered. */
  private static void say(TestRunner.Control operator, ControlMessage message) throws Exception {
    operator.send(message);
    int before = operator.heard.size();
    operator.send(new ControlMessage.Ping());
    operator.send(new ControlMessage.Ping());
    await().until(() -> operator.heard.size() >= before + 2);
  }

  @Test
  void whoHasShownItsCertificateIsWaitedForOnceAndWhoHasNotNever() throws Exception {
    TestRunner r = runner(10_000, -1, -1, -1);
    try (RawPeer slow = RawPeer.silent(r.address, TestRunner.UID, TestRunner.CALLER)) {
      await().until(() -> r.runner.lifecycle().awaitsHello());
      clock.advance(Duration.ofMillis(11_900));
      serving(r);
      assertThat(slow).isNotNull();
      try (RawPeer again = RawPeer.silent(r.address, TestRunner.UID, TestRunner.CALLER)) {
        clock.advance(Duration.ofMillis(200));
        endsOf(r, EndCause.IDLE);
        assertThat(again).isNotNull();
      }
    }
    TestRunner other = runner(10_000, -1, -1, -1);
    try (Socket silent = new Socket(other.address.getAddress(), other.address.getPort())) {
      await().until(() -> other.runner.arrivals().size() == 1);
      clock.advance(Duration.ofSeconds(10));
      endsOf(other, EndCause.IDLE);
      assertThat(silent.isConnected()).isTrue();
    }
  }

  @Test
  void anApplicationThatComesUpAfterTheEndHarmsNothing() throws Exception {
    TestRunner r = TestRunner.booting(TestRunner.parent(4, false), clock);
    r.runner.stop(1_000, "test");
    assertThat(r.awaitEnd()).isEqualTo(EndCause.DRAINED);
    assertThatCode(() -> r.runner.serve(null)).doesNotThrowAnyException();
    assertThat(r.runner.runnerState().now().phase()).isEqualTo(Phase.GONE);
  }
}
