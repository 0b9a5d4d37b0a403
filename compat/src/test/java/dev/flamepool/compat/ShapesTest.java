package dev.flamepool.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.Flame;
import dev.flamepool.Pool;
import dev.flamepool.RemoteCallable;
import dev.flamepool.RemoteFunction;
import dev.flamepool.bench.OneRunner;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every shape of lambda, value and exception ends on a real runner as it ends in process: with the
 * same value, the same exception or the same refusal.
 */
@Timeout(180)
class ShapesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void allBehaveAlike(Compiler compiler) throws Exception {
    Path classes = compiler.matrix();
    Map<String, String> here = new LinkedHashMap<>();
    Map<String, String> there = new LinkedHashMap<>();
    Map<String, String> without = new LinkedHashMap<>();
    try (URLClassLoader application =
            new URLClassLoader(
                new URL[] {classes.toUri().toURL()}, ShapesTest.class.getClassLoader());
        OneRunner runner =
            new OneRunner(
                folder,
                classes + File.pathSeparator + System.getProperty("java.class.path"),
                application);
        Flame flame = Flame.inProcess()) {
      outcomes(flame.pool("shapes"), application, compiler, here);
      outcomes(runner.pool(), application, compiler, there);
      plainOutcomes(application, compiler, without);
    }
    List<String> differ = new ArrayList<>();
    here.forEach(
        (name, outcome) -> {
          if (!outcome.equals(there.get(name))) {
            differ.add(name + ": " + outcome + ", but on a runner " + there.get(name));
          }
        });
    without.forEach(
        (name, outcome) -> {
          String got = here.get(name);
          boolean sent = !got.startsWith("refused") && !got.contains(", which cannot be sent: ");
          if (sent && !untyped(got).equals(untyped(outcome))) {
            differ.add(name + ": " + got + ", but as a plain call " + outcome);
          }
        });
    assertThat(differ).isEmpty();
    long refused = here.values().stream().filter(outcome -> outcome.startsWith("refused")).count();
    System.out.println(
        compiler + ": " + here.size() + " shapes, " + refused + " of them are refused");
    assertThat(here).hasSizeGreaterThanOrEqualTo(compiler == Compiler.JAVAC ? 200 : 20);
    assertThat(refused).isLessThan(here.size() / 4);
  }

  private static void outcomes(
      Pool pool, ClassLoader application, Compiler compiler, Map<String, String> outcomes)
      throws Exception {
    Map<String, CompletableFuture<?>> calls = new LinkedHashMap<>();
    forms(application, compiler)
        .forEach((name, work) -> calls.put(name, submitted(() -> pool.submit(work))));
    applied(application)
        .forEach(
            (name, work) ->
                calls.put(
                    name,
                    submitted(
                        () ->
                            CompletableFuture.completedFuture(
                                pool.map(List.of(work.getValue()), work.getKey())))));
    for (Map.Entry<String, CompletableFuture<?>> call : calls.entrySet()) {
      outcomes.put(call.getKey(), outcome(call.getValue()));
    }
  }

  /** What each call gives where no library is between. */
  private static void plainOutcomes(
      ClassLoader application, Compiler compiler, Map<String, String> outcomes) throws Exception {
    Map<String, CompletableFuture<?>> calls = new LinkedHashMap<>();
    forms(application, compiler).forEach((name, work) -> calls.put(name, plainly(work)));
    applied(application)
        .forEach(
            (name, work) ->
                calls.put(name, plainly(() -> List.of(work.getKey().apply(work.getValue())))));
    for (Map.Entry<String, CompletableFuture<?>> call : calls.entrySet()) {
      outcomes.put(call.getKey(), outcome(call.getValue()));
    }
  }

  private static CompletableFuture<?> plainly(Callable<?> work) {
    try {
      return CompletableFuture.completedFuture(work.call());
    } catch (Throwable e) { // whatever it throws is its outcome
      return CompletableFuture.failedFuture(new IllegalStateException(e));
    }
  }

  private static Map<String, RemoteCallable<?>> forms(ClassLoader application, Compiler compiler)
      throws Exception {
    Map<String, RemoteCallable<?>> forms = new LinkedHashMap<>(of(application, "Calls", "all"));
    Map<String, RemoteCallable<?>> captured = of(application, "EqualReferences", "captured");
    captured.forEach((name, work) -> forms.put("captured " + name, work));
    if (compiler == Compiler.JAVAC) {
      forms.putAll(Shapes.all());
    }
    return forms;
  }

  private static Map<String, Map.Entry<RemoteFunction<Object, Object>, Object>> applied(
      ClassLoader application) throws Exception {
    Map<String, Map.Entry<RemoteFunction<Object, Object>, Object>> applied = new LinkedHashMap<>();
    Map<String, Map.Entry<RemoteFunction<Object, Object>, Object>> all =
        of(application, "EqualReferences", "applied");
    all.forEach((name, work) -> applied.put("applied " + name, work));
    return applied;
  }

  /** Views arrive as plain collections, so a value counts without the name of its class. */
  private static String untyped(String outcome) {
    return outcome.startsWith("threw")
        ? outcome.replaceAll(" with java\\.\\S+", " with")
        : outcome.replaceFirst("^\\S+ ", "");
  }

  private interface Submit {
    CompletableFuture<?> call();
  }

  private static CompletableFuture<?> submitted(Submit work) {
    try {
      return work.call();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static String outcome(CompletableFuture<?> call) throws InterruptedException {
    try {
      return text(call.get());
    } catch (ExecutionException e) {
      Throwable failure = e.getCause();
      Throwable cause = failure.getCause();
      return (cause instanceof Exception
                  && cause.getClass().getName().startsWith("dev.flamepool.closure")
              ? "refused " + failure.getClass().getName()
              : failure instanceof dev.flamepool.CallNotSerializableException
                  ? "refused "
                  : "threw ")
          + text(cause);
    }
  }

  /** Without what is another one each time. */
  private static String text(@Nullable Object value) {
    if (value instanceof Throwable thrown) {
      return thrown.getClass().getName()
          + ": "
          + thrown.getMessage()
          + (thrown instanceof Shapes.Carrier carrier ? " with " + text(carrier.inside) : "")
          + (thrown.getCause() == null ? "" : " caused by " + text(thrown.getCause()))
          + (thrown.getSuppressed().length == 0 ? "" : " and " + text(thrown.getSuppressed()));
    }
    if (value instanceof Object[] array) {
      List<String> all = new ArrayList<>();
      for (Object each : array) {
        all.add(text(each));
      }
      return value.getClass().getName() + all;
    }
    String plain = value == null ? "null" : value.getClass().getName() + " " + value;
    if (value != null && value.getClass().isArray()) {
      String deep = Arrays.deepToString(new Object[] {value});
      plain = value.getClass().getName() + deep;
    }
    return plain.replaceAll("@[0-9a-f]+", "");
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T> T of(ClassLoader loader, String type, String method) throws Exception {
    return (T) loader.loadClass("app." + type).getMethod(method).invoke(null);
  }
}
