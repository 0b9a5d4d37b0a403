package dev.flamepool.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.flamepool.wire.Body;
import dev.flamepool.wire.BodyIn;
import dev.flamepool.wire.Out;
import dev.flamepool.wire.ReplyDecoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.StreamCorruptedException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.example.gadget.Grenade;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Failures that a taken-over runner sends: a few kilobytes never become a heap of objects. */
@Timeout(60)
class HostileFailuresTest {
  private static final ReplyDecoder DECODER =
      Closures.replies(HostileFailuresTest.class.getClassLoader());
  private static final long MOST_BYTES = 32L << 20;

  private static Throwable read(Body body) throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    try {
      return DECODER.failure(BodyIn.of(body));
    } finally {
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_BYTES);
    }
  }

  private static Body body(Consumer<Out> content) {
    Out out = new Out(256);
    content.accept(out);
    return new Body(List.of(), out);
  }

  private static void refused(String why, Consumer<Out> content) {
    assertThatThrownBy(() -> read(body(content)))
        .as(why)
        .satisfies(
            e ->
                assertThat(e.getCause() == null ? e : e.getCause())
                    .isInstanceOf(StreamCorruptedException.class));
  }

  /** Its own words only. */
  private static void described(Out out, String type, String message) {
    out.u1(2);
    out.string(type);
    out.string(message);
    out.vint(0);
  }

  /** A description, and as the object what is written there. */
  private static Body with(byte[] object) {
    return body(
        out -> {
          described(out, "org.example.Original", "what it said");
          out.vint(0);
          out.u1(1);
          out.vint(object.length);
          out.bytes(object, 0, object.length);
        });
  }

  private static void isOnlyDescribed(byte[] object) throws Exception {
    assertThat(object.length).isLessThan(16_384);
    assertThat(read(with(object)))
        .isInstanceOfSatisfying(
            RemoteThrowable.class,
            t -> assertThat(t.remoteClass()).isEqualTo("org.example.Original"))
        .hasMessage("what it said");
  }

  @Test
  void aDescriptionIsHeldToItsBudget() {
    refused(
        "causes of causes",
        out -> {
          for (int i = 0; i < 40; i++) {
            out.u1(3);
            out.string("E");
            out.string("");
            out.vint(0);
          }
        });
    refused(
        "suppressed ones",
        out -> {
          described(out, "E", "");
          out.vint(200);
          for (int i = 0; i < 200; i++) {
            described(out, "E", "");
            out.vint(0);
          }
        });
    refused(
        "suppressed ones of suppressed ones",
        out -> {
          for (int i = 0; i < 2_000; i++) {
            described(out, "E", "");
            out.vint(2);
          }
        });
    refused(
        "four billion frames",
        out -> {
          out.u1(0);
          out.string("E");
          out.vint(-1);
        });
    refused("four billion suppressed ones", out -> described4Billion(out));
    refused("a message of 100 kB", out -> described(out, "E", "x".repeat(100_000)));
    refused("a name of 3 kB", out -> described(out, "x".repeat(3_000), ""));
    refused(
        "a megabyte in messages that are each fine",
        out -> {
          described(out, "E", "");
          out.vint(60);
          for (int i = 0; i < 60; i++) {
            described(out, "E", "x".repeat(16_000));
            out.vint(0);
          }
        });
  }

  private static void described4Billion(Out out) {
    described(out, "E", "");
    out.vint(-1);
  }

  @Test
  void asManySuppressedOnesAsANumberSaysAreNotCopied() throws Exception {
    RuntimeException e = new RuntimeException("outer");
    e.addSuppressed(new RuntimeException("inner"));
    byte[] object = java(e, true);
    isOnlyDescribed(object);
    // In a result as well.
    Body result =
        body(
            out -> {
              byte[] stream = java(new Object[] {e}, true);
              out.u1(1);
              out.vint(stream.length);
              out.bytes(stream, 0, stream.length);
              out.u1(31);
            });
    assertThatThrownBy(() -> DECODER.value(BodyIn.of(result)))
        .hasMessageContaining("the result cannot be read");
  }

  /** Java serialization; instead of suppressed exceptions two billion times the same one. */
  private static byte[] java(Object o, boolean copies) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new Multiplying(bytes, copies)) {
      out.writeObject(o);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return bytes.toByteArray();
  }

  private static final class Multiplying extends ObjectOutputStream {
    private final boolean copies;

    Multiplying(OutputStream out, boolean copies) throws IOException {
      super(out);
      this.copies = copies;
      enableReplaceObject(copies);
    }

    @Override
    protected Object replaceObject(Object o) {
      return copies && o instanceof ArrayList<?> list && !list.isEmpty()
          ? Collections.nCopies(Integer.MAX_VALUE, list.get(0))
          : o;
    }
  }

  @Test
  void copiesOfOneThingArriveAsAListAllTheSame() throws Exception {
    List<String> copies = Collections.nCopies(3, "x");
    Body body = Results.encode(new Object[] {copies, copies});
    Object[] read = (Object[]) DECODER.value(BodyIn.of(body));
    assertThat(read[0]).isEqualTo(copies);
    assertThat(read[1]).as("one list").isSameAs(read[0]);
  }

  @Test
  void causesThatGoRoundInACircleOrAreSharedWithoutEndAreDescribed() throws Exception {
    RuntimeException one = new RuntimeException("one");
    RuntimeException two = new RuntimeException("two", one);
    one.initCause(two);
    isOnlyDescribed(java(one, false));
    RuntimeException top = new RuntimeException();
    for (int i = 0; i < 40; i++) {
      RuntimeException above = new RuntimeException();
      above.setStackTrace(new StackTraceElement[0]);
      above.addSuppressed(top);
      above.addSuppressed(top);
      top = above;
    }
    isOnlyDescribed(java(top, false));
    // A sender that is honest about it gets through as well.
    assertThat(read(Failures.encode(top))).isInstanceOf(RemoteThrowable.class);
    assertThat(read(Failures.encode(one)))
        .isInstanceOf(RemoteThrowable.class)
        .hasMessage("one")
        .hasRootCauseInstanceOf(RemoteThrowable.class);
  }

  @Test
  void whatIsNoExceptionOrThrowsWhileItIsReadIsDescribed() throws Exception {
    isOnlyDescribed(java("a string", false));
    isOnlyDescribed(new byte[] {1, 2, 3});
    isOnlyDescribed(java(new Grenade(), false));
  }

  @Test
  void anOrdinaryFailureArrivesAsItIs() throws Exception {
    IOException root = new IOException("disk");
    IllegalStateException thrown = new IllegalStateException("no", root);
    thrown.addSuppressed(new IllegalArgumentException("also", root));
    assertThat(read(Failures.encode(thrown)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no")
        .hasRootCauseInstanceOf(IOException.class);
    assertThat(read(Failures.encode(thrown)).getSuppressed()[0].getCause()).hasMessage("disk");
  }

  @Test
  void aFailureThatCannotBeSentIsToldAsFarAsThereIsRoom() throws Exception {
    Throwable top = unsent("bottom", null);
    for (int i = 0; i < 100; i++) {
      top = unsent("x".repeat(30_000), top);
      top.addSuppressed(unsent("beside", null));
    }
    Throwable read = read(Failures.encode(top));
    assertThat(read).isInstanceOf(RemoteThrowable.class);
    assertThat(read.getMessage()).hasSize(16 * 1024);
    assertThat(read.getStackTrace()).hasSameSizeAs(top.getStackTrace());
    assertThat(read.getCause().getCause().getCause()).isNotNull();
    assertThat(read.getSuppressed()).hasSize(1);
  }

  private static Throwable unsent(String message, Throwable cause) {
    return new RuntimeException(message, cause) {
      private static final long serialVersionUID = 1;

      @SuppressWarnings("unused")
      private final Object unsent = new Object();
    };
  }
}
