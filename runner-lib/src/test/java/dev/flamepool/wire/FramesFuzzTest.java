package dev.flamepool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import dev.flamepool.RemoteCallable;
import dev.flamepool.closure.CallReader;
import dev.flamepool.closure.Closures;
import dev.flamepool.closure.Failures;
import dev.flamepool.closure.Results;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Good frames of both directions, bent at random: each is read as a message or ends in a typed
 * error, within bounds of memory. {@code -Dfuzz.seed=N} bends as the run that printed that seed
 * did, {@code -Dfuzz.rounds=N} goes on for longer.
 */
@Timeout(120)
class FramesFuzzTest {
  private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime() & 0xffffff);
  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 4_000);

  /** What one frame of some hundred bytes may cost, with the classes it loads at first. */
  private static final long MOST_BYTES = 48L << 20;

  private static final ClassLoader LOADER = FramesFuzzTest.class.getClassLoader();
  private static final ReplyDecoder DECODER = Closures.replies(LOADER);

  /** Something that reads a frame to its end. */
  private interface Reader {
    void read(In in) throws IOException, UnreadableException;
  }

  private record Frames(String name, List<byte[]> good, Reader reader) {}

  private static byte[] bytes(Out out) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      out.writeTo(bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return bytes.toByteArray();
  }

  private static Frames control() {
    List<byte[]> good = new ArrayList<>();
    for (ControlMessage m :
        List.of(
            new ControlMessage.Load(3, 1L << 40, 5, true, 7, 9),
            new ControlMessage.Draining("OUT_OF_MEMORY"),
            new ControlMessage.Cancel(300, 70_000),
            new ControlMessage.Want(10_000),
            new ControlMessage.Grant(1),
            new ControlMessage.Returned(2),
            new ControlMessage.Ping(),
            new ControlMessage.Pong(),
            new ControlMessage.Kept(true),
            new ControlMessage.Settings(-1, 5_000, "warn"),
            new ControlMessage.Withdrawn(),
            new ControlMessage.Stop(30_000, "spec changed"),
            new ControlMessage.State(Phase.DRAINING, 4, 0, "IDLE", "idle"))) {
      good.add(bytes(ControlCodec.encode(m)));
    }
    return new Frames("control messages", good, ControlCodec::read);
  }

  private static Frames answers() {
    HelloAck ack =
        new HelloAck(
            1,
            "u-1",
            "ns/p",
            "v1",
            List.of("a.jar=0011", "b.jar=22"),
            5,
            Phase.SERVING,
            List.of("com.acme"));
    return new Frames(
        "answers to hello",
        List.of(
            bytes(Handshake.ack(ack)),
            bytes(Handshake.refusal(HelloRefusedException.Reason.POOL, "another pool"))),
        in -> {
          try {
            Handshake.answer(in, Scripted.HELLO);
          } catch (HelloRefusedException e) {
            assertThat(e.getMessage()).hasSizeLessThanOrEqualTo(Said.MAX_TEXT);
          }
        });
  }

  private static EncodedCall call() {
    Map<String, Object> captured = new HashMap<>(Map.of("key", 1, "other", List.of(1.5, "x")));
    int[] numbers = {1, 2, 3};
    Object[] shared = {captured, captured};
    return Closures.encode(
        (RemoteCallable<Integer>) () -> captured.size() + numbers.length + shared.length,
        RemoteCallable.class,
        false);
  }

  private static Frames calls() {
    EncodedCall call = call();
    List<byte[]> good = new ArrayList<>();
    for (Stay stay : List.of(Stay.NONE, Stay.TRACK, new Stay(Stay.Verb.ON, 3))) {
      Out out = new Out(256);
      out.u1(stay.equals(Stay.NONE) ? Protocol.CALL : Protocol.STAY_CALL);
      if (!stay.equals(Stay.NONE)) {
        out.u1(Codes.of(stay.verb()));
        out.vlong(stay.id());
      }
      out.vint(1);
      out.u1(Protocol.FLAG_LINKED | Protocol.FLAG_TIMEOUT | Protocol.FLAG_HEADERS);
      Sent sent = new Sent(NameRoom.MOST);
      sent.site(call.site(), out);
      out.vlong(30_000);
      out.vint(1);
      out.string("trace");
      out.string("00-1-2-3");
      sent.classes(call.body(), out);
      out.vlong(call.size());
      out.append(call.body().bytes());
      good.add(bytes(out));
    }
    CallReader reader = new CallReader(LOADER);
    return new Frames(
        "calls",
        good,
        in -> {
          IncomingCall read = new CallIn(in, NameRoom.MOST).next();
          if (read != null && read.site() != null) {
            reader.read(read.site(), read.body());
          }
        });
  }

  private static Frames replies() {
    List<byte[]> good = new ArrayList<>();
    Map<Object, Object> map = new HashMap<>(Map.of("a", List.of(1, 2L, 3.0), "b", "text"));
    Object[] shared = {map, map, new int[] {1, 2}, new RuntimeException("in a result")};
    for (Object value : Arrays.asList(null, "text", map, shared, List.of(map), Phase.SERVING)) {
      good.add(reply(Protocol.RESULT, "", Results.encode(value)));
    }
    IllegalStateException failure = new IllegalStateException("no", new IOException("disk"));
    failure.addSuppressed(new RuntimeException("also"));
    good.add(reply(Protocol.FAILED, "the trace", Failures.encode(failure)));
    return new Frames(
        "replies",
        good,
        in -> {
          ReplyIn replies = new ReplyIn(in, NameRoom.MOST);
          assertThat(replies.read(replies.type(), 1, Stay.NONE, DECODER)).isNotNull();
        });
  }

  private static byte[] reply(int type, String trace, Body body) {
    Out out = new Out(256);
    out.u1(type);
    out.vint(1);
    if (type == Protocol.FAILED) {
      out.u1(0);
      out.string(trace);
    }
    new Sent(NameRoom.MOST).classes(body, out);
    out.vlong(body.size());
    out.append(body.bytes());
    return bytes(out);
  }

  /** Bends a frame: bits, bytes, lengths, ends, parts of it twice or of another. */
  private static byte[] bent(byte[] good, List<byte[]> all, Random random) {
    byte[] b = good.clone();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      int at = b.length == 0 ? 0 : random.nextInt(b.length);
      switch (random.nextInt(6)) {
        case 0 -> flip(b, at, random);
        case 1 -> set(b, at, new int[] {0, 1, 127, 128, 255}[random.nextInt(5)]);
        case 2 -> b = Arrays.copyOf(b, at);
        case 3 -> b = spliced(b, at, new byte[] {-1, -1, -1, -1, 15});
        case 4 -> b = spliced(b, at, Arrays.copyOfRange(b, at, Math.min(b.length, at + 40)));
        default -> {
          byte[] other = all.get(random.nextInt(all.size()));
          b = spliced(b, at, Arrays.copyOf(other, random.nextInt(other.length + 1)));
        }
      }
    }
    return b;
  }

  private static void flip(byte[] b, int at, Random random) {
    if (b.length > 0) {
      b[at] ^= (byte) (1 << random.nextInt(8));
    }
  }

  private static void set(byte[] b, int at, int value) {
    if (b.length > 0) {
      b[at] = (byte) value;
    }
  }

  private static byte[] spliced(byte[] b, int at, byte[] more) {
    byte[] longer = new byte[b.length + more.length];
    System.arraycopy(b, 0, longer, 0, at);
    System.arraycopy(more, 0, longer, at, more.length);
    System.arraycopy(b, at, longer, at + more.length, b.length - at);
    return longer;
  }

  @Test
  void bentFramesEndInATypedErrorWithinBounds() {
    System.out.println("fuzz of frames: -Dfuzz.seed=" + SEED);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (Frames frames : List.of(control(), answers(), calls(), replies())) {
      for (byte[] good : frames.good()) {
        assertThat(read(frames, good)).as("a good one of " + frames.name()).isNull();
      }
      Random random = new Random(SEED);
      for (int round = 0; round < ROUNDS; round++) {
        byte[] good = frames.good().get(random.nextInt(frames.good().size()));
        byte[] bent = bent(good, frames.good(), random);
        long before = threads.getCurrentThreadAllocatedBytes();
        Throwable end = read(frames, bent);
        long taken = threads.getCurrentThreadAllocatedBytes() - before;
        String which = frames.name() + ", round " + round + " of -Dfuzz.seed=" + SEED;
        if (end != null
            && !(end instanceof MalformedException)
            && !(end instanceof EOFException)
            && !(end instanceof UnreadableException)) {
          fail(which + " ended in " + end, end);
        }
        assertThat(taken).as(which).isLessThan(MOST_BYTES);
      }
    }
  }

  private static Throwable read(Frames frames, byte[] frame) {
    try {
      frames.reader().read(new In(new ByteArrayInputStream(frame)));
      return null;
    } catch (IOException | UnreadableException | RuntimeException | Error e) {
      return e;
    }
  }
}
