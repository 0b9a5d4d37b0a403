package app;

import dev.flamepool.Placed;
import dev.flamepool.Pool;
import dev.flamepool.RemoteCallable;
import dev.flamepool.RunnerContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Method references that could mean work with the runner's context and work without it. */
public class Forms {
  static class Either {
    final String how;

    public Either() {
      how = "without";
    }

    public Either(RunnerContext context) {
      how = "with";
    }

    String how() {
      return how;
    }
  }

  static class ContextOnly {
    public ContextOnly(RunnerContext context) {}

    public ContextOnly(int a, int b) {}

    String how() {
      return "with";
    }
  }

  static void touch() {}

  static void touch(int other) {}

  static void touch(String... others) {}

  static String text() {
    return "none";
  }

  static String text(RunnerContext context) {
    return "context";
  }

  /** What each form gave. */
  public static Map<String, Object> all(Pool pool) throws Exception {
    Map<String, Object> all = new LinkedHashMap<>();
    try (Placed<AtomicInteger> counter = pool.place(AtomicInteger::new)) {
      all.put("place a constructor", counter.call(AtomicInteger::incrementAndGet));
    }
    ArrayList<String> list = pool.call(ArrayList<String>::new);
    all.put("call a constructor", list);
    all.put("submit a constructor", pool.submit(ArrayList<String>::new).get());
    pool.run(Forms::touch);
    pool.cast(Forms::touch).completion().toCompletableFuture().get();
    all.put("call a method", pool.call(Forms::text));
    try (Placed<Either> either = pool.place(Either::new)) {
      all.put("either", either.call(Either::how));
    }
    try (Placed<ContextOnly> only = pool.place(ContextOnly::new)) {
      all.put("context only", only.call(ContextOnly::how));
    }
    all.put("lambda", pool.call(() -> "lambda"));
    all.put("lambda with context", pool.call(ctx -> ctx.parent().isPresent()));
    RemoteCallable<String> kept = () -> "kept";
    all.put("in a variable", pool.call(kept));
    all.put("an object", pool.call(new RemoteCallable<String>() {
      @Override
      public String call() {
        return "an object";
      }
    }));
    all.put("executor", pool.asExecutor().submit(() -> "executor").get());
    return all;
  }
}
