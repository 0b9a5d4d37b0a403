package dev.flamepool.runner;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Drains the runner when its JVM shuts down. It also says who called {@code System.exit}: the JDK
 * starts hooks on the thread that did, which from then on waits for the hooks and never comes back.
 */
final class ShutdownHook extends Thread {
  private final Runner runner;
  private final ProcessExit exit;
  private final long graceMs;
  private @Nullable Thread caller; // of System.exit
  private String where = "";

  ShutdownHook(Runner runner, ProcessExit exit, long graceMs) {
    super("flame-shutdown");
    this.runner = runner;
    this.exit = exit;
    this.graceMs = graceMs;
  }

  @Override
  public synchronized void start() {
    exitCall()
        .ifPresent(
            frame -> {
              caller = Thread.currentThread();
              where = frame;
            });
    super.start();
  }

  /** Where this thread called {@code System.exit}; empty if it did not. */
  private static Optional<String> exitCall() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames
                    .dropWhile(frame -> !isExit(frame))
                    .dropWhile(ShutdownHook::isExit)
                    .findFirst()
                    .map(ShutdownHook::place));
  }

  private static boolean isExit(StackWalker.StackFrame frame) {
    return frame.getMethodName().equals("exit")
        && (frame.getClassName().equals("java.lang.Runtime")
            || frame.getClassName().equals("java.lang.System"));
  }

  private static String place(StackWalker.StackFrame frame) {
    return "%s.%s(%s:%d)"
        .formatted(
            frame.getClassName(),
            frame.getMethodName(),
            frame.getFileName(),
            frame.getLineNumber());
  }

  @Override
  public void run() {
    if (exit.isOver()) {
      return;
    }
    exit.inShutdown();
    Thread by = caller;
    if (by == null) {
      runner.stop(graceMs, "told to end by a signal");
    } else {
      runner.exited(by, where, graceMs);
    }
    exit.awaitHooks();
  }
}
