package dev.flamepool.runner;

import static dev.flamepool.runner.TestRunner.CALLER;
import static dev.flamepool.runner.TestRunner.UID;
import static dev.flamepool.runner.TestRunner.call;
import static dev.flamepool.runner.TestRunner.hello;
import static dev.flamepool.runner.TestRunner.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flamepool.Flame;
import dev.flamepool.closure.RemoteThrowable;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.Out;
import dev.flamepool.wire.RawPeer;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Reply.Failed.Kind;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.SlotConnection;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.example.gadget.Gadget;
import org.example.gadget.GadgetException;
import org.example.gadget.GadgetPermission;
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
        peer.send(bad.getValue());
        peer.awaitEnd();
      }
      assertThat(value(call(other, () -> 1))).as(bad.getKey()).isEqualTo(1);
    }
    for (Map.Entry<String, Consumer<Out>> bad : RawPeer.malformedControl().entrySet()) {
      try (RawPeer peer = RawPeer.control(runner.address, UID, CALLER, hello(Role.CALLER, "bad"))) {
        peer.send(bad.getValue());
        peer.awaitEnd();
      }
      assertThat(value(call(other, () -> 1))).as(bad.getKey()).isEqualTo(1);
    }
    for (int seed = 0; seed < 20; seed++) {
      try (RawPeer slot = RawPeer.slot(runner.address, UID, CALLER, hello(Role.CALLER, "bad"));
          RawPeer mute = RawPeer.silent(runner.address, UID, CALLER)) {
        slot.send(RawPeer.garbage(seed));
        mute.send(RawPeer.garbage(seed));
      }
    }
    othersAreServed();
  }

  @Test
  void aMessageOfALaterVersionIsSkipped() throws Exception {
    try (RawPeer peer = RawPeer.control(runner.address, UID, CALLER, hello(Role.CALLER, "later"))) {
      peer.askInTheFuture();
    }
  }

  @Test
  void absurdNumbersDoNoHarm() throws Exception {
    try (TestRunner.Control bad = runner.control(Role.CALLER, "bad")) {
      for (int n : new int[] {Integer.MIN_VALUE, -1, Integer.MAX_VALUE}) {
        bad.send(new ControlMessage.Returned(n));
        bad.send(new ControlMessage.Cancel(n, n));
        bad.send(new ControlMessage.Want(n));
      }
      bad.send(new ControlMessage.Want(0));
      await().untilAsserted(this::othersAreServed);
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

  @Test
  void aGadgetInACallIsRefusedBeforeItIsRead() throws Exception {
    int before = Gadget.READ.get();
    GadgetPermission gadget = new GadgetPermission();
    SlotConnection slot = runner.slot("bad", 1);
    Reply.Failed refused = (Reply.Failed) call(slot, () -> gadget.getName());
    assertThat(refused.kind()).isEqualTo(Kind.CALL_NOT_READABLE);
    assertThat(Gadget.READ).hasValue(before);
    assertThat(value(call(slot, () -> 1))).isEqualTo(1);
  }

  @Test
  void aGadgetInAResultOrAnExceptionIsNeverRead() throws Exception {
    int before = Gadget.READ.get();
    SlotConnection slot = runner.slot("c", 1);
    for (Reply reply :
        List.of(
            call(slot, Gadget::new),
            call(slot, () -> new ArrayList<>(List.of("fine", new Gadget()))),
            call(slot, () -> new Gadget[1]))) {
      assertThat(reply)
          .isInstanceOfSatisfying(
              Reply.Unreadable.class,
              r -> assertThat(r.cause()).hasMessageContaining("allowReplies"));
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
    Reply.Failed refused = (Reply.Failed) call(slot, () -> deep.hashCode());
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
    assertThat(reply).isInstanceOf(Reply.Unreadable.class);
    assertThat(value(call(slot, () -> 1))).isEqualTo(1);
  }

  @Test
  void whoeverConnectsAndSaysNothingDoesNotKeepOthersOut() throws Exception {
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        silent.add(new Socket(runner.address.getAddress(), runner.address.getPort()));
      }
      othersAreServed();
    } finally {
      for (Socket s : silent) {
        s.close();
      }
    }
  }

  @Test
  void aPackageCanBeAllowedInReplies() throws Exception {
    SlotConnection slot = runner.slot("c", 1);
    assertThat(call(slot, org.example.allowed.Model::new)).isInstanceOf(Reply.Unreadable.class);
    assertThatThrownBy(() -> Flame.builder().allowReplies("org..example"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("org..example");
    Flame.builder().allowReplies("org.example.allowed");
    assertThat(value(call(slot, org.example.allowed.Model::new)))
        .isInstanceOf(org.example.allowed.Model.class);
    assertThat(call(slot, Gadget::new)).isInstanceOf(Reply.Unreadable.class);
  }
}
