package dev.flamepool.closure;

import dev.flamepool.wire.Body;
import dev.flamepool.wire.BodyIn;
import dev.flamepool.wire.Fatal;
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
  /** Exceptions that whoever follows causes and suppressed ones may come by. */
  private static final int MAX_FOLLOWED = 256;

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
      ValueWriter w = new ValueWriter(256, false, Policy.RESULTS);
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
    StringWriter text = new StringWriter(1024);
    try {
      t.printStackTrace(new PrintWriter(text));
    } catch (RuntimeException e) {
      text.append(t.getClass().getName());
    }
    return text.toString();
  }
}
