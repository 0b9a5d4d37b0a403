package app;

import dev.flamepool.Flame;
import dev.flamepool.Pool;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Calls from threads that know nothing of this application. */
public class Threads {
  record Answer(String text) {}

  static class Refused extends Exception {
    Refused(String text) {
      super(text);
    }
  }

  /** Each is right if it says {@code Answer[text=here] here app.Threads$Refused here}. */
  public static Map<String, String> connecting() throws Exception {
    return from(
        () -> {
          try (Flame flame = Flame.inProcess()) {
            return calls(flame.pool("pool"));
          }
        });
  }

  public static Map<String, String> calling(Pool pool) throws Exception {
    return from(() -> calls(pool));
  }

  private static String calls(Pool pool) {
    Answer here = new Answer("here");
    Answer answer = pool.call(() -> here);
    String loader =
        pool.call(
            () ->
                Thread.currentThread().getContextClassLoader().loadClass("app.Threads")
                        == Threads.class
                    ? "here"
                    : "elsewhere");
    String kept;
    try (var placed = pool.place(ctx -> new StringBuilder("here"))) {
      kept = placed.call(it -> new Answer(it.toString())).text();
    }
    try {
      pool.run(
          () -> {
            throw new Refused("");
          });
      return "not refused";
    } catch (RuntimeException e) {
      return answer + " " + loader + " " + e.getCause().getClass().getName() + " " + kept;
    }
  }

  private static Map<String, String> from(Supplier<String> work) throws Exception {
    Map<String, String> said = new TreeMap<>();
    said.put("common pool", CompletableFuture.supplyAsync(work).get());
    ScheduledExecutorService scheduler =
        Executors.newScheduledThreadPool(
            1,
            task -> {
              Thread thread = new Thread(task);
              thread.setContextClassLoader(null);
              return thread;
            });
    try {
      said.put(
          "scheduler without context loader",
          scheduler.schedule(work::get, 0, TimeUnit.SECONDS).get());
    } finally {
      scheduler.shutdown();
    }
    Executor virtual = virtual();
    if (virtual != null) {
      said.put("virtual", CompletableFuture.supplyAsync(work, virtual).get());
    }
    said.put("parallel stream", java.util.stream.Stream.of(1, 2, 3).parallel().map(i -> work.get()).distinct().reduce("", String::concat));
    return said;
  }

  private static Executor virtual() throws Exception {
    try {
      return (Executor) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (NoSuchMethodException e) {
      return null;
    }
  }
}
