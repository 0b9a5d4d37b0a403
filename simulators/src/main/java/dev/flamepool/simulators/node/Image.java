package dev.flamepool.simulators.node;

import dev.flamepool.simulators.JavaForm;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands in for a container image.
 *
 * @param classPath what {@code java} finds in it, absolute paths of this host; empty for a program
 * @param entrypoint the words that run it, which a container's {@code command} replaces
 */
public record Image(String classPath, List<String> entrypoint) {
  private static final String COMMAND = "exec:";
  private static final String RUNNER = "dev.flamepool.RunnerMain";
  private static final String CLASS_PATH = "-cp";
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
    return of(List.of(), classPath, main, arguments);
  }

  private static Image of(
      List<String> options, String classPath, String main, String... arguments) {
    String here = JavaForm.absolute(classPath);
    List<String> words = new ArrayList<>(List.of("java", JVM_OPTION));
    words.addAll(options);
    words.addAll(List.of(CLASS_PATH, here, main));
    words.addAll(List.of(arguments));
    return new Image(here, words);
  }

  /** A program of this host and its arguments. */
  public static Image ofCommand(String... command) {
    return new Image("", List.of(command));
  }

  /**
   * A command line's form: {@code exec:} and words, or options of the JVM and a class path, before
   * which a main class and {@code @} may stand.
   */
  static Image parse(String text) {
    if (text.startsWith(COMMAND)) {
      return ofCommand(text.substring(COMMAND.length()).strip().split("\\s+", -1));
    }
    JavaForm form = JavaForm.parse(text);
    String rest = form.rest();
    int at = rest.indexOf('@');
    return of(form.options(), rest.substring(at + 1), at < 0 ? RUNNER : rest.substring(0, at));
  }

  /** The main class, if it is an application's. */
  String main() {
    return classPath.isEmpty() ? "" : entrypoint.get(entrypoint.indexOf(CLASS_PATH) + 2);
  }
}
