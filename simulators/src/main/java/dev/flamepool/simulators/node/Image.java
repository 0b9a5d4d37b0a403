package dev.flamepool.simulators.node;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What stands in for a container image.
 *
 * @param classPath what {@code java} finds in it, absolute paths of this host; empty for a program
 * @param entrypoint the words that run it, which a container's {@code command} replaces
 */
public record Image(String classPath, List<String> entrypoint) {
  private static final String COMMAND = "exec:";
  private static final String RUNNER = "dev.flamepool.RunnerMain";
  private static final String JVM_OPTION = "-XX:+UseSerialGC";

  /** Copies what it is given. */
  public Image {
    entrypoint = List.copyOf(entrypoint);
  }

  /** An application that is a runner and nothing else. */
  public static Image ofClassPath(String classPath) {
    return ofClassPath(classPath, RUNNER);
  }

  /** An application with a main class, and arguments of the image's own. */
  public static Image ofClassPath(String classPath, String main, String... arguments) {
    String here = absolute(classPath);
    List<String> words = new ArrayList<>(List.of("java", JVM_OPTION));
    words.addAll(List.of("-cp", here, main));
    words.addAll(List.of(arguments));
    return new Image(here, words);
  }

  /** A program of this host and its arguments. */
  public static Image ofCommand(String... command) {
    return new Image("", List.of(command));
  }

  /**
   * A command line's form: {@code exec:} and words, or a class path, before which a main class and
   * {@code @} may stand.
   */
  static Image parse(String text) {
    if (text.startsWith(COMMAND)) {
      return ofCommand(text.substring(COMMAND.length()).strip().split("\\s+", -1));
    }
    int at = text.indexOf('@');
    return at < 0 ? ofClassPath(text) : ofClassPath(text.substring(at + 1), text.substring(0, at));
  }

  /** The main class, if it is an application's. */
  String main() {
    return classPath.isEmpty() ? "" : entrypoint.get(4);
  }

  /** Containers have working directories of their own. */
  private static String absolute(String classPath) {
    return Arrays.stream(classPath.split(File.pathSeparator, -1))
        .filter(entry -> !entry.isEmpty())
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
