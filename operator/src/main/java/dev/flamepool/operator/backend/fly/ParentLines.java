package dev.flamepool.operator.backend.fly;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code FLAME_PARENT}, so that a backend can replace the lines that it knows better. */
final class ParentLines {
  static final String VARIABLE = "FLAME_PARENT";

  private final Map<String, String> lines = new LinkedHashMap<>();

  private ParentLines() {}

  static ParentLines of(String text) throws BackendException {
    ParentLines parent = new ParentLines();
    try {
      new String(Base64.getDecoder().decode(text), UTF_8)
          .lines()
          .forEach(
              line -> {
                int at = line.indexOf('=');
                if (at > 0) {
                  parent.lines.put(line.substring(0, at), line.substring(at + 1));
                }
              });
    } catch (IllegalArgumentException e) {
      throw new BackendException(
          Kind.CONFIGURATION, "the boot Secret is malformed: " + VARIABLE + " is not base64");
    }
    return parent;
  }

  void put(String key, String value) {
    lines.put(key, value);
  }

  long number(String key) throws BackendException {
    try {
      return Long.parseLong(lines.getOrDefault(key, ""));
    } catch (NumberFormatException e) {
      throw new BackendException(
          Kind.CONFIGURATION, "the boot Secret is malformed: " + VARIABLE + " lacks " + key);
    }
  }

  String text() {
    String all =
        lines.entrySet().stream()
            .map(line -> line.getKey() + "=" + line.getValue() + "\n")
            .collect(Collectors.joining());
    return Base64.getEncoder().encodeToString(all.getBytes(UTF_8));
  }
}
