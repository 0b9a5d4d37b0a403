package dev.flamepool.runner;

import static dev.flamepool.runner.TestRunner.CALLER;
import static dev.flamepool.runner.TestRunner.OPERATOR;
import static dev.flamepool.runner.TestRunner.UID;
import static dev.flamepool.runner.TestRunner.call;
import static dev.flamepool.runner.TestRunner.hello;
import static dev.flamepool.runner.TestRunner.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flamepool.Flame;
import dev.flamepool.FlameAllow;
import dev.flamepool.FlameBuilder;
import dev.flamepool.closure.Allowed;
import dev.flamepool.closure.Closures;
import dev.flamepool.closure.RemoteThrowable;
import dev.flamepool.wire.Body;
import dev.flamepool.wire.CallOptions;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.HelloRefusedException;
import dev.flamepool.wire.HelloRefusedException.Reason;
import dev.flamepool.wire.Identity;
import dev.flamepool.wire.Out;
import dev.flamepool.wire.RawPeer;
import dev.flamepool.wire.RawPeer.RawHello;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Reply.Failed.Kind;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.SlotConnection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.example.gadget.Gadget;
import org.example.gadget.GadgetException;
import org.example.gadget.GadgetPermission;
import org.example.gadget.Grenade;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers that are let in and then misbehave: the runner lives on and serves the others. */
@Timeout(60)
@Tag("scenario")
class HostileCallerTest {
  private final TestRunner runner = new TestRunner(TestRunner.parent(4, false));

  @AfterEach
  void close() {
    runner.close();
  }

  private void othersAreServed() throws Exception {
    try (SlotConnection honest = runner.slot("honest", 1)) {
      assertThat(value(call(honest, () -> 1))).isEqualTo(1);
    }
    assertThat(runner.runner.isEnding()).isFalse();
  }

  @Test
  void whatNoCallerSendsEndsItsConnectionAndNoOther() throws Exception {
    SlotConnection other = runner.slot("other", 1);
    for (Map.Entry<String, Consumer<Out>> bad : RawPeer.malformedCalls().entrySet()) {
      try (RawPeer peer = RawPeer.slot(runner.address, UID, CALLER, hello(Role.CALLER, "bad"))) {
        say(peer, bad.getValue());
        peer.awaitEnd();
      }
      assertThat(value(call(other, () -> 1))).as(bad.getKey()).isEqualTo(1);
    }
    says(RawPeer.malformedControl(), Role.CALLER, other);
    says(RawPeer.malformedOrders(), Role.OPERATOR, other);
    for (int seed = 0; seed < 20; seed++) {
      try (RawPeer slot = RawPeer.slot(runner.address, UID, CALLER, hello(Role.CALLER, "bad"));
          RawPeer mute = RawPeer.silent(runner.address, UID, CALLER)) {
        slot.send(RawPeer.garbage(seed));
        mute.send(RawPeer.garbage(seed));
      }
    }
    othersAreServed();
  }

  /** The runner may have had enough before it is all said. */
  private static void say(RawPeer peer, Consumer<Out> words) {
    try {
      peer.send(words);
    } catch (IOException e) {
      // cut
    }
  }

  private void says(Map<String, Consumer<Out>> all, Role role, SlotConnection other)
      throws Exception {
    Identity own = role == Role.CALLER ? CALLER : OPERATOR;
    for (Map.Entry<String, Consumer<Out>> bad : all.entrySet()) {
      long before = runner.runner.misspoken();
      try (RawPeer peer = RawPeer.control(runner.address, UID, own, hello(role, "bad"))) {
        say(peer, bad.getValue());
        peer.awaitEnd();
      }
      await(bad.getKey()).until(() -> runner.runner.misspoken() == before + 1);
      assertThat(value(call(other, () -> 1))).as(bad.getKey()).isEqualTo(1);
    }
  }

  @Test
  void aMessageOfALaterVersionIsSkipped() throws Exception {
    try (RawPeer peer = RawPeer.control(runner.address, UID, CALLER, hello(Role.CALLER, "later"))) {
      peer.askInTheFuture();
    }
  }

