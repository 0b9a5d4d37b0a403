package dev.flamepool.runner;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.wire.ParentLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Environment variables whose values a backend must not show in its API: they lie in a file, and
 * {@code FLAME_PARENT} says where ({@code env=<path>}). A JVM cannot change its own environment, so
 * this process starts its own command once more with them, hands on signals and exit code, and does
 * nothing else. Without such a file there is no second process.
 *
 * <p>The file holds {@code NAME=value} in UTF-8, each ended by a NUL.
 */
final class SecretEnv {
  private static final String KEY = "env";
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  private SecretEnv() {}

  /**
   * Returns at once in a process that has its whole environment; in another one never: it ends as
   * the process that it starts.
   *
   * @throws IOException if the file or the own command cannot be read, or the start fails
   */
  static void complete() throws IOException {
    ParentLines parent = ParentLines.ofProcess();
    String file = parent.get(KEY);
    if (file == null || file.isEmpty()) {
      return;
    }
    ProcessBuilder again = new ProcessBuilder(command()).inheritIO();
    again.environment().putAll(read(Files.readAllBytes(Path.of(file))));
    again.environment().put(ParentLines.VARIABLE, parent.without(KEY).text());
    Process child = again.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(child), "flame-hand-on-signal"));
    Runtime.getRuntime().halt(exitCode(child));
  }

  /** Reads the file's content. */
  static Map<String, String> read(byte[] content) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (String entry : new String(content, UTF_8).split("\0", -1)) {
      int at = entry.indexOf('=');
      if (at > 0) {
        variables.put(entry.substring(0, at), entry.substring(at + 1));
      }
    }
    return variables;
  }

  /** This process's own, word by word, whatever launched it. */
  private static List<String> command() throws IOException {
    ProcessHandle.Info self = ProcessHandle.current().info();
    List<String> command = new ArrayList<>();
    command.add(
        self.command().orElse(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    if (Files.isReadable(COMMAND_LINE)) {
      // The JDK's own answer stops at 4096 bytes.
      String[] words = Files.readString(COMMAND_LINE, UTF_8).split("\0", -1);
      command.addAll(Arrays.asList(words).subList(1, Math.max(1, words.length - 1)));
    } else {
      command.addAll(
          Arrays.asList(
              self.arguments()
                  .orElseThrow(() -> new IOException("this system hides a process's arguments"))));
    }
    return command;
  }

  private static void end(Process child) {
    child.destroy();
    Runtime.getRuntime().halt(exitCode(child));
  }

  private static int exitCode(Process child) {
    while (true) {
      try {
        return child.waitFor();
      } catch (InterruptedException e) {
        // it still has to be waited for: without this process the machine ends
      }
    }
  }
}
