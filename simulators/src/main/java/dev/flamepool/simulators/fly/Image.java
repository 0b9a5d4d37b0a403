package dev.flamepool.simulators.fly;

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

  /** A command line's form: a class path, or {@code exec:} and words separated by spaces. */
  static Image parse(String text) {
    return text.startsWith(COMMAND)
        ? ofCommand(text.substring(COMMAND.length()).strip().split("\\s+", -1))
        : ofClassPath(text, "-XX:+UseSerialGC");
  }
}
