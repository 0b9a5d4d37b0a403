package dev.flamepool.simulators;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A command line's form of a Java application: options of its JVM, each followed by a space, and
 * the rest.
 *
 * @param options as {@code java} takes them
 * @param rest begins with its class path, or with what a simulator has before that
 */
public record JavaForm(List<String> options, String rest) {
  /** Copies what it is given. */
  public JavaForm {
    options = List.copyOf(options);
  }

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException if nothing follows the options
   */
  public static JavaForm parse(String text) {
    List<String> options = new ArrayList<>();
    String rest = text.strip();
    while (rest.startsWith("-")) {
      int end = rest.indexOf(' ');
      if (end < 0) {
        throw new IllegalArgumentException(
            "the image '" + text + "' has no class path: write it after the options, and a space");
      }
      options.add(rest.substring(0, end));
      rest = rest.substring(end).strip();
    }
    return new JavaForm(options, rest);
  }

  /** A class path from anywhere: machines have working directories of their own. */
  public static String absolute(String classPath) {
    return Arrays.stream(classPath.split(File.pathSeparator, -1))
        .filter(entry -> !entry.isEmpty())
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
