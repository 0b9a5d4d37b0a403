package dev.flamepool.caller;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What the tests' calls do on a runner; files tell the test about it, whatever the process. */
final class Work {
  private static final AtomicInteger RUNNING = new AtomicInteger();
  private static final List<Integer> SEEN = new ArrayList<>();

  private Work() {}

  /** Blocks until the file is there; an interrupt is noted in {@code <file>.interrupted}. */
  static String await(String file) throws InterruptedException, IOException {
    touch(file + ".started");
    try {
      while (!Files.exists(Path.of(file))) {
        Thread.sleep(5);
      }
    } catch (InterruptedException e) {
      touch(file + ".interrupted");
      throw e;
    }
    return file;
  }

  /** Blocks until the file is there, whatever interrupts it. */
  static boolean ignoreInterrupts(String file) {
    touch(file + ".started");
    boolean interrupted = false;
    while (!Files.exists(Path.of(file))) {
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        interrupted = true;
        touch(file + ".interrupted");
      }
    }
    return interrupted;
  }

  static void touch(String file) {
    try {
      Files.writeString(Path.of(file), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fails if it was ever started before with that id, in any process. */
  static int once(String folder, int id) throws IOException {
    Files.createFile(Path.of(folder, "call-" + id));
    return id;
  }

  /** How many ran at the same time in this process while this did. */
  static int atOnce(int millis) throws InterruptedException {
    int most = RUNNING.incrementAndGet();
    try {
      for (int i = 0; i < millis; i++) {
        Thread.sleep(1);
        most = Math.max(most, RUNNING.get());
      }
    } finally {
      RUNNING.decrementAndGet();
    }
    return most;
  }

  static void see(int number) {
    synchronized (SEEN) {
      SEEN.add(number);
    }
  }

  static List<Integer> seen() {
    synchronized (SEEN) {
      return new ArrayList<>(SEEN);
    }
  }

  /** The slot connections of this process: each has a thread. */
  static int slots() {
    return (int)
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("flame-slot"))
            .count();
  }

  /** Bytes of the heap in use once everything that is garbage is gone. */
  static long heap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  static long pid() {
    return ProcessHandle.current().pid();
  }
}
