package dev.flamepool.examples.quickstart;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The quickstart's processes. None outlives it: each gets a pipe that closes when this one dies.
 */
final class Children {
  private final Path folder;
  private final List<Process> started = new ArrayList<>();
  private volatile boolean ending;

  Children(Path folder) {
    this.folder = folder;
  }

  /** Starts a JVM whose output goes to a log file. */
  Process startQuietly(String name, String classPath, List<String> mainAndArguments)
      throws IOException {
    ProcessBuilder builder = java(classPath, mainAndArguments);
    builder.redirectErrorStream(true).redirectOutput(log(name).toFile());
    return start(builder);
  }

  /** Starts a JVM that shares this terminal. */
  Process startInFront(
      String classPath, List<String> mainAndArguments, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder = java(classPath, mainAndArguments);
    builder.environment().putAll(environment);
    builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
    builder.redirectError(log("application").toFile());
    return start(builder);
  }

  Path log(String name) {
    return folder.resolve(name + ".log");
  }

  private static ProcessBuilder java(String classPath, List<String> mainAndArguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp", classPath));
    command.addAll(mainAndArguments);
    return new ProcessBuilder(command);
  }

  private synchronized Process start(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    started.add(process);
    return process;
  }

  /** Ends everything, the last started first, and whatever runner is left by its recorded pid. */
  synchronized void end() {
    ending = true;
    for (int i = started.size() - 1; i >= 0; i--) {
      Process process = started.get(i);
      process.destroy();
      try {
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    try (Stream<Path> runners = Files.list(folder.resolve("runners"))) {
      runners.forEach(Children::endRunner);
    } catch (IOException none) {
      // no runner was ever started
    }
  }

  private static void endRunner(Path runner) {
    try {
      long pid = Long.parseLong(Files.readString(runner.resolve("pid")).strip());
      ProcessHandle.of(pid)
          .filter(p -> p.info().command().orElse("").contains("java"))
          .ifPresent(ProcessHandle::destroyForcibly);
    } catch (IOException | NumberFormatException gone) {
      // it ended by itself
    }
  }

  /** Whether everything is being ended: what fails then is no failure. */
  boolean ending() {
    return ending;
  }

  static String classPath(Path jar) throws IOException {
    List<String> entries = new ArrayList<>(List.of(jar.toString()));
    try (Stream<Path> libs = Files.list(jar.resolveSibling("lib"))) {
      libs.map(Path::toString).sorted().forEach(entries::add);
    }
    return String.join(File.pathSeparator, entries);
  }
}
