package dev.flamepool.examples.quickstart;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The application that calls, as a process of its own that shares this terminal. */
final class Application implements AutoCloseable {
  private static final String MAIN = "dev.flamepool.examples.thumbnails.ThumbnailsApp";

  private final Path jar;
  private final Path log;
  private volatile @Nullable Process process;

  Application(Path jar, Path folder) {
    this.jar = jar;
    this.log = folder.resolve("application.log");
  }

  Process start(Path kubeconfig, Path images, Path results) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-cp",
            classPath(),
            MAIN,
            images.toString(),
            results.toString());
    builder.environment().put("KUBECONFIG", kubeconfig.toString());
    builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
    builder.redirectError(log.toFile());
    Process started = builder.start();
    process = started;
    return started;
  }

  /** What it writes to standard error. */
  Path log() {
    return log;
  }

  /** Its jar and all that lie in {@code lib} beside it: what a runner is made from, too. */
  String classPath() throws IOException {
    List<String> entries = new ArrayList<>(List.of(jar.toString()));
    try (Stream<Path> libs = Files.list(jar.resolveSibling("lib"))) {
      libs.map(Path::toString).sorted().forEach(entries::add);
    }
    return String.join(File.pathSeparator, entries);
  }

  @Override
  public void close() {
    Process started = process;
    if (started == null) {
      return;
    }
    started.destroy();
    try {
      if (!started.waitFor(5, TimeUnit.SECONDS)) {
        started.destroyForcibly();
      }
    } catch (InterruptedException e) {
      started.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
