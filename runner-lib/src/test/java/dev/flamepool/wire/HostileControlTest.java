package dev.flamepool.wire;

import static dev.flamepool.wire.Scripted.CALLER;
import static dev.flamepool.wire.Scripted.HELLO;
import static dev.flamepool.wire.Scripted.OPERATOR;
import static dev.flamepool.wire.Scripted.UID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A runner with a good certificate, and its control connections: what it says is checked. */
@Timeout(60)
class HostileControlTest {
  /** A client that waits for what comes. */
  private static final class Client implements ControlListener {
    final BlockingQueue<ControlMessage> heard = new LinkedBlockingQueue<>();
    final CompletableFuture<IOException> closed = new CompletableFuture<>();

    @Override
    public void received(ControlMessage message) {
      heard.add(message);
    }

    @Override
    public void closed(IOException cause) {
      closed.complete(cause);
    }

    ControlConnection open(Scripted runner, Role role) throws IOException {
      Hello hello = new Hello(role, HELLO.callerId(), HELLO.pool(), "");
      Identity own = role == Role.CALLER ? CALLER : OPERATOR;
      return ControlConnection.open(runner.address(), UID, own, hello, Timeouts.DEFAULT, this);
    }
  }

  private static ControlMessage load(int inFlight, long accepted, int capacity, int share, int n) {
    return new ControlMessage.Load(inFlight, accepted, capacity, false, share, n);
  }

  private static Map<String, Consumer<Out>> toCallers() {
    Map<String, Consumer<Out>> all = new LinkedHashMap<>();
    all.put("Load.inFlight is -1: ", says(load(-1, 0, 1, 1, 1)));
    all.put("Load.inFlight is 6: ", says(load(6, 0, 5, 1, 1)));
    all.put("Load.accepted is -7: ", says(load(0, -7, 1, 1, 1)));
    all.put("Load.capacity is 0: ", says(load(0, 0, 0, 1, 1)));
    all.put("Load.capacity is 10001: ", says(load(0, 0, 10_001, 1, 1)));
    all.put("Load.share is -1: ", says(load(0, 0, 1, -1, 1)));
    all.put("Load.callers is 2147483647: ", says(load(0, 0, 1, 1, Integer.MAX_VALUE)));
    all.put("Grant.calls is 0: ", says(new ControlMessage.Grant(0)));
    all.put("Grant.calls is -1: ", says(new ControlMessage.Grant(-1)));
    all.put("Grant.calls is 10001: ", says(new ControlMessage.Grant(10_001)));
    all.put("Draining.cause is <IDLE>: ", says(new ControlMessage.Draining("<IDLE>")));
    all.put("State is not for a runner to caller.flame", says(state()));
    all.put("Cancel is not for a runner", says(new ControlMessage.Cancel(1, 1)));
    all.put("Ping is not for a runner", says(new ControlMessage.Ping()));
    all.put(
        "Load.turns is 7: ",
        out -> {
          Out p = new Out(16);
          p.vint(0);
          p.vlong(0);
          p.vint(1);
          p.u1(7);
          p.vint(1);
          p.vint(1);
          out.append(Frame.of(Protocol.LOAD, p));
        });
    all.put(
        "a message of 65537 bytes",
        out -> {
          out.u1(Protocol.DRAINING);
          out.vint(65_537);
        });
    return all;
  }

  private static ControlMessage state() {
    return new ControlMessage.State(Phase.SERVING, 0, 0, "", "");
  }

  private static Consumer<Out> says(ControlMessage m) {
    return out -> out.append(ControlCodec.encode(m));
  }

  @Test
  void whatNoRunnerSaysToACallerEndsTheLinkWithTheFieldAndTheValue() throws Exception {
    for (Map.Entry<String, Consumer<Out>> each : toCallers().entrySet()) {
      Client client = new Client();
      try (Scripted runner =
              new Scripted(
                  link -> {
                    Scripted.welcome(link);
                    Scripted.send(link, says(load(1, 1, 5, 1, 1)));
                    Scripted.send(link, each.getValue());
                  });
          ControlConnection connection = client.open(runner, Role.CALLER)) {
        assertThat(client.closed.get(20, TimeUnit.SECONDS))
            .as(each.getKey())
            .isInstanceOf(MalformedException.class)
            .hasMessageStartingWith(each.getKey());
        assertThat(client.heard).containsExactly(load(1, 1, 5, 1, 1));
        assertThat(connection.isOpen()).isFalse();
      }
    }
  }

