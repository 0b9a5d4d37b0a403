package dev.flamepool.runner;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Says how many child processes calls have left behind. A JVM that is a container's first process
 * also inherits what its children leave, and reaps none of that. Nothing is ended here: a child may
 * be the application's own.
 *
 * <p>Looks a while after a call has ended, and speaks at {@link #FEW} and whenever there are twice
 * as many. Thread-safe.
 */
final class LeftProcesses {
  /** Fewer do no harm, and may be the application's helpers. */
  static final int FEW = 16;

  /** Longer than what a call began to end takes; a look reads all of {@code /proc}. */
  static final long PAUSE_NANOS = 10_000_000_000L;

  private static final Path PROC = Path.of("/proc");

  /**
   * How many children there are.
   *
   * @param all those that run and those that have ended
   * @param ended those that nobody reaps
   */
  record Children(int all, int ended) {}

  private final Ticker ticker;
  private final IntSupplier running;
  private final Supplier<Children> children;
  private final Consumer<String> log;
  private final AtomicBoolean due = new AtomicBoolean();
  private int told = FEW / 2; // by the ticker only

  /**
   * Has told nothing yet.
   *
   * @param running how many calls run
   */
  LeftProcesses(
      Ticker ticker, IntSupplier running, Supplier<Children> children, Consumer<String> log) {
    this.ticker = ticker;
    this.running = running;
    this.children = children;
    this.log = log;
  }

  /** A call is over. Never throws: no call fails because a thread cannot be made for this. */
  void callEnded() {
    if (due.compareAndSet(false, true)) {
      try {
        ticker.after(PAUSE_NANOS, this::look);
      } catch (Throwable e) {
        due.set(false);
      }
    }
  }

  private void look() {
    due.set(false);
    try {
      Children now = children.get();
      // A call that runs may need its children; one that has ended is nobody's.
      int left = running.getAsInt() == 0 ? now.all() : now.ended();
      if (left >= 2 * told) {
        told = left;
        log.accept(
            ("calls have left %d child processes behind, of which %d have ended and are not reaped:"
                    + " let a call wait for what it starts; in a container let an init reap the"
                    + " rest, such as tini, or shareProcessNamespace: true in a Pod")
                .formatted(left, now.ended()));
      }
    } catch (Throwable e) {
      log.accept("could not count child processes: " + e);
    }
  }

  /** A thread that cannot be made may be one of too many processes: then their number is added. */
  String explain(String outOfMemory) {
    if (!outOfMemory.contains("thread")) {
      return outOfMemory;
    }
    try {
      Children now = children.get();
      return now.all() == 0
          ? outOfMemory
          : "%s; there are %d child processes, of which %d have ended and are not reaped"
              .formatted(outOfMemory, now.all(), now.ended());
    } catch (Throwable e) {
      return outOfMemory;
    }
  }

  /** This process's. */
  static Children children() {
    List<ProcessHandle> all = ProcessHandle.current().children().toList();
    return new Children(
        all.size(), (int) all.stream().filter(child -> hasEnded(stat(child.pid()))).count());
  }

  /** Alive, and not only waiting for somebody to reap it. */
  static boolean runs(ProcessHandle process) {
    return process.isAlive() && !hasEnded(stat(process.pid()));
  }

  /** Empty where there is no such file: then every child that is listed runs. */
  private static String stat(long pid) {
    try {
      byte[] text = Files.readAllBytes(PROC.resolve(Long.toString(pid)).resolve("stat"));
      return new String(text, StandardCharsets.ISO_8859_1); // the name has any bytes
    } catch (IOException e) {
      return "";
    }
  }

  /** The state follows the name, which stands in parentheses and may contain some. */
  static boolean hasEnded(String stat) {
    return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
  }
}
