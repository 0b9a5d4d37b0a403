package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.Flame;
import dev.flamepool.Placed;
import dev.flamepool.Pool;
import dev.flamepool.QueueFullException;
import dev.flamepool.RemoteCallable;
import dev.flamepool.closure.CodeVersion;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What waits is refused before the heap is full, however small each call is. */
class QueueMemoryTest {
  private static final int CALLS = 1_000_000;

  @Test
  @Timeout(120)
  void aMillionTinyCallsAreRefusedBeforeTheHeapIsFull() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                QueueMemoryTest.class.getName())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).contains("pools done", "object done").doesNotContain("OutOfMemoryError");
  }

  private static final CountDownLatch OPEN = new CountDownLatch(1);

  /** The child. */
  public static void main(String[] args) throws Exception {
    ManualSource source = new ManualSource(null);
    Engines engines =
        Engines.remote(
            "default",
            name -> source,
            QueueMemoryTest.class.getClassLoader(),
            () -> new CodeVersion("code", List.of()),
            () -> {},
            Engines.Additions.NONE);
    List<CompletableFuture<Integer>> waiting = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Pool pool = engines.pool("pool-" + i);
      source.ready(List.of());
      fill("pool " + i, () -> pool.submit(() -> 1), waiting);
    }
    engines.close(Duration.ZERO);
    for (CompletableFuture<Integer> call : waiting) {
      call.handle((value, failure) -> failure.toString()).get(30, TimeUnit.SECONDS);
    }
    System.out.println("pools done");
    waiting.clear();
    try (Flame flame = Flame.inProcess()) {
      Placed<Object> placed =
          flame.pool("pool").place((RemoteCallable<Object>) () -> new ArrayList<Integer>());
      CompletableFuture<Integer> first =
          placed.submit(
              it -> {
                OPEN.await();
                return 1;
              });
      fill("object", () -> placed.submit(it -> 1), waiting);
      OPEN.countDown();
      first.get(30, TimeUnit.SECONDS);
      for (CompletableFuture<Integer> call : waiting) {
        call.get(30, TimeUnit.SECONDS);
      }
      placed.close();
    }
    System.out.println("object done");
  }

  private static void fill(
      String what,
      Supplier<CompletableFuture<Integer>> submit,
      List<CompletableFuture<Integer>> into) {
    Runtime runtime = Runtime.getRuntime();
    runtime.gc();
    long before = runtime.totalMemory() - runtime.freeMemory();
    int taken = 0;
    try {
      for (; taken < CALLS; taken++) {
        into.add(submit.get());
      }
      throw new IllegalStateException(what + " took all");
    } catch (QueueFullException e) {
      runtime.gc();
      long each = (runtime.totalMemory() - runtime.freeMemory() - before) / Math.max(1, taken);
      System.out.println(what + ": " + taken + " calls of " + each + " bytes. " + e.getMessage());
    }
  }
}
