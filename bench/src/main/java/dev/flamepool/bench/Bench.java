package dev.flamepool.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Measures, on this machine and in one run, what a call costs: {@code Pool.call} over mutual TLS to
 * a real runner, beside a raw TCP echo of the same bytes, and how long a cold runner takes to its
 * first result. Needs no cluster and talks to loopback only.
 */
public final class Bench {
  private Bench() {}

  /** Prints the table to standard output, and what is being done to standard error. */
  public static void main(String[] args) throws Exception {
    if (List.of(args).contains("--help")) {
      System.out.print(Options.USAGE);
      return;
    }
    Options options;
    try {
      options = Options.parse(List.of(args));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(Options.USAGE);
      System.exit(2);
      return;
    }
    Path folder = Files.createTempDirectory("flamepool-bench");
    try {
      System.out.print(run(options, folder, line -> System.err.println("  " + line)));
    } finally {
      delete(folder);
    }
  }

  /**
   * Measures.
   *
   * @return the table
   */
  static String run(Options options, Path folder, Progress progress) throws Exception {
    Samples samples = new Samples();
    for (int round = 1; round <= options.rounds(); round++) {
      progress.say("calls: round " + round + " of " + options.rounds());
      round(options, Files.createDirectories(folder.resolve("round-" + round)), samples);
    }
    if (options.coldRuns() > 0) {
      ColdStart.run(options, Files.createDirectories(folder.resolve("cold")), samples, progress);
    }
    return Report.of(samples, options);
  }

  private static void round(Options options, Path folder, Samples samples) throws Exception {
    Process process =
        new ProcessBuilder(
                Jvm.command(
                    Jvm.classPath(),
                    Jvm.steady(options.heap()),
                    Round.class.getName(),
                    options.encode(),
                    folder.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Thread hook = new Thread(process::destroy);
    Runtime.getRuntime().addShutdownHook(hook);
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int space = line.lastIndexOf(' ');
        samples.add(line.substring(0, space), Double.parseDouble(line.substring(space + 1)));
      }
    }
    int code = process.waitFor();
    Runtime.getRuntime().removeShutdownHook(hook);
    if (code != 0) {
      throw new IOException("the round ended with exit code " + code + ", see above");
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
