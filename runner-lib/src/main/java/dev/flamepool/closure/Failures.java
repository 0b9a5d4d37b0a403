package dev.flamepool.closure;

import dev.flamepool.wire.Body;
import dev.flamepool.wire.BodyIn;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StreamCorruptedException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Exceptions over the wire: always a description, and the object itself where it can be serialized.
 * The reader takes the object if it is accepted and can be made, else what the description says.
 */
public final class Failures {
  private static final int MAX_FRAMES = 256;
  private static final int MAX_NESTING = 12;
  private static final int MAX_OBJECT_BYTES = 1 << 20;

  private Failures() {}

  /** Encodes; never fails for what the exception holds. */
  public static Body encode(Throwable t) {
    ValueWriter w = new ValueWriter(1024, false);
    try {
      w.values(new Object[] {describe(t, 0), object(t)});
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return w.body();
  }

  private static byte @Nullable [] object(Throwable t) {
    try {
      byte[] bytes = ValueWriter.javaBytes(t);
      return bytes.length <= MAX_OBJECT_BYTES ? bytes : null;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      return null;
    }
  }

  /** Class, message, frames (four entries each), cause or null, suppressed. */
  private static List<@Nullable Object> describe(Throwable t, int nesting) {
    List<@Nullable Object> d = new ArrayList<>(5);
    d.add(t.getClass().getName());
    d.add(message(t));
    StackTraceElement[] trace = t.getStackTrace();
    List<@Nullable Object> frames = new ArrayList<>();
    for (int i = 0; i < trace.length && i < MAX_FRAMES; i++) {
      frames.add(trace[i].getClassName());
      frames.add(trace[i].getMethodName());
      frames.add(trace[i].getFileName());
      frames.add(trace[i].getLineNumber());
    }
    d.add(frames);
    Throwable cause = t.getCause();
    d.add(cause == null || nesting >= MAX_NESTING ? null : describe(cause, nesting + 1));
    List<@Nullable Object> suppressed = new ArrayList<>();
    if (nesting < MAX_NESTING) {
      for (Throwable s : t.getSuppressed()) {
        if (suppressed.size() < MAX_NESTING) {
          suppressed.add(describe(s, MAX_NESTING));
        }
      }
    }
    d.add(suppressed);
    return d;
  }

  private static @Nullable String message(Throwable t) {
    try {
      String m = t.getMessage();
      return m == null || m.length() <= 16_384 ? m : m.substring(0, 16_384);
    } catch (RuntimeException e) {
      return null;
    }
  }

  static Throwable read(BodyIn in, Policy policy) throws IOException, ReflectiveOperationException {
    Object[] values = new ValueReader(in, policy).values(2);
    RemoteThrowable described = described(values[0]);
    if (values[1] instanceof byte[] bytes) {
      try {
        if (ValueReader.javaObject(bytes, policy) instanceof Throwable t) {
          return t;
        }
      } catch (IOException
          | ReflectiveOperationException
          | RuntimeException
          | LinkageError
          | StackOverflowError e) {
        return described;
      }
    }
    return described;
  }

  private static RemoteThrowable described(@Nullable Object o) throws StreamCorruptedException {
    if (!(o instanceof List<?> d) || d.size() < 5 || !(d.get(2) instanceof List<?> frames)) {
      throw new StreamCorruptedException("not the description of an exception");
    }
    StackTraceElement[] trace = new StackTraceElement[frames.size() / 4];
    for (int i = 0; i < trace.length; i++) {
      Object file = frames.get(4 * i + 2);
      Object line = frames.get(4 * i + 3);
      trace[i] =
          new StackTraceElement(
              String.valueOf(frames.get(4 * i)),
              String.valueOf(frames.get(4 * i + 1)),
              file == null ? null : file.toString(),
              line instanceof Integer n ? n : -1);
    }
    Object message = d.get(1);
    RemoteThrowable t =
        new RemoteThrowable(
            String.valueOf(d.get(0)), message == null ? "" : message.toString(), trace);
    if (d.get(3) != null) {
      t.initCause(described(d.get(3)));
    }
    if (d.get(4) instanceof List<?> suppressed) {
      for (Object s : suppressed) {
        t.addSuppressed(described(s));
      }
    }
    return t;
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