  @Test
  void rolesAndKindsOfConnectionsAreAClosedTable() throws Exception {
    for (int kind = 0; kind < 256; kind++) {
      for (Role role : Role.values()) {
        RawHello hello = RawHello.GOOD.of(role).kind(kind);
        boolean good = kind == 2 || (kind == 1 && role == Role.CALLER);
        Identity own = role == Role.CALLER ? CALLER : OPERATOR;
        if (good || kind < 12 || kind > 250) {
          assertThat(answer(own, hello))
              .as(role + " with kind " + kind)
              .isEqualTo(good ? null : kind == 1 ? Reason.ROLE : Reason.KIND);
        }
      }
    }
    assertThat(answer(OPERATOR, RawHello.GOOD)).isEqualTo(Reason.ROLE);
    assertThat(answer(CALLER, RawHello.GOOD.of(Role.OPERATOR))).isEqualTo(Reason.ROLE);
    othersAreServed();
  }

  /** Null if it was let in. */
  private Reason answer(Identity own, RawHello hello) throws Exception {
    try (RawPeer peer = RawPeer.silent(runner.address, UID, own)) {
      peer.hello(hello);
      return null;
    } catch (HelloRefusedException e) {
      return e.reason();
    }
  }

  @Test
  void whatAClientSaysOfItselfIsCheckedAndItHearsWhichFieldWasWrong() throws Exception {
    String pool = "default/thumbs";
    Map<String, RawHello> bad =
        Map.of(
            "Hello.callerId is  a b: ", RawHello.GOOD.saying(" a b", 1, pool, ""),
            "Hello.callerId is xxx", RawHello.GOOD.saying("x".repeat(16_000), 1, pool, ""),
            "Hello.slot is -5: ", RawHello.GOOD.saying("a", -5, pool, ""),
            "Hello.pool is a b: ", RawHello.GOOD.saying("a", 1, "a\nb", ""),
            "Hello.pool is xxx", RawHello.GOOD.saying("a", 1, "x".repeat(300), ""),
            "Hello.codeVersion is vvv", RawHello.GOOD.saying("a", 1, pool, "v".repeat(16_000)),
            "Hello.codeVersion is v v: ", RawHello.GOOD.saying("a", 1, pool, "v\0v"));
    for (Map.Entry<String, RawHello> each : bad.entrySet()) {
      try (RawPeer peer = RawPeer.silent(runner.address, UID, CALLER)) {
        assertThatThrownBy(() -> peer.hello(each.getValue()))
            .isInstanceOfSatisfying(
                HelloRefusedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.HELLO))
            .hasMessageStartingWith(each.getKey())
            .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(300));
      }
    }
    othersAreServed();
  }

  @Test
  void aValueThatCannotBeReadForAnErrorOfItsOwnLeavesTheSlotInStep() throws Exception {
    SlotConnection slot = runner.slot("c", 1);
    Grenade grenade = new Grenade();
    Reply.Failed refused = (Reply.Failed) call(slot, () -> grenade.getMessage());
    assertThat(refused.kind()).isEqualTo(Kind.CALL_NOT_READABLE);
    assertThat(refused.failure()).hasMessageContaining("it cannot be read");
    assertThat(value(call(slot, () -> 1))).isEqualTo(1);
    assertThat(call(slot, () -> new Object[] {new Grenade()}))
        .isInstanceOfSatisfying(
            Reply.Unreadable.class,
            r -> assertThat(r.cause()).hasMessageContaining("it cannot be read"));
    assertThat(value(call(slot, () -> 2))).isEqualTo(2);
    assertThat(
            call(
                slot,
                () -> {
                  throw new Grenade();
                }))
        .isInstanceOfSatisfying(
            Reply.Failed.class, f -> assertThat(f.failure()).isInstanceOf(RemoteThrowable.class));
    assertThat(value(call(slot, () -> 3))).isEqualTo(3);
  }

  @Test
  void aCallerHasOneControlConnectionHoweverManyItMakes() throws Exception {
    try (TestRunner.Control first = runner.control(Role.CALLER, "c");
        TestRunner.Control second = runner.control(Role.CALLER, "c")) {
      first.closed.get(20, TimeUnit.SECONDS);
      assertThat(second.connection().isOpen()).isTrue();
    }
  }

  @Test
  void onlyTheOperatorsCertificateMayRuleARunner() throws Exception {
    for (ControlMessage order :
        List.of(
            new ControlMessage.Kept(true),
            new ControlMessage.Settings(1, 1, "warn"),
            new ControlMessage.Withdrawn(),
            new ControlMessage.Stop(0, "no operator"),
            new ControlMessage.Draining("IDLE"))) {
      try (TestRunner.Control bad = runner.control(Role.CALLER, "bad")) {
        bad.send(order);
        bad.closed.get(20, TimeUnit.SECONDS);
      }
    }
    assertThat(runner.runner.lifecycle().isKept()).isFalse();
    othersAreServed();
  }

  /** Sends what an honest caller refuses to write. */
  private static Reply.Failed sent(SlotConnection slot, Object captured) throws IOException {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    try (ObjectOutputStream java = new ObjectOutputStream(stream)) {
      java.writeObject(new Object[] {captured});
    }
    Out out = new Out(512);
    out.u1(1);
    out.vint(stream.size());
    out.bytes(stream.toByteArray(), 0, stream.size());
    out.u1(31);
    Object harmless = "harmless";
    Task<Integer> task = () -> harmless.hashCode();
    EncodedCall call =
        new EncodedCall(Closures.encode(task, Task.class, false).site(), new Body(List.of(), out));
    return (Reply.Failed)
        slot.call(call, CallOptions.DEFAULT, TestRunner.DECODER, dev.flamepool.wire.Wait.FOREVER);
  }

  @Test
  void aGadgetInACallIsRefusedBeforeItIsRead() throws Exception {
    int before = Gadget.READ.get();
    GadgetPermission gadget = new GadgetPermission();
    SlotConnection slot = runner.slot("bad", 1);
    Reply.Failed refused = sent(slot, gadget);
    assertThat(refused.kind()).isEqualTo(Kind.CALL_NOT_READABLE);
    assertThat(Gadget.READ).hasValue(before);
    assertThat(value(call(slot, () -> 1))).isEqualTo(1);
  }

  @Test
  void aGadgetInAResultOrAnExceptionIsNeverRead() throws Exception {
    int before = Gadget.READ.get();
    SlotConnection honest = runner.slot("c", 1);
    SlotConnection slot = runner.slot("c", 2, List.of("org.example.gadget")); // it is deceived
    for (Task<?> task :
        List.<Task<?>>of(
            Gadget::new,
            () -> new ArrayList<>(List.of("fine", new Gadget())),
            () -> new Gadget[1])) {
      assertThat(call(honest, task))
          .isInstanceOfSatisfying(
              Reply.Failed.class,
              f -> {
                assertThat(f.kind()).isEqualTo(Kind.RESULT_NOT_SERIALIZABLE);
                assertThat(f.failure())
                    .hasMessageContaining("@FlameAllow(\"org.example.gadget\")")
                    .hasMessageContaining("Flame.builder().allow(\"org.example.gadget\")");
              });
      assertThat(call(slot, task))
          .isInstanceOfSatisfying(
              Reply.Unreadable.class,
              r -> assertThat(r.cause()).hasMessageContaining("FLAME_ALLOW=org.example.gadget"));
    }
    Reply.Failed failed =
        (Reply.Failed)
            call(
                slot,
                () -> {
                  throw new GadgetException("carries one");
                });
    assertThat(failed.failure()).isInstanceOf(RemoteThrowable.class).hasMessage("carries one");
    assertThat(Gadget.READ).hasValue(before);
    assertThat(value(call(slot, () -> 1))).isEqualTo(1);
  }

  @Test
  void dataNestedTooDeeplyIsRefusedAndTheSlotGoesOn() throws Exception {
    Object nested = "end";
    for (int i = 0; i < 900; i++) {
      nested = new Object[] {nested};
    }
    Object deep = nested;
    SlotConnection slot = runner.slot("c", 1);
    Reply.Failed refused = sent(slot, deep);
    assertThat(refused.kind()).isEqualTo(Kind.CALL_NOT_READABLE);
    Reply reply =
        call(
            slot,
            () -> {
              Object there = "end";
              for (int i = 0; i < 900; i++) {
                there = new Object[] {there};
              }
              return there;
            });
    assertThat(reply)
        .isInstanceOfSatisfying(
            Reply.Failed.class, f -> assertThat(f.kind()).isEqualTo(Kind.RESULT_NOT_SERIALIZABLE));
    assertThat(value(call(slot, () -> 1))).isEqualTo(1);
  }

  @Test
  void aPackageCanBeAllowed() throws Exception {
    SlotConnection slot = runner.slot("c", 1);
    assertThat(call(slot, org.example.allowed.Model::new)).isInstanceOf(Reply.Failed.class);
    for (String wrong : List.of("org..example", "org", "", "a b.c", "java")) {
      assertThatThrownBy(() -> Flame.builder().allow(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("allow is '" + wrong + "'");
    }
    FlameBuilder builder = Flame.builder().allow("org.example.allowed");
    assertThat(Allowed.here().names()).doesNotContain("org.example.allowed");
    builder.inProcess().close();
    assertThat(call(slot, org.example.allowed.Model::new))
        .as("what this caller said when it connected counts there")
        .isInstanceOf(Reply.Failed.class);
    SlotConnection next = runner.slot("c", 2, Allowed.here().names());
    assertThat(value(call(next, org.example.allowed.Model::new)))
        .isInstanceOf(org.example.allowed.Model.class);
    assertThat(call(next, Gadget::new)).isInstanceOf(Reply.Failed.class);
  }

  /** Both ends read it in the class of the call, whatever was said in a hello. */
  @Test
  void theClassThatCallsCanAllowWhatTravels() throws Exception {
    SlotConnection slot = runner.slot("c", 1);
    assertThat(value(call(slot, Allows.POINT))).isEqualTo(new java.awt.Point(1, 2));
    java.awt.Point captured = new java.awt.Point(3, 4);
    assertThat(value(call(slot, Allows.x(captured)))).isEqualTo(3);
    java.awt.Insets insets = new java.awt.Insets(1, 2, 3, 4);
    assertThatThrownBy(() -> call(slot, Allows.top(insets)))
        .hasMessageContaining("FLAME_ALLOW=java.awt at both ends");
  }

  @FlameAllow("java.awt.Point")
  static final class Allows {
    static final Task<Object> POINT = () -> new java.awt.Point(1, 2);

    static Task<Object> x(java.awt.Point p) {
      return () -> p.x;
    }

    static Task<Object> top(java.awt.Insets insets) {
      return () -> insets.top;
    }
  }

  /** What only one end allows is not sent; a peer's word widens nothing. */
  @Test
  void whatTheOtherEndDoesNotTakeIsNotSent() throws Exception {
    java.math.BigDecimal fine = java.math.BigDecimal.ONE;
    SlotConnection slot = runner.slot("c", 1, List.of("javax.xml.namespace"));
    Task<Object> here = () -> fine;
    EncodedCall honest = Closures.encode(here, Task.class, false);
    Out out = new Out(16);
    EncodedCall needing =
        new EncodedCall(
            honest.site(), new Body(List.of(), out, java.util.Set.of("javax.xml.namespace.QName")));
    Reply.Failed refused =
        (Reply.Failed)
            slot.call(
                needing, CallOptions.DEFAULT, TestRunner.DECODER, dev.flamepool.wire.Wait.FOREVER);
    assertThat(refused.kind()).isEqualTo(Kind.CALL_NOT_READABLE);
    assertThat(refused.failure())
        .hasMessageContaining("FLAME_ALLOW=javax.xml.namespace.QName in spec.env of the pool");
    assertThat(sent(slot, new javax.xml.namespace.QName("x")).kind())
        .as("although the caller said it takes that")
        .isEqualTo(Kind.CALL_NOT_READABLE);
    assertThat(value(call(slot, () -> 1))).isEqualTo(1);
  }
}
