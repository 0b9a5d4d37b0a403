package dev.flamepool.closure;

import dev.flamepool.wire.In;
import dev.flamepool.wire.Out;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An exception in words: a tree of names, texts and stack frames, never an object graph. Both ends
 * hold it to the same {@link DescriptionBudget}.
 *
 * @param type class name
 * @param message null where there is none
 * @param frames innermost first
 * @param cause null for none
 */
record Description(
    String type,
    @Nullable String message,
    List<StackTraceElement> frames,
    @Nullable Description cause,
    List<Description> suppressed) {
  private static final int CAUSE = 1;
  private static final int MESSAGE = 2;

  /** Describes as much of it as the budget allows. */
  static Description of(Throwable t) {
    return of(t, new DescriptionBudget(), 0);
  }

  private static Description of(Throwable t, DescriptionBudget budget, int depth) {
    budget.take();
    String type = budget.cut(t.getClass().getName(), DescriptionBudget.MAX_NAME);
    String said = said(t);
    String message = said == null ? null : budget.cut(said, DescriptionBudget.MAX_MESSAGE);
    List<StackTraceElement> frames = frames(t.getStackTrace(), budget);
    Throwable inner = t.getCause();
    Description cause =
        inner == null || !budget.hasRoom(depth + 1) ? null : of(inner, budget, depth + 1);
    List<Description> suppressed = new ArrayList<>();
    for (Throwable each : t.getSuppressed()) {
      if (budget.hasRoom(depth + 1)) {
        suppressed.add(of(each, budget, depth + 1));
      }
    }
    return new Description(type, message, frames, cause, suppressed);
  }

  private static @Nullable String said(Throwable t) {
    try {
      return t.getMessage();
    } catch (RuntimeException | StackOverflowError e) {
      return null;
    }
  }

  private static List<StackTraceElement> frames(
      StackTraceElement[] trace, DescriptionBudget budget) {
    int n = budget.cut(trace.length);
    List<StackTraceElement> frames = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      StackTraceElement f = trace[i];
      String file = f.getFileName();
      frames.add(
          new StackTraceElement(
              budget.cut(f.getClassName(), DescriptionBudget.MAX_NAME),
              budget.cut(f.getMethodName(), DescriptionBudget.MAX_NAME),
              file == null ? null : budget.cut(file, DescriptionBudget.MAX_NAME),
              f.getLineNumber()));
    }
    return frames;
  }

  void write(Out out) {
    out.u1((cause == null ? 0 : CAUSE) | (message == null ? 0 : MESSAGE));
    out.string(type);
    if (message != null) {
      out.string(message);
    }
    out.vint(frames.size());
    for (StackTraceElement f : frames) {
      String file = f.getFileName();
      out.string(f.getClassName());
      out.string(f.getMethodName());
      out.string(file == null ? "" : file);
      out.vint(f.getLineNumber());
    }
    if (cause != null) {
      cause.write(out);
    }
    out.vint(suppressed.size());
    suppressed.forEach(each -> each.write(out));
  }

  /**
   * Reads one.
   *
   * @throws StreamCorruptedException if it holds more than a description may
   */
  static Description read(In in) throws IOException {
    return read(in, new DescriptionBudget(), 0);
  }

  private static Description read(In in, DescriptionBudget budget, int depth) throws IOException {
    budget.read(depth);
    int has = in.u1();
    String type = budget.read(in, DescriptionBudget.MAX_NAME);
    String message = (has & MESSAGE) == 0 ? null : budget.read(in, DescriptionBudget.MAX_MESSAGE);
    int n = budget.readFrames(in);
    List<StackTraceElement> frames = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      String owner = budget.read(in, DescriptionBudget.MAX_NAME);
      String method = budget.read(in, DescriptionBudget.MAX_NAME);
      String file = budget.read(in, DescriptionBudget.MAX_NAME);
      frames.add(new StackTraceElement(owner, method, file.isEmpty() ? null : file, in.vint()));
    }
    Description cause = (has & CAUSE) == 0 ? null : read(in, budget, depth + 1);
    int more = in.count(1);
    List<Description> suppressed = new ArrayList<>();
    for (int i = 0; i < more; i++) {
      suppressed.add(read(in, budget, depth + 1));
    }
    return new Description(type, message, frames, cause, suppressed);
  }

  /** An exception that looks like it. */
  RemoteThrowable toThrowable() {
    RemoteThrowable t =
        new RemoteThrowable(
            type, message == null ? "" : message, frames.toArray(new StackTraceElement[0]));
    if (cause != null) {
      t.initCause(cause.toThrowable());
    }
    suppressed.forEach(each -> t.addSuppressed(each.toThrowable()));
    return t;
  }
}
