package dev.flamepool.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.RemoteCallable;
import dev.flamepool.closure.Closures;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Reply;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever compiled the application: its calls are encoded from the classes of one loader and run
 * by those of another, neither of which the library's own loader knows, as in two processes.
 */
class CompilersTest {
  private static final Path MATRIX = Path.of("src/test/matrix");

  @TempDir Path classes;

  @ParameterizedTest
  @EnumSource
  void everyCallRuns(Compiler compiler) throws Exception {
    compiler.compile(MATRIX.resolve(compiler.file()), classes);
    Map<String, Object> outcomes = new TreeMap<>();
    Map<String, Object> expected = new TreeMap<>();
    try (URLClassLoader caller = loader();
        URLClassLoader runner = loader()) {
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

  private static Object run(RemoteCallable<?> call, ClassLoader runner) {
    EncodedCall encoded = Closures.encode(call, RemoteCallable.class, false);
    Reply reply = Closures.runHere(encoded, runner, null);
    return reply instanceof Reply.Result result
        ? result.value()
        : reply instanceof Reply.Failed failed ? failed.failure() : reply;
  }

  private URLClassLoader loader() throws Exception {
    return new URLClassLoader(
        new URL[] {classes.toUri().toURL()}, CompilersTest.class.getClassLoader());
  }

  @SuppressWarnings("unchecked")
  private static Map<String, RemoteCallable<?>> calls(ClassLoader loader) throws Exception {
    return (Map<String, RemoteCallable<?>>)
        loader.loadClass("app.Calls").getMethod("all").invoke(null);
  }
}
