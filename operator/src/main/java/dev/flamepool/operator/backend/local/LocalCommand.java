package dev.flamepool.operator.backend.local;

import dev.flamepool.api.LocalBackend;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The command line of a local runner. */
final class LocalCommand {
  static final String DEFAULT_MAIN = "dev.flamepool.RunnerMain";

  /** A system property that marks a runner's process, so that it can be found without its pid. */
  private static final String MARKER = "-Dflamepool.runner=";

  private final @Nullable String defaultClassPath;

  /** Relative entries of the default are taken from the operator's own working directory. */
  LocalCommand(@Nullable String defaultClassPath) {
    this.defaultClassPath =
        defaultClassPath == null || defaultClassPath.isBlank()
            ? null
            : Arrays.stream(defaultClassPath.split(File.pathSeparator, -1))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
  }

  /** The argument that only this runner's process has. */
  static String marker(String runnerUid) {
    return MARKER + runnerUid;
  }

  Optional<String> validate(@Nullable LocalBackend local) {
    if (local == null) {
      return Optional.of("local is missing: this operator part boots local runners only");
    }
    if (local.directory() != null && !Files.isDirectory(Path.of(local.directory()))) {
      return Optional.of(
          "local.directory " + local.directory() + " is no directory: create it, or leave it out");
    }
    if (local.command() == null && classPath(local) == null) {
      return Optional.of(
          "local.classPath is not given and the operator was started without --local-class-path:"
              + " give one of them, or local.command");
    }
    if (local.command() != null && local.command().isEmpty()) {
      return Optional.of("local.command is empty: name the program to start, or leave it out");
    }
    return Optional.empty();
  }

  List<String> line(LocalBackend local, String runnerUid) {
    if (local.command() != null) {
      return local.command();
    }
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Without a locale in its environment a JVM would read its environment as ASCII.
    line.add("-Dfile.encoding=UTF-8");
    line.add(marker(runnerUid));
    if (local.jvmOptions() != null) {
      line.addAll(local.jvmOptions());
    }
    line.add("-cp");
    line.add(String.valueOf(classPath(local)));
    line.add(local.mainClass() == null ? DEFAULT_MAIN : local.mainClass());
    return line;
  }

  private @Nullable String classPath(LocalBackend local) {
    return local.classPath() == null ? defaultClassPath : local.classPath();
  }
}
