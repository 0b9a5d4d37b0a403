package dev.flamepool.operator.backend.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.Redaction;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The last lines of a runner's output, bounded and without secrets. */
final class Output {
  private static final int LINES = 50;
  private static final int LINE_LENGTH = 512;
  private static final int TAIL_BYTES = 64 * 1024;

  private Output() {}

  /** The last lines of a folder's output; empty if there is none. */
  static List<String> lastLines(RunnerFolder folder) throws IOException {
    Path env = folder.boot().resolve(Boot.ENV_FILE);
    Map<String, String> secrets =
        Files.exists(env) ? Boot.variables(Files.readAllBytes(env)) : Map.of();
    return lines(Redaction.of(tail(folder.output()), secrets));
  }

  private static List<String> lines(String text) {
    List<String> all = text.lines().toList();
    return all.subList(Math.max(0, all.size() - LINES), all.size()).stream()
        .map(line -> line.length() <= LINE_LENGTH ? line : line.substring(0, LINE_LENGTH))
        .toList();
  }

  private static String tail(Path file) throws IOException {
    if (!Files.exists(file)) {
      return "";
    }
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      long from = Math.max(0, in.length() - TAIL_BYTES);
      byte[] bytes = new byte[(int) (in.length() - from)];
      in.seek(from);
      in.readFully(bytes);
      String text = new String(bytes, UTF_8);
      // A line cut in two could show the rest of a secret that is not recognised any more.
      return from == 0 ? text : text.substring(text.indexOf('\n') + 1);
    }
  }
}