  /** What it answers to hello, each with the field that is wrong. */
  private static Map<String, HelloAck> answers() {
    Map<String, HelloAck> all = new LinkedHashMap<>();
    all.put("HelloAck.protocol is 7: ", ack(7, UID, "ns/p", "v", List.of(), 5));
    all.put("HelloAck.runnerUid is u 1: ", ack(1, "u 1", "ns/p", "v", List.of(), 5));
    all.put("HelloAck.runnerUid is u-2: ", ack(1, "u-2", "ns/p", "v", List.of(), 5));
    all.put("HelloAck.pool is ns/other: ", ack(1, UID, "ns/other", "v", List.of(), 5));
    all.put("HelloAck.codeVersion is vvv", ack(1, UID, "ns/p", "v".repeat(129), List.of(), 5));
    all.put("HelloAck.maxConcurrency is -1: ", ack(1, UID, "ns/p", "v", List.of(), -1));
    return all;
  }

  private static HelloAck ack(
      int protocol, String uid, String pool, String version, List<String> artifacts, int most) {
    return new HelloAck(protocol, uid, pool, version, artifacts, most, Phase.SERVING);
  }

  private static void isRefused(Consumer<Out> answer, String field) throws IOException {
    try (Scripted runner = new Scripted(link -> Scripted.send(link, answer))) {
      assertThatThrownBy(() -> new Client().open(runner, Role.OPERATOR))
          .isInstanceOf(MalformedException.class)
          .hasMessageStartingWith(field);
      assertThatThrownBy(runner::slot)
          .isInstanceOf(MalformedException.class)
          .hasMessageStartingWith(field);
    }
  }

  @Test
  void anAnswerToHelloIsCheckedOnEveryKindOfConnection() throws Exception {
    for (Map.Entry<String, HelloAck> each : answers().entrySet()) {
      isRefused(out -> out.append(Handshake.ack(each.getValue())), each.getKey());
    }
    isRefused(out -> artifacts(out, 1, "no digest"), "HelloAck.artifacts is no digest: ");
    isRefused(out -> artifacts(out, 1, "a=" + "b".repeat(600)), "HelloAck.artifacts is a=bbb");
    isRefused(out -> artifacts(out, 1_000_000, ""), "HelloAck.artifacts is 1000000: ");
    isRefused(out -> artifacts(out, -1, ""), "HelloAck.artifacts is -1: ");
  }

  private static void artifacts(Out out, int count, String first) {
    Out p = new Out(64);
    p.u1(1);
    p.string(UID);
    p.string("ns/p");
    p.string("v");
    p.vint(5);
    p.u1(1);
    p.vint(count);
    p.string(first);
    out.append(Frame.of(Protocol.HELLO_ACK, p));
  }

  @Test
  void aRefusalIsOneLineOfBoundedLength() throws Exception {
    try (Scripted runner =
        new Scripted(
            link ->
                Scripted.send(
                    link,
                    out -> {
                      Out p = new Out(64);
                      p.u1(0);
                      p.string("one\ntwo\u001b[2Jthree");
                      out.append(Frame.of(Protocol.HELLO_REFUSED, p));
                    }))) {
      assertThatThrownBy(runner::slot)
          .isInstanceOf(HelloRefusedException.class)
          .hasMessage("one two [2Jthree");
    }
  }

  @Test
  void aFloodIsReadAtTheLinksPaceAndNothingOfItIsLost() throws Exception {
    Client client = new Client();
    long start = System.nanoTime();
    try (Scripted runner =
            new Scripted(
                link -> {
                  Scripted.welcome(link);
                  for (int i = 0; i <= 110; i++) {
                    Scripted.send(
                        link, says(i == 110 ? new ControlMessage.Draining("X") : state()));
                  }
                  while (true) {
                    link.in.u1(); // an end of its own would end the connection
                  }
                });
        ControlConnection connection = client.open(runner, Role.OPERATOR)) {
      for (int i = 0; i < 110; i++) {
        assertThat(client.heard.poll(20, TimeUnit.SECONDS)).isEqualTo(state());
      }
      assertThat(client.heard.poll(20, TimeUnit.SECONDS))
          .isEqualTo(new ControlMessage.Draining("X"));
      // 111 messages, 100 of them at once and the others 20 a second: never sooner.
      assertThat(System.nanoTime() - start).isGreaterThan(400_000_000L);
      assertThat(connection.isOpen()).isTrue();
    }
  }
}
