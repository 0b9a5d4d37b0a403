package dev.flamepool.simulators.fly;

import dev.flamepool.simulators.JavaForm;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands in for an image: the command that its machines run, as an image has it.
 *
 * @param entrypoint the first words
 * @param cmd the words after them, which a create call's {@code init.cmd} replaces
 */
public record Image(List<String> entrypoint, List<String> cmd) {
  private static final String COMMAND = "exec:";

  /** Copies what it is given. */
  public Image {
    entrypoint = List.copyOf(entrypoint);
    cmd = List.copyOf(cmd);
  }

  /**
   * An application with FlamePool's library: its machines run {@code dev.flamepool.RunnerMain} on
   * this JVM's java.
   *
   * @param classPath absolute paths; it stays the same when machines are started later
   */
  public static Image ofClassPath(String classPath, String... jvmOptions) {
    List<String> entrypoint = new ArrayList<>(List.of("java"));
    entrypoint.addAll(List.of(jvmOptions));
    entrypoint.addAll(List.of("-cp", classPath));
    return new Image(entrypoint, List.of("dev.flamepool.RunnerMain"));
  }

  /** A program of this host and its arguments. */
  public static Image ofCommand(String... command) {
    return new Image(List.of(), List.of(command));
  }

  /**
   * A command line's form: options of the JVM and a class path, or {@code exec:} and words
   * separated by spaces.
   */
  static Image parse(String text) {
    if (text.startsWith(COMMAND)) {
      return ofCommand(text.substring(COMMAND.length()).strip().split("\\s+", -1));
    }
    JavaForm form = JavaForm.parse(text);
    List<String> options = new ArrayList<>(List.of("-XX:+UseSerialGC"));
    options.addAll(form.options());
    return ofClassPath(JavaForm.absolute(form.rest()), options.toArray(String[]::new));
  }
}
