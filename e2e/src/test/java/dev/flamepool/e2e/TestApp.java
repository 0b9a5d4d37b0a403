package dev.flamepool.e2e;

import dev.flamepool.Flame;
import dev.flamepool.Pool;
import dev.flamepool.PoolListener;
import dev.flamepool.PoolState;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An application under the tests' command: one line in is one call, one line out its outcome.
 *
 * <p>{@code call ID MILLIS}, {@code patient ID MILLIS}, {@code hold ID FILE}, {@code limited ID
 * FILE}, {@code brief ID FILE}, {@code abandon ID FILE}, {@code env ID NAME}, {@code bytes ID
 * NAME}, {@code build ID MILLIS}, {@code capture ID}, {@code release ID} of what is held; {@code
 * done ID ...} or {@code failed ID EXCEPTION MESSAGE}. {@code use POOL} sends further calls to
 * another pool.
 */
public final class TestApp {
  private static final Map<String, CompletableFuture<?>> HELD = new ConcurrentHashMap<>();

  private TestApp() {}

  private static final class Events implements PoolListener {
    @Override
    public void onGrowStart(String pool, int runners) {
      print("event start " + pool + " " + runners);
    }

    @Override
    public void onGrowEnd(
        String pool, String runner, PoolState.@Nullable Failure failure, int runners) {
      print("event " + (failure == null ? "ready " : "failed ") + runner);
    }
  }

  /** {@code TestApp POOL}. */
  public static void main(String[] args) throws Exception {
    if (Flame.serveIfRunner(() -> {})) {
      return;
    }
    try (Flame flame = Flame.builder().listener(new Events()).connect();
        BufferedReader commands =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      Pool pool = flame.pool(args[0]);
      print("connected");
      String line;
      while ((line = commands.readLine()) != null) {
        String[] words = line.split(" ", 3);
        if (words[0].equals("use")) {
          pool = flame.pool(words[1]);
        } else if (words[0].equals("release")) {
          HELD.get(words[1]).cancel(true);
        } else {
          report(words[1], command(pool, words));
        }
      }
    }
  }

  private static CompletableFuture<?> command(Pool pool, String[] words) {
    try {
      Pool patient = pool.with(o -> o.timeout(Duration.ofMinutes(2)));
      String word = words.length > 2 ? words[2] : "";
      return switch (words[0]) {
        case "call" -> busy(pool, Long.parseLong(word));
        case "patient" -> busy(patient, Long.parseLong(word));
        case "hold" -> {
          var held = hold(pool.with(o -> o.timeout(Duration.ofMinutes(10))), word);
          HELD.put(words[1], held);
          yield held;
        }
        case "limited" -> hold(pool, word);
        case "brief" -> touch(pool.with(o -> o.timeout(Duration.ofMillis(500))), word);
        case "abandon" -> {
          var abandoned = touch(patient, word);
          abandoned.cancel(true);
          yield abandoned;
        }
        case "build" -> {
          long millis = Long.parseLong(word);
          yield pool.submit(() -> Work.build(millis));
        }
        case "env" -> patient.submit(() -> Work.env(word));
        case "bytes" -> patient.submit(() -> Work.bytes(word));
        case "capture" -> {
          Thread current = Thread.currentThread();
          yield pool.submit(() -> current.getName());
        }
        default -> throw new IllegalArgumentException("unknown command " + words[0]);
      };
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static CompletableFuture<?> busy(Pool pool, long millis) {
    return pool.submit(() -> Work.busyFor(millis));
  }

  private static CompletableFuture<?> hold(Pool pool, String file) {
    return pool.submit(
        () -> {
          Work.untilInterrupted(file);
          return "held";
        });
  }

  private static CompletableFuture<?> touch(Pool pool, String file) {
    return pool.submit(() -> Files.createFile(Path.of(file)).toString());
  }

  private static void report(String id, CompletableFuture<?> call) {
    CompletableFuture<?> unused =
        call.whenComplete(
            (result, failure) -> {
              if (failure == null) {
                print("done " + id + " " + result);
              } else {
                Throwable cause =
                    failure.getCause() == null || failure instanceof dev.flamepool.FlameException
                        ? failure
                        : failure.getCause();
                print(
                    "failed "
                        + id
                        + " "
                        + cause.getClass().getSimpleName()
                        + " "
                        + String.valueOf(cause.getMessage()).replace('\n', ' '));
              }
            });
  }

  private static synchronized void print(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
