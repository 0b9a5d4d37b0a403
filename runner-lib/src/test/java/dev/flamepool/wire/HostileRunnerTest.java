package dev.flamepool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.flamepool.RemoteCallable;
import dev.flamepool.closure.Closures;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A runner with a good certificate that answers what no runner does; and a client that dawdles. */
@Timeout(60)
class HostileRunnerTest {
  private static final ReplyDecoder DECODER =
      Closures.replies(HostileRunnerTest.class.getClassLoader());

  /** Makes a call to a runner that answers so. */
  private static Reply answered(Consumer<Out> answer) throws IOException {
    return answered(Stay.NONE, answer);
  }

  private static Reply answered(Stay stay, Consumer<Out> answer) throws IOException {
    EncodedCall call =
        Closures.encode((RemoteCallable<Integer>) () -> 1, RemoteCallable.class, false);
    try (Scripted runner = Scripted.answering(answer);
        SlotConnection slot = runner.slot()) {
      return slot.call(stay, call, CallOptions.DEFAULT, DECODER, Wait.FOREVER);
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
        "a failure of 500 MB",
        out -> {
          Out o = failed(out);
          o.vint(0);
          o.vlong(500L << 20);
        });
    all.put(
        "goaway before less than nothing",
        out -> {
          out.u1(Protocol.GOAWAY);
          out.vint(-1);
        });
    all.put("something that stays though nothing may", out -> value(stays(out)));
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

  private static Out stays(Out out) {
    out.u1(Protocol.RESULT_STAYS);
    out.vint(1);
    return out;
  }

  private static Out failed(Out out) {
    out.u1(Protocol.FAILED);
    out.vint(1);
    out.u1(0);
    out.string("");
    return out;
  }

  /** A body that holds null. */
  private static void value(Out out) {
    out.vint(0);
    out.vlong(2);
    out.u1(0);
    out.u1(0);
  }

  @Test
  void aResultThatDoesNotAnswerWhatWasAskedEndsTheSlot() throws Exception {
    for (Stay.Verb verb : Stay.Verb.values()) {
      boolean leaves = verb == Stay.Verb.PLACE || verb == Stay.Verb.ATTACH;
      Stay stay = new Stay(verb, 0);
      assertThat(answered(stay, out -> value(result(out))))
          .as("a plain result of " + verb)
          .isInstanceOf(leaves ? Reply.Lost.class : Reply.Result.class);
      assertThat(answered(stay, out -> value(stays(out))))
          .as("what stays of " + verb)
          .isInstanceOf(leaves ? Reply.Stays.class : Reply.Lost.class);
    }
  }

  @Test
  void trackedResourcesAreNumberedFromZero() throws Exception {
    for (int index : new int[] {0, 1, 7, -1, Integer.MAX_VALUE}) {
      Reply reply =
          answered(
              Stay.TRACK,
              out -> {
                Out o = stays(out);
                Out value = new Out(16);
                value.u1(0);
                value.u1(23);
                value.vint(index);
                o.vint(0);
                o.vlong(value.size());
                o.append(value);
              });
      assertThat(reply)
          .as("number " + index)
          .isInstanceOf(index == 0 ? Reply.Stays.class : Reply.Unreadable.class);
    }
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

  /** Whatever the function threw then cannot change that. */
  @Test
  void anEndThatSaysItselfNeedsNoReadableFailure() throws Exception {
    for (Reply.Failed.Kind kind : Reply.Failed.Kind.values()) {
      Reply reply =
          answered(
              out -> {
                out.u1(Protocol.FAILED);
                out.vint(1);
                out.u1(Codes.of(kind));
                out.string("");
                value(out);
              });
      switch (kind) {
        case TIMED_OUT, CANCELLED, RUNNER_ENDED ->
            assertThat(reply)
                .isInstanceOfSatisfying(
                    Reply.Failed.class, failed -> assertThat(failed.kind()).isEqualTo(kind));
        default -> assertThat(reply).isInstanceOf(Reply.Unreadable.class);
      }
    }
  }

  /** Its body has not left here. */
  @Test
  void aCallWhoseBodyWasNeverAskedForHasNotStarted() throws Exception {
    byte[] big = new byte[Limits.ADMIT_FIRST_BYTES + 1];
    EncodedCall call =
        Closures.encode((RemoteCallable<Integer>) () -> big.length, RemoteCallable.class, false);
    Map<String, Consumer<Out>> instead = new LinkedHashMap<>(malformed());
    instead.put("nothing", out -> {});
    instead.put("half a word", out -> out.u1(Protocol.ADMIT));
    for (Map.Entry<String, Consumer<Out>> answer : instead.entrySet()) {
      for (Stay stay : new Stay[] {Stay.NONE, new Stay(Stay.Verb.PLACE, 1)}) {
        try (Scripted runner = Scripted.answering(answer.getValue());
            SlotConnection slot = runner.slot()) {
          assertThat(slot.call(stay, call, CallOptions.DEFAULT, DECODER, Wait.FOREVER))
              .as(answer.getKey())
              .isInstanceOf(Reply.NotStarted.class);
          assertThat(slot.usable()).as(answer.getKey()).isFalse();
        }
      }
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
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
      CompletableFuture<Incoming> in = new CompletableFuture<>();
      Thread accepting =
          new Thread(
              () -> {
                try {
                  in.complete(Incoming.accept(server.accept(), Scripted.RUNNER, 300));
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
