package dev.flamepool.operator.backend;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A runner's output without the values of its variables. Pure. */
public final class Redaction {
  /** Shorter values would blot out half of every line and protect nothing. */
  private static final int SHORTEST_SECRET = 6;

  /** Names whose values people should read. */
  private static final Set<String> OPEN =
      Set.of("FLAME_POOL", "FLAME_RUNNER", "FLAME_BIND", "FLAME_CODE_VERSION");

  private Redaction() {}

  /** Replaces each value of the environment, and each of its lines, by asterisks. */
  public static String of(String text, Map<String, String> env) {
    List<String> secrets =
        env.entrySet().stream()
            .filter(entry -> !OPEN.contains(entry.getKey()))
            .map(Map.Entry::getValue)
            .flatMap(value -> Stream.concat(Stream.of(value), value.lines()))
            .map(String::strip)
            .filter(value -> value.length() >= SHORTEST_SECRET)
            .distinct()
            .sorted(Comparator.comparing(String::length).reversed())
            .toList();
    String redacted = text;
    for (String secret : secrets) {
      redacted = redacted.replace(secret, "***");
    }
    return redacted;
  }
}
