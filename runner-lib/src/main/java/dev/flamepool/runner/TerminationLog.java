package dev.flamepool.runner;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.wire.EndCause;
import dev.flamepool.wire.ParentLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a container leaves why it ended, if {@code FLAME_PARENT} says so ({@code
 * lastWords=<path>}): it outlives the process, and whoever comes later reads it.
 */
final class TerminationLog {
  private static final String KEY = "lastWords";

  private final @Nullable Path file;

  private TerminationLog(@Nullable Path file) {
    this.file = file;
  }

  /** This process's. */
  static TerminationLog ofProcess() {
    String file = ParentLines.ofProcess().get(KEY);
    return new TerminationLog(file == null || file.isEmpty() ? null : Path.of(file));
  }

  /**
   * One line: code, cause, message. What has failed is told without: it may quote what only the
   * application knows, and more people read this than its log.
   */
  void ended(EndCause cause, String message) {
    if (file == null) {
      return;
    }
    String words = cause == EndCause.FAILED ? "" : " " + message.replace('\n', ' ');
    String line = "flame: " + cause.exitCode() + " " + cause + words + "\n";
    try {
      Files.write(file, line.getBytes(UTF_8));
    } catch (IOException e) {
      Say.info("could not write why it ends to " + file + ": " + e);
    }
  }
}
