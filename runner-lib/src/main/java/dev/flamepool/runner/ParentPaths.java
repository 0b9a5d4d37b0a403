package dev.flamepool.runner;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;

/**
 * Paths in {@code FLAME_PARENT} that are the process's own affair, and so no part of {@link
 * dev.flamepool.FlameParent}. No streams: every boot comes here.
 */
final class ParentPaths {
  private ParentPaths() {}

  /** What the line {@code key=} says; empty without one. */
  static Optional<Path> path(String parent, String key) {
    String lines = "\n" + decoded(parent);
    String start = "\n" + key + "=";
    int at = lines.indexOf(start);
    if (at < 0) {
      return Optional.empty();
    }
    int from = at + start.length();
    int end = lines.indexOf('\n', from);
    String path = lines.substring(from, end < 0 ? lines.length() : end);
    return path.isEmpty() ? Optional.empty() : Optional.of(Path.of(path));
  }

  /** The same text without that line. */
  static String without(String parent, String key) {
    StringBuilder rest = new StringBuilder();
    for (String line : decoded(parent).split("\n", -1)) {
      if (!line.isEmpty() && !line.startsWith(key + "=")) {
        rest.append(line).append('\n');
      }
    }
    return Base64.getEncoder().encodeToString(rest.toString().getBytes(UTF_8));
  }

  private static String decoded(String parent) {
    try {
      return new String(Base64.getDecoder().decode(parent.trim()), UTF_8);
    } catch (IllegalArgumentException e) {
      return ""; // said by FlameParent, better
    }
  }
}
