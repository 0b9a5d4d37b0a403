package dev.flamepool.closure;

import dev.flamepool.wire.Body;
import dev.flamepool.wire.BodyIn;
import dev.flamepool.wire.Fatal;
import dev.flamepool.wire.HeapAccount;
import dev.flamepool.wire.In;
import dev.flamepool.wire.Limits;
import dev.flamepool.wire.Out;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Exceptions over the wire: always a description, and the object itself where it can be serialized.
 * The reader takes the object if it is accepted and can be made, else what the description says.
 */
public final class Failures {
  /** Characters of a stack trace as text that are kept. */
  private static final int MAX_TEXT = 256 * 1024;

  /** Exceptions that whoever follows causes and suppressed ones may come by. */
  private static final int MAX_FOLLOWED = 256;

  /** What one that is too large to be sent as an object may take before that is known. */
  private static final long MAX_HEAP = 4L * Limits.MAX_EXCEPTION_BYTES;

  private Failures() {}

  /** Encodes; never fails for what the exception holds. */
  public static Body encode(Throwable t) {
    Out out = new Out(1024);
    described(t).write(out);
    Body object = object(t);
    out.u1(object == null ? 0 : 1);
    if (object == null) {
      return new Body(List.of(), out);
    }
    out.vint((int) object.size());
    return object.after(out);
  }

  private static Description described(Throwable t) {
    try {
      return Description.of(t);
    } catch (RuntimeException | StackOverflowError e) { // of its own getCause and the like
      return new Description(t.getClass().getName(), null, List.of(), null, List.of());
    }
  }

  private static @Nullable Body object(Throwable t) {
    try {
      ValueWriter w =
          new ValueWriter(256, false, Policy.RESULTS, null, HeapAccount.ofBytes(MAX_HEAP));
      w.values(new Object[] {t});
      Body body = w.body();
      return body.size() <= Limits.MAX_EXCEPTION_BYTES ? body : null;
    } catch (IOException | RuntimeException | Error e) {
      Fatal.rethrow(e);
      return null;
    }
  }

  static Throwable read(BodyIn body, Policy policy) throws IOException {
    In in = body.in();
    Description description = Description.read(in);
    Throwable object = in.u1() == 1 ? object(body.part(in.vint()), policy) : null;
    return object != null ? object : description.toThrowable();
  }

  /** The exception itself, or null where it is not accepted or cannot be made. */
  private static @Nullable Throwable object(BodyIn body, Policy policy) {
    try {
      return new ValueReader(body, policy).values(1)[0] instanceof Throwable t && hasEnd(t)
          ? t
          : null;
    } catch (IOException | ReflectiveOperationException | RuntimeException | Error e) {
      Fatal.rethrow(e);
      return null;
    }
  }

  /**
   * False where causes and suppressed ones go round in a circle, or are shared so often that
   * whoever follows them would take for ever.
   */
  private static boolean hasEnd(Throwable t) {
    return hasEnd(t, Collections.newSetFromMap(new IdentityHashMap<>()), new int[1]);
  }

  private static boolean hasEnd(Throwable t, Set<Throwable> above, int[] followed) {
    if (++followed[0] > MAX_FOLLOWED || !above.add(t)) {
      return false;
    }
    Throwable cause = t.getCause();
    boolean ends = cause == null || hasEnd(cause, above, followed);
    for (Throwable each : t.getSuppressed()) {
      ends = ends && hasEnd(each, above, followed);
    }
    above.remove(t);
    return ends;
  }

  /** The stack trace as text. */
  public static String trace(Throwable t) {
    Text text = new Text();
    try {
      t.printStackTrace(new PrintWriter(text));
    } catch (RuntimeException e) {
      text.append(t.getClass().getName());
    }
    return text.toString();
  }

  /** As much of a text as is sent; more of it takes no memory. */
  private static final class Text extends StringWriter {
    Text() {
      super(1024);
    }

    private int room(int wanted) {
      return Math.max(0, Math.min(wanted, MAX_TEXT - getBuffer().length()));
    }

    @Override
    public void write(int c) {
      if (room(1) > 0) {
        super.write(c);
      }
    }

    @Override
    public void write(char[] from, int off, int len) {
      super.write(from, off, room(len));
    }

    @Override
    public void write(String s) {
      write(s, 0, s.length());
    }

    @Override
    public void write(String s, int off, int len) {
      super.write(s, off, room(len));
    }
  }
}
