package dev.flamepool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.flamepool.RemoteCallable;
import dev.flamepool.closure.Closures;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A runner with a good certificate that answers what no runner does; and a client that dawdles. */
@Timeout(60)
class HostileRunnerTest {
  private static final String UID = "u-1";
  private static final Certificates POOL = new Certificates();
  private static final ReplyDecoder DECODER =
      Closures.replies(HostileRunnerTest.class.getClassLoader());

  /** Makes a call to a runner that answers so. */
  private static Reply answered(Consumer<Out> answer) throws IOException {
    Identity runner = POOL.runner(UID).identity();
    Identity caller = POOL.caller().identity();
    EncodedCall call =
        Closures.encode((RemoteCallable<Integer>) () -> 1, RemoteCallable.class, false);
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> serving =
          CompletableFuture.runAsync(
              () -> serve(server, runner, answer), t -> new Thread(t).start());
      InetSocketAddress at =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
      Hello hello = new Hello(Role.CALLER, "c", "ns/p", "v");
      try (SlotConnection slot = SlotConnection.open(at, UID, caller, hello, 1, Timeouts.DEFAULT)) {
        return slot.call(call, CallOptions.DEFAULT, DECODER, Wait.FOREVER);
      } finally {
        serving.join();
      }
    }
  }

  private static void serve(ServerSocket server, Identity identity, Consumer<Out> answer) {
    try {
      Link link = Link.accept(server.accept(), identity, 10_000);
      link.in.i8();
      link.in.u1();
      Frame.open(link.in, Limits.MAX_CONTROL_BYTES);
      link.in.unlimit();
      link.send(Handshake.ack(new HelloAck(1, UID, "ns/p", "v", List.of(), 1, Phase.SERVING)));
      link.readTimeout(0);
      link.in.u1(); // the call
      Out out = new Out(256);
      answer.accept(out);
      link.send(out);
      link.halfClose();
      while (true) {
        link.in.u1();
      }
    } catch (EOFException | java.net.SocketException e) {
      // the caller has had enough
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Consumer<Out>> malformed() {
    Map<String, Consumer<Out>> all = new LinkedHashMap<>();
    all.put("an unknown type", out -> out.u1(99));
    all.put(
        "the result of another call",
        out -> {
          out.u1(Protocol.RESULT);
          out.vint(7);
        });
    all.put("4 billion classes", out -> result(out).vint(-1));
    all.put(
        "a body of 4 exabytes",
        out -> {
          Out o = result(out);
          o.vint(0);
          o.vlong(1L << 62);
        });
    all.put(
        "an array of 500 MB that does not come",
        out -> {
          Out o = result(out);
          o.vint(0);
          o.vlong(500L << 20);
          o.u1(0);
          o.u1(11);
          o.vint(499 << 20);
        });
    all.put(
        "goaway after a call that was never made",
        out -> {
          out.u1(Protocol.GOAWAY);
          out.vint(1_000);
        });
    all.put(
        "a refusal with a text of 2 GB",
        out -> {
          out.u1(Protocol.REFUSED);
          out.vint(1);
          out.u1(0);
          out.vlong(((long) Integer.MAX_VALUE << 1) | 1);
        });
    return all;
  }

  private static Out result(Out out) {
    out.u1(Protocol.RESULT);
    out.vint(1);
    return out;
  }

  @Test
  void whateverItAnswersTheCallEndsAndSaysThatItIsLostOrUnreadable() throws Exception {
    for (Map.Entry<String, Consumer<Out>> answer : malformed().entrySet()) {
      assertThat(answered(answer.getValue()))
          .as(answer.getKey())
          .isInstanceOfAny(Reply.Lost.class, Reply.Unreadable.class);
    }
    for (int seed = 0; seed < 20; seed++) {
      assertThat(answered(RawPeer.garbage(seed))).as("seed " + seed).isNotNull();
    }
  }

  @Test
  void memoryIsTakenForWhatHasArrivedNotForWhatALengthPromises() {
    In in = new In(new ByteArrayInputStream(new byte[100]));
    in.limit(500L << 20);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> in.bytes(499 << 20)).isInstanceOf(EOFException.class);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(32L << 20);
  }

  @Test
  void bigArraysArriveWhole() throws Exception {
    byte[] sent = new byte[(40 << 20) + 3];
    for (int i = 0; i < sent.length; i++) {
      sent[i] = (byte) (i * 31);
    }
    In in = new In(new ByteArrayInputStream(sent));
    in.limit(sent.length);
    assertThat(in.bytes(sent.length)).isEqualTo(sent);
    in.unlimit();
  }

  @Test
  void aClientThatSendsItsHelloByteByByteIsCutOff() throws Exception {
    Identity runner = POOL.runner(UID).identity();
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
      CompletableFuture<Incoming> in = new CompletableFuture<>();
      Thread accepting =
          new Thread(
              () -> {
                try {
                  in.complete(Incoming.accept(server.accept(), runner, 300));
                } catch (IOException e) {
                  in.completeExceptionally(e);
                }
              });
      accepting.start();
      // The head of a TLS record of 16 KB, and then a byte whenever it would be waited for.
      client.getOutputStream().write(new byte[] {22, 3, 1, 63, 0});
      assertThatThrownBy(
              () -> {
                while (true) {
                  client.getOutputStream().write(1);
                  Thread.onSpinWait();
                }
              })
          .isInstanceOf(IOException.class);
      accepting.join();
      assertThat(in).isCompletedExceptionally();
    }
  }
}
