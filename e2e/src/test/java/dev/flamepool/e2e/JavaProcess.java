package dev.flamepool.e2e;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A JVM of the system under test, with its output in a file. */
final class JavaProcess implements AutoCloseable {
  /** Options of a JVM that compiles once only: most of its life is its start. */
  static final List<String> SHORT_LIVED = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  /** As the tests' own JVM has it; without it there is a thread for each answer of the cluster. */
  private static final List<String> OF_TESTS =
      Stream.of(
              "java.util.concurrent.ForkJoinPool.common.parallelism", "jdk.tls.client.cipherSuites")
          .filter(name -> System.getProperty(name) != null)
          .map(name -> "-D" + name + "=" + System.getProperty(name))
          .toList();

  private final Process process;
  private final Path log;

  private JavaProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  static JavaProcess start(
      Path log, List<String> mainAndArguments, Map<String, String> environment) {
    return start(log, classPath(), mainAndArguments, environment);
  }

  /** The same with another class path. */
  static JavaProcess start(
      Path log, String classPath, List<String> mainAndArguments, Map<String, String> environment) {
    List<String> arguments = new ArrayList<>(ClassArchive.options());
    arguments.addAll(OF_TESTS);
    arguments.addAll(List.of("-cp", classPath));
    arguments.addAll(mainAndArguments);
    return startJvm(log, arguments, environment);
  }

  /** A JVM with those arguments, its class path among them. */
  static JavaProcess startJvm(Path log, List<String> arguments, Map<String, String> environment) {
    List<String> command = new ArrayList<>(List.of(java()));
    command.addAll(SHORT_LIVED);
    command.add("-Xmx256m");
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      return new JavaProcess(builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Options of a runner with this class path or one that begins with it, and more. */
  static List<String> runnerOptions(String... more) {
    List<String> options = new ArrayList<>(ClassArchive.options());
    options.addAll(SHORT_LIVED);
    options.add("-Xmx64m");
    options.addAll(List.of(more));
    return options;
  }

  /** The command that this JVM was started with. */
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /**
   * This JVM's class path, jars first. Without empty entries: they stand for the working directory,
   * which differs. And without the example that has a jar of its own: a runner has one application.
   */
  static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.isEmpty() && !entry.contains("web-spring"))
        .sorted(Comparator.comparing(entry -> !entry.endsWith(".jar")))
        .collect(Collectors.joining(File.pathSeparator));
  }

  void say(String line) {
    try {
      process.outputWriter().write(line + "\n");
      process.outputWriter().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> output() {
    try {
      return Files.readAllLines(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** kill -9, and waits until it is dead. */
  void kill() {
    process.destroyForcibly();
    await();
  }

  /** SIGTERM, and waits until it has ended. */
  void terminate() {
    process.destroy();
    await();
  }

  /** Waits until it ends by itself. */
  int exitCode() {
    await();
    return process.exitValue();
  }

  private void await() {
    try {
      if (!process.waitFor(40, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("did not end within 40 s; its log is " + log);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      terminate();
    }
  }
}
