package dev.flamepool.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What the test application does on runners. */
final class Work {
  private static final AtomicInteger RUNNING = new AtomicInteger();

  private Work() {}

  /**
   * Where and beside how many others a call ran.
   *
   * @param pid the runner's process
   * @param together calls on that runner while it ran, itself included
   */
  record Ran(long pid, int together) implements java.io.Serializable {}

  static Ran busyFor(long millis) throws InterruptedException {
    int together = RUNNING.incrementAndGet();
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
      return new Ran(ProcessHandle.current().pid(), Math.max(together, RUNNING.get()));
    } finally {
      RUNNING.decrementAndGet();
    }
  }

  /** Writes the runner's pid and then waits; writes "interrupted" when its caller is gone. */
  static void untilInterrupted(String file) throws IOException {
    Path written = Path.of(file + ".tmp");
    Files.writeString(written, Long.toString(ProcessHandle.current().pid()));
    Files.move(written, Path.of(file), StandardCopyOption.ATOMIC_MOVE);
    try {
      TimeUnit.MINUTES.sleep(10);
    } catch (InterruptedException e) {
      Files.writeString(Path.of(file), "interrupted");
    }
  }

  /** Which build of the application the runner has: what its resource {@code /build} says. */
  static String build(long millis) throws IOException, InterruptedException {
    TimeUnit.MILLISECONDS.sleep(millis);
    try (InputStream resource = Work.class.getResourceAsStream("/build")) {
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static String env(String name) {
    return String.valueOf(System.getenv(name));
  }

  /** A variable of any text, in base64. */
  static String bytes(String name) {
    return Base64.getEncoder().encodeToString(System.getenv(name).getBytes(StandardCharsets.UTF_8));
  }
}
