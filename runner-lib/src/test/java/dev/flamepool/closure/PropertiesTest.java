package dev.flamepool.closure;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.flamepool.wire.Body;
import dev.flamepool.wire.BodyIn;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Out;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.UnreadableException;
import java.io.IOException;
import java.io.ObjectStreamException;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What holds for any graph of values and for any bytes. Each property is tried with 2,000 seeds,
 * always the same, so that it fails for what was changed; {@code -Dproperty.minutes=N} tries others
 * for so long, {@code -Dproperty.seed=N} begins with the seed that a failure named.
 */
@Timeout(7_200)
class PropertiesTest {
  private static final ClassLoader APP = PropertiesTest.class.getClassLoader();
  private static final int SHORT_RUN = 2_000;
  private static final long NANOS = Long.getLong("property.minutes", 0) * 60_000_000_000L;
  private static final long SEED =
      Long.getLong("property.seed", NANOS > 0 ? System.nanoTime() & 0xffffffffL : 1);

  /**
   * What reading may allocate for each byte that it reads, and for the classes it loads at first.
   */
  private static final long FOR_A_BYTE = 200;

  private static final long AT_FIRST = 24L << 20;

  private static final String[] CLASSES = {
    "java.lang.Thread",
    "[I",
    "[[Ljava.lang.Object;",
    "java.util.HashMap",
    "dev.flamepool.closure.Graphs$Pair",
    "dev.flamepool.closure.ByHand",
    "java.lang.Class",
    "java.time.DayOfWeek",
    "no.such.Type",
    ""
  };

  static { // makes dev.flamepool the application's package
    Policy.own(PropertiesTest.class.getName());
  }

  interface Task extends Serializable {
    Object call();
  }

  private interface Property {
    void holds(long seed) throws Exception;
  }

  private static void forAll(Property property) {
    long end = System.nanoTime() + NANOS;
    long seed = SEED;
    do {
      try {
        property.holds(seed);
      } catch (Exception | Error e) {
        throw new AssertionError("with -Dproperty.seed=" + seed + ": " + e, e);
      }
      seed++;
    } while (System.nanoTime() < end || (NANOS == 0 && seed < SEED + SHORT_RUN));
    System.out.println("held from -Dproperty.seed=" + SEED + " to " + (seed - 1));
  }

  private static Task capturing(Object value, Object again) {
    return () -> new Object[] {value, again};
  }

  private static boolean holdsItself(RuntimeException e) {
    return String.valueOf(e.getMessage()).contains("holds itself");
  }

  @Test
  void anyGraphArrivesAsItIs() {
    forAll(
        seed -> {
          Graphs graphs = new Graphs(seed);
          int size = 1 + new Random(seed).nextInt(60);
          Object graph = graphs.graph(size);
          Body result;
          try {
            result = Results.encode(graph);
          } catch (IllegalArgumentException e) {
            assertThat(graphs.isCircular() && holdsItself(e)).as(e.getMessage()).isTrue();
            return;
          }
          assertThat(result.size()).isLessThan(2_500 + 100 * graphs.weight());
          assertThat(looked(graph)).isLessThanOrEqualTo(result.size());
          Object back = Closures.replies(APP).value(BodyIn.of(result));
          assertThat(Graphs.difference(graph, back)).isNull();
        });
  }

  /** Bytes that writing looks at again. */
  private static long looked(Object graph) throws IOException {
    ValueWriter writer = new ValueWriter(64, true, Policy.RESULTS);
    writer.values(new Object[] {graph});
    return writer.looked();
  }

  @Test
  void capturesArriveAsTheyAre() {
    forAll(
        seed -> {
          Graphs graphs = new Graphs(seed);
          Object graph = graphs.graph(1 + new Random(seed).nextInt(40));
          Object[] captured = {graph, new Graphs.Box(graph, null)};
          EncodedCall call;
          try {
            call = Closures.encode(capturing(captured[0], captured[1]), Task.class, false);
          } catch (CaptureException e) {
            assertThat(graphs.isCircular() && holdsItself(e)).as(e.getMessage()).isTrue();
            return;
          }
          Reply reply = Closures.runHere(call, APP, null);
          if (reply instanceof Reply.Failed) {
            // in the copies of hash maps another way round the circle may come first
            assertThat(graphs.isCircular()).as("%s", reply).isTrue();
            assertThat(reply.toString()).contains("RESULT_NOT_SERIALIZABLE", "it holds itself");
            return;
          }
          assertThat(Graphs.difference(captured, ((Reply.Result) reply).value())).isNull();
        });
  }

