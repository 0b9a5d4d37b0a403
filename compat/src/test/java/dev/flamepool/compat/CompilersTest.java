package dev.flamepool.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.Flame;
import dev.flamepool.Pool;
import dev.flamepool.RemoteCallable;
import dev.flamepool.RemoteFunction;
import dev.flamepool.closure.Closures;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Reply;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever compiled the application: its calls are encoded from the classes of one loader and run
 * by those of another, neither of which the library's own loader knows, as in two processes.
 */
class CompilersTest {
  @ParameterizedTest
  @EnumSource
  void everyCallRuns(Compiler compiler) throws Exception {
    Map<String, Object> outcomes = new TreeMap<>();
    Map<String, Object> expected = new TreeMap<>();
    try (URLClassLoader caller = loader(compiler);
        URLClassLoader runner = loader(compiler)) {
      calls(caller)
          .forEach(
              (name, call) -> {
                expected.put(name, name.equals("constructor") ? "" : name);
                outcomes.put(name, String.valueOf(run(call, runner)));
              });
    }
    assertThat(expected).isNotEmpty();
    assertThat(outcomes).isEqualTo(expected);
  }

  /** The deserializers that compilers write do not ask for the type a reference is used with. */
  @ParameterizedTest
  @EnumSource
  void equalReferencesOfDifferentTypesAreTheirOwn(Compiler compiler) throws Exception {
    for (boolean backwards : new boolean[] {false, true}) {
      List<String> wrong = new ArrayList<>();
      try (URLClassLoader caller = loader(compiler);
          URLClassLoader runner = loader(compiler)) {
        Map<String, EncodedCall> calls = new LinkedHashMap<>();
        EqualReferences.applied(caller).forEach(calls::put);
        EqualReferences.captured(caller)
            .forEach((name, call) -> calls.put("captured " + name, call));
        List<String> names = new ArrayList<>(calls.keySet());
        if (backwards) {
          Collections.reverse(names);
        }
        for (String name : names) {
          Object outcome = run(calls.get(name), runner);
          if (!name.endsWith("=" + outcome)) {
            wrong.add(name + " but " + outcome);
          }
        }
        assertThat(names).hasSizeGreaterThan(10);
      }
      assertThat(wrong).isEmpty();
    }
  }

  /** Whatever the first call of a kind finds or makes, two of them may come at once. */
  @ParameterizedTest
  @EnumSource
  void callsThatAreReadAtOnceAreReadRight(Compiler compiler) throws Exception {
    List<String> wrong = Collections.synchronizedList(new ArrayList<>());
    ExecutorService readers = Executors.newFixedThreadPool(4);
    try (URLClassLoader caller = loader(compiler)) {
      Map<String, EncodedCall> calls = new LinkedHashMap<>(EqualReferences.applied(caller));
      EqualReferences.captured(caller).forEach((name, call) -> calls.put("captured " + name, call));
      for (int round = 0; round < 20; round++) {
        try (URLClassLoader runner = loader(compiler)) {
          CyclicBarrier start = new CyclicBarrier(4);
          List<Future<?>> read = new ArrayList<>();
          for (int reader = 0; reader < 4; reader++) {
            read.add(
                readers.submit(
                    () -> {
                      start.await();
                      calls.forEach(
                          (name, call) -> {
                            Object outcome = run(call, runner);
                            if (!name.endsWith("=" + outcome)) {
                              wrong.add(name + " but " + outcome);
                            }
                          });
                      return null;
                    }));
          }
          for (Future<?> each : read) {
            each.get();
          }
        }
      }
    } finally {
      readers.shutdown();
    }
    assertThat(wrong).isEmpty();
  }

  /** A method reference that could mean a call with the runner's context means one without. */
  @ParameterizedTest
  @EnumSource
  @SuppressWarnings("unchecked")
  void everyFormOfCallCompilesAndRuns(Compiler compiler) throws Exception {
    try (URLClassLoader application = loader(compiler);
        Flame flame = Flame.inProcess()) {
      Map<String, Object> gave =
          (Map<String, Object>)
              application
                  .loadClass("app.Forms")
                  .getMethod("all", Pool.class)
                  .invoke(null, flame.pool("pool"));
      Map<String, Object> expected = new LinkedHashMap<>();
      expected.put("place a constructor", 1);
      expected.put("call a constructor", List.of());
      expected.put("submit a constructor", List.of());
      expected.put("call a method", "none");
      expected.put("either", "without");
      expected.put("context only", "with");
      expected.put("lambda", "lambda");
      expected.put("lambda with context", false);
      expected.put("in a variable", "kept");
      expected.put("an object", "an object");
      expected.put("executor", "executor");
      assertThat(gave).isEqualTo(expected);
    }
  }

  private static final class EqualReferences {
    @SuppressWarnings("unchecked")
    static Map<String, EncodedCall> applied(ClassLoader loader) throws Exception {
      Map<String, EncodedCall> encoded = new LinkedHashMap<>();
      ((Map<String, Map.Entry<RemoteFunction<?, Object>, Object>>) of(loader, "applied"))
          .forEach(
              (name, call) ->
                  encoded.put(
                      name,
                      Closures.encodeApplied(
                          call.getKey(), RemoteFunction.class, call.getValue())));
      return encoded;
    }

    @SuppressWarnings("unchecked")
    static Map<String, EncodedCall> captured(ClassLoader loader) throws Exception {
      Map<String, EncodedCall> encoded = new LinkedHashMap<>();
      ((Map<String, RemoteCallable<Object>>) of(loader, "captured"))
          .forEach(
              (name, call) ->
                  encoded.put(name, Closures.encode(call, RemoteCallable.class, false)));
      return encoded;
    }

    private static Object of(ClassLoader loader, String what) throws Exception {
      return loader.loadClass("app.EqualReferences").getMethod(what).invoke(null);
    }
  }

  private static Object run(RemoteCallable<?> call, ClassLoader runner) {
    return run(Closures.encode(call, RemoteCallable.class, false), runner);
  }

  private static Object run(EncodedCall encoded, ClassLoader runner) {
    Reply reply = Closures.runHere(encoded, runner, null);
    return reply instanceof Reply.Result result
        ? result.value()
        : reply instanceof Reply.Failed failed ? failed.failure() : reply;
  }

  private static URLClassLoader loader(Compiler compiler) throws Exception {
    return new URLClassLoader(
        new URL[] {compiler.matrix().toUri().toURL()}, CompilersTest.class.getClassLoader());
  }

  @SuppressWarnings("unchecked")
  private static Map<String, RemoteCallable<?>> calls(ClassLoader loader) throws Exception {
    return (Map<String, RemoteCallable<?>>)
        loader.loadClass("app.Calls").getMethod("all").invoke(null);
  }
}
