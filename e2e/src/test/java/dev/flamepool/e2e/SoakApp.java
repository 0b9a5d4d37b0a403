package dev.flamepool.e2e;

import dev.flamepool.Flame;
import dev.flamepool.Placed;
import dev.flamepool.Pool;
import dev.flamepool.QueueTimeoutException;
import dev.flamepool.RunnerLostException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An application that makes calls of every form at random until standard input ends, then closes
 * its Flame and reports what is left. Every call has an id; its work leaves a file of that name,
 * and its outcome is one line.
 *
 * <p>{@code out ID OUTCOME}, {@code heap BYTES} and {@code threads NUMBER} once a second, {@code
 * left THREADS} at the end.
 *
 * <p>With {@code SOAK_REST} it leaves each pool alone most of the time, for all processes at the
 * same time, so that the pool's runners end and the next call boots one.
 */
public final class SoakApp {
  private static final int THREADS = 6;
  private static final AtomicLong IDS = new AtomicLong();
  private static final boolean RESTS = System.getenv("SOAK_REST") != null;

  /** Of calls and rest: a boot, 10 s in which old calls count as demand, an idle time, an end. */
  private static final long TURN_MS = 20_000;

  private static final long CALLS_MS = 2_000;

  private final Pool pool;
  private final String name;
  private final String ran;
  private final long turnsAt;
  private final CountDownLatch over = new CountDownLatch(1);

  private SoakApp(Pool pool, String name, String ran, long turnsAt) {
    this.pool = pool.with(o -> o.timeout(Duration.ofSeconds(60)));
    this.name = name;
    this.ran = ran;
    this.turnsAt = turnsAt;
  }

  /** {@code SoakApp NAME FOLDER POOL...}. */
  public static void main(String[] args) throws Exception {
    if (Flame.serveIfRunner(() -> {})) {
      return;
    }
    List<Thread> threads = new ArrayList<>();
    List<SoakApp> apps = new ArrayList<>();
    try (Flame flame = Flame.connect()) {
      for (int p = 2; p < args.length; p++) {
        SoakApp app =
            new SoakApp(
                flame.pool(args[p]),
                args[0] + "-" + args[p],
                args[1],
                p * TURN_MS / (args.length - 2));
        apps.add(app);
        for (int i = 0; i < THREADS; i++) {
          Thread thread = new Thread(app::callOn, "soak-" + i);
          thread.start();
          threads.add(thread);
        }
      }
      report("connected");
      while (System.in.available() == 0) {
        System.gc();
        Runtime heap = Runtime.getRuntime();
        report("heap " + (heap.totalMemory() - heap.freeMemory()));
        report("threads " + Thread.activeCount());
        TimeUnit.SECONDS.sleep(1);
      }
      apps.forEach(app -> app.over.countDown());
      for (Thread thread : threads) {
        thread.join();
      }
    }
    report("left " + flameThreads());
    System.exit(0);
  }

  private static long flameThreads() throws InterruptedException {
    long left = 1;
    for (int i = 0; i < 100 && left > 0; i++) {
      TimeUnit.MILLISECONDS.sleep(100);
      left =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().startsWith("flame-"))
              .count();
    }
    return left;
  }

  private void callOn() {
    Random random = ThreadLocalRandom.current();
    while (over.getCount() > 0) {
      if (RESTS && rest(random)) {
        return;
      }
      String id = name + "-" + IDS.incrementAndGet();
      String outcome;
      try {
        outcome = one(id, random);
      } catch (RuntimeException e) {
        outcome = e.getClass().getSimpleName() + startedOf(e);
      }
      report("out " + id + " " + outcome);
    }
  }

  /** Whether it is over. */
  private boolean rest(Random random) {
    long at = Math.floorMod(System.currentTimeMillis() - turnsAt, TURN_MS);
    long until = at < CALLS_MS ? 0 : TURN_MS - at;
    try {
      return over.await(until + random.nextInt(200), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return false; // it came too late for its call
    }
  }

  private static String startedOf(RuntimeException e) {
    return e instanceof RunnerLostException lost ? "-" + lost.started() : "";
  }

  private String one(String id, Random random) {
    String file = ran + "/" + id;
    long millis = random.nextInt(40);
    return switch (random.nextInt(12)) {
      case 0 -> {
        Thread self = Thread.currentThread();
        CompletableFuture<Void> poke =
            CompletableFuture.runAsync(
                self::interrupt, CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS));
        try {
          yield pool.call(() -> once(file, 200));
        } finally {
          poke.join();
          boolean ignored = Thread.interrupted(); // too late for the call
        }
      }
      case 1 -> {
        CompletableFuture<String> future = pool.submit(() -> once(file, 100));
        future.orTimeout(millis, TimeUnit.MILLISECONDS);
        yield future.handle((v, e) -> e == null ? v : "abandoned").join();
      }
      case 2 -> {
        pool.cast(() -> once(file, millis)).completion().toCompletableFuture().join();
        yield "done";
      }
      case 3 -> {
        try {
          yield pool.with(o -> o.timeout(Duration.ofMillis(50)))
              .call(() -> once(file, 20 + 2 * millis));
        } catch (QueueTimeoutException e) {
          yield "impatient";
        }
      }
      case 4 -> pool.with(o -> o.retryOnRunnerLost(3)).call(() -> again(file, millis));
      case 5 -> {
        try (Placed<Tally> tally = pool.place(Tally::new)) {
          for (int i = 1; i <= 3; i++) {
            int count = tally.call(Tally::next);
            if (count != i) {
              yield "WRONG " + count + " instead of " + i;
            }
          }
          yield "done";
        }
      }
      case 6 -> pool.map(List.of(1, 2, 3), n -> n * n).equals(List.of(1, 4, 9)) ? "done" : "WRONG";
      case 7 -> {
        pool.run(
            () -> {
              throw new IllegalStateException(once(file, millis));
            });
        yield "WRONG";
      }
      default -> pool.call(() -> once(file, millis));
    };
  }

  /** What stays on a runner. */
  static final class Tally {
    private int count;

    int next() {
      return ++count;
    }
  }

  /** Fails loudly if it was ever run before, in any process. */
  static String once(String file, long millis) throws IOException, InterruptedException {
    try {
      Files.createFile(Path.of(file));
    } catch (java.nio.file.FileAlreadyExistsException e) {
      Files.createFile(Path.of(file + ".TWICE"));
      throw e;
    }
    TimeUnit.MILLISECONDS.sleep(millis);
    return "done";
  }

  static String again(String file, long millis) throws IOException, InterruptedException {
    Files.write(Path.of(file), new byte[0]);
    TimeUnit.MILLISECONDS.sleep(millis);
    return "done";
  }

  private static void report(String line) {
    PrintStream out = System.out;
    synchronized (out) {
      out.println(line);
      out.flush();
    }
  }
}