  @Test
  void anyBytesAsAReplyEndInATypedError() {
    forAll(
        seed -> {
          Random random = new Random(seed);
          Body good = good(seed, random);
          if (good == null) {
            return;
          }
          bounded(bent(good, random), in -> Closures.replies(APP).value(in));
          bounded(
              bent(Failures.encode(new IllegalStateException("x", new Error("y"))), random),
              in -> Closures.replies(APP).failure(in));
        });
  }

  @Test
  void anyBytesAsACallEndInATypedError() {
    CallReader reader = new CallReader(APP);
    forAll(
        seed -> {
          Random random = new Random(seed);
          Object graph = new Graphs(seed).graph(1 + random.nextInt(12));
          EncodedCall call;
          try {
            call = Closures.encode(capturing(graph, graph), Task.class, false);
          } catch (CaptureException e) {
            return;
          }
          bounded(bent(call.body(), random), in -> reader.read(BodyIn.site(call), in));
        });
  }

  private static Body good(long seed, Random random) {
    try {
      return Results.encode(new Graphs(seed).graph(1 + random.nextInt(12)));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private interface Reading {
    Object read(BodyIn in) throws IOException, UnreadableException;
  }

  private static void bounded(Body body, Reading reading) throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    try {
      reading.read(BodyIn.of(body));
    } catch (UnreadableException | ObjectStreamException e) {
      assertThat(e).isNotNull();
    }
    long took = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(took).isLessThan(AT_FIRST + FOR_A_BYTE * body.size());
  }

  private static Body bent(Body body, Random random) throws IOException {
    BodyIn in = BodyIn.of(body);
    List<String> classes = new ArrayList<>();
    try {
      while (classes.size() < 1_000) {
        classes.add(in.classAt(classes.size()).name());
      }
    } catch (IOException e) {
      // that were all
    }
    byte[] bytes = in.in().bytes((int) in.in().remaining());
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes = bent(bytes, random);
    }
    if (!classes.isEmpty() && random.nextInt(6) == 0) {
      classes.set(random.nextInt(classes.size()), CLASSES[random.nextInt(CLASSES.length)]);
    }
    Out out = new Out(bytes.length + 8);
    out.bytes(bytes, 0, bytes.length);
    return new Body(classes, out);
  }

  private static byte[] bent(byte[] bytes, Random random) {
    byte[] b = bytes.clone();
    int n = b.length;
    if (n == 0) {
      return b;
    }
    int at = random.nextInt(n);
    switch (random.nextInt(8)) {
      case 0 -> b[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> b[at] = (byte) random.nextInt();
      case 2 -> b[at] = (byte) random.nextInt(32); // another tag
      case 3 -> {
        return Arrays.copyOf(b, at);
      }
      case 4 -> { // a piece from elsewhere
        int from = random.nextInt(n);
        int length = random.nextInt(Math.min(n - from, n - at));
        System.arraycopy(bytes, from, b, at, length);
      }
      case 5 -> { // a piece twice
        int length = random.nextInt(n - at);
        b = Arrays.copyOf(b, n + length);
        System.arraycopy(bytes, at, b, at + length, n - at);
      }
      case 6 -> { // a length or a number
        for (int i = at; i < Math.min(n, at + 4); i++) {
          b[i] = (byte) 0xff;
        }
      }
      default -> { // the same as a number of seven bits in groups
        for (int i = at; i < Math.min(n, at + 4); i++) {
          b[i] = (byte) (i == at + 3 ? 0x07 : 0xff);
        }
      }
    }
    return b;
  }
}
