package dev.flamepool.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The text of {@code FLAME_PARENT}: base64 of UTF-8 {@code key=value} lines. Operator and runner
 * both read and write it here. What one of them does not know is kept. Immutable. No streams: every
 * boot comes here.
 */
public final class ParentLines {
  /** The environment variable that makes a process a runner. */
  public static final String VARIABLE = "FLAME_PARENT";

  /** No lines yet. */
  public static final ParentLines NONE = new ParentLines(Map.of());

  private final Map<String, String> lines;

  private ParentLines(Map<String, String> lines) {
    this.lines = lines;
  }

  /**
   * Reads it; what is no {@code key=value} is left out.
   *
   * @throws IllegalArgumentException if it is not base64
   */
  public static ParentLines of(String text) {
    byte[] raw;
    try {
      raw = Base64.getDecoder().decode(text.trim());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(VARIABLE + " is not base64; only the operator sets it", e);
    }
    String all = new String(raw, UTF_8);
    Map<String, String> lines = new LinkedHashMap<>();
    for (int at = 0; at < all.length(); ) {
      int end = all.indexOf('\n', at);
      end = end < 0 ? all.length() : end;
      int eq = all.indexOf('=', at);
      if (eq > at && eq < end) {
        lines.put(all.substring(at, eq), all.substring(eq + 1, end));
      }
      at = end + 1;
    }
    return new ParentLines(lines);
  }

  /** Those of this process; none where it was told nothing that can be read. */
  public static ParentLines ofProcess() {
    String text = System.getenv(VARIABLE);
    try {
      return text == null ? NONE : of(text);
    } catch (IllegalArgumentException e) {
      return NONE; // whoever decodes the parent says so
    }
  }

  /** The value of a line; null without one. */
  public @Nullable String get(String key) {
    return lines.get(key);
  }

  /**
   * With a line more, or another one of that key.
   *
   * @throws IllegalArgumentException if its text holds a line break
   */
  public ParentLines with(String key, Object value) {
    String text = value.toString();
    if (text.indexOf('\n') >= 0) {
      throw new IllegalArgumentException(VARIABLE + " " + key + " holds a line break");
    }
    Map<String, String> more = new LinkedHashMap<>(lines);
    more.put(key, text);
    return new ParentLines(more);
  }

  /** Without that line. */
  public ParentLines without(String key) {
    Map<String, String> fewer = new LinkedHashMap<>(lines);
    fewer.remove(key);
    return new ParentLines(fewer);
  }

  /** As the variable holds it. */
  public String text() {
    StringBuilder all = new StringBuilder(512);
    for (Map.Entry<String, String> line : lines.entrySet()) {
      all.append(line.getKey()).append('=').append(line.getValue()).append('\n');
    }
    return Base64.getEncoder().encodeToString(all.toString().getBytes(UTF_8));
  }
}
