package dev.flamepool.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.Flame;
import dev.flamepool.Pool;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Applications whose classes the system loader does not know, called from any thread. */
class LoadersTest {
  private static final String RIGHT = "Answer[text=here] here app.Threads$Refused here";

  @TempDir Path classes;

  @BeforeEach
  void compile() {
    Compiler.JAVAC.compile(Path.of("src/test/matrix/Threads.java"), classes);
  }

  /** Library and application in one loader, as in a fat jar. */
  @Test
  @SuppressWarnings("unchecked")
  void aFatJarCallsFromAnyThread() throws Exception {
    List<URL> all = new ArrayList<>(List.of(classes.toUri().toURL()));
    for (String each : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      all.add(Path.of(each).toUri().toURL());
    }
    try (URLClassLoader fatJar =
        new URLClassLoader(all.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      allAreRight(
          (Map<String, String>)
              fatJar.loadClass("app.Threads").getMethod("connecting").invoke(null));
    }
  }

  /** The library above the application, as in a server, and connected to by somebody up there. */
  @Test
  @SuppressWarnings("unchecked")
  void anApplicationBelowTheLibraryCallsFromAnyThread() throws Exception {
    try (URLClassLoader war =
            new URLClassLoader(
                new URL[] {classes.toUri().toURL()}, LoadersTest.class.getClassLoader());
        Flame flame = Flame.inProcess()) {
      allAreRight(
          (Map<String, String>)
              war.loadClass("app.Threads")
                  .getMethod("calling", Pool.class)
                  .invoke(null, flame.pool("pool")));
      allAreRight(
          (Map<String, String>) war.loadClass("app.Threads").getMethod("connecting").invoke(null));
    }
  }

  private static void allAreRight(Map<String, String> said) {
    assertThat(said).isNotEmpty().allSatisfy((thread, all) -> assertThat(all).isEqualTo(RIGHT));
  }
}
