package dev.flamepool.runner;

import static dev.flamepool.runner.TestRunner.call;
import static dev.flamepool.runner.TestRunner.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.Flame;
import dev.flamepool.wire.SlotConnection;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An application whose main Spring Boot's DevTools start anew. */
@Timeout(60)
class DevToolsTest {
  private static final String SWITCH = "spring.devtools.restart.enabled";

  @TempDir Path folder;

  /** Does what DevTools do: main once more on another thread, and an exception for the first. */
  public static void main(String[] args) {
    if (Flame.serveIfRunner(DevToolsTest::run)) {
      return;
    }
    throw new IllegalStateException("this is no runner");
  }

  private static void run() {
    if (!"false".equals(System.getProperty(SWITCH))) {
      new Thread(() -> main(new String[0]), "restartedMain").start();
      throw new IllegalStateException("the first main ends in silence");
    }
  }

  private ChildRunner runner(String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("main=" + DevToolsTest.class.getName());
    all.add("cp=" + folder.resolve("spring-boot-devtools-9.9.9.jar"));
    return new ChildRunner(folder, 500, all.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-Da=b", "-D" + SWITCH + "=true"})
  void aRunnerIsNotStartedTwiceAndSaysSo(String option) throws Exception {
    try (ChildRunner runner = runner(option);
        SlotConnection s = runner.slot(1)) {
      assertThat(value(call(s, () -> 1))).isEqualTo(1);
      assertThat(runner.file("output.log"))
          .containsOnlyOnce("DevTools are on the class path")
          .contains("write -D" + SWITCH + "=false into the pool's jvmOptions");
    }
  }

  @Test
  void whoeverHasSwitchedThemOffHearsNothing() throws Exception {
    try (ChildRunner runner = runner("-D" + SWITCH + "=false");
        SlotConnection s = runner.slot(1)) {
      assertThat(value(call(s, () -> 1))).isEqualTo(1);
      assertThat(runner.file("output.log")).doesNotContain("DevTools");
    }
  }

  /** A process of its own, as it is said once in each. */
  public static final class Caller {
    private Caller() {}

    /** Connects twice, below a loader as DevTools have it or not. */
    public static void main(String[] args) throws Exception {
      Path kubeconfig = Path.of(args[0]);
      ClassLoader loader = Caller.class.getClassLoader();
      if (args.length > 1) {
        Path classes = Path.of(args[1]);
        loader =
            (ClassLoader)
                new URLClassLoader(new URL[] {classes.toUri().toURL()})
                    .loadClass(
                        "org.springframework.boot.devtools.restart.classloader.RestartClassLoader")
                    .getConstructor(URL[].class, ClassLoader.class)
                    .newInstance(new URL[0], loader);
      }
      for (int i = 0; i < 2; i++) {
        Flame.builder().kubeconfig(kubeconfig).applicationClassLoader(loader).connect().close();
      }
    }
  }

  private String caller(Path... more) throws Exception {
    Path kubeconfig =
        Files.writeString(
            folder.resolve("kubeconfig"),
            """
            clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
            contexts: [{name: x, context: {cluster: c}}]
            current-context: x
            """);
    ProcessBuilder java =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Caller.class.getName(),
            kubeconfig.toString());
    for (Path each : more) {
      java.command().add(each.toString());
    }
    Process process = java.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  @Test
  void aCallerThatTheyRestartIsWarnedOnceWithTheLineToWrite() throws Exception {
    Path source = folder.resolve("RestartClassLoader.java");
    Files.writeString(
        source,
        """
        package org.springframework.boot.devtools.restart.classloader;
        public class RestartClassLoader extends java.net.URLClassLoader {
          public RestartClassLoader(java.net.URL[] urls, ClassLoader parent) {
            super(urls, parent);
          }
        }
        """);
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", folder.toString(), source.toString()))
        .isZero();
    assertThat(caller(folder))
        .containsOnlyOnce("DevTools restart this application")
        .contains("-D" + SWITCH + "=false", "CodeVersionMismatchException");
    assertThat(caller()).doesNotContain("DevTools");
  }
}
