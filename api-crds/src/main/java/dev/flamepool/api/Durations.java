package dev.flamepool.api;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one way to read and write durations in the custom resources: {@code 30s}, {@code 5m}, {@code
 * 1m30s}, {@code 250ms}, {@code 24h}, and {@code never} where a field allows it.
 */
public final class Durations {
  /** What a field that must end accepts, as a schema pattern. */
  public static final String PATTERN = "^([0-9]{1,9}(ms|s|m|h))+$";

  /** What a field that may last for ever accepts, as a schema pattern. */
  public static final String PATTERN_OR_NEVER = "^(never|([0-9]{1,9}(ms|s|m|h))+)$";

  /** {@link #PATTERN} as a rule, for the message that a pattern cannot have. */
  public static final String RULE = "self.matches('" + PATTERN + "')";

  /** {@link #PATTERN_OR_NEVER} as a rule. */
  public static final String RULE_OR_NEVER = "self.matches('" + PATTERN_OR_NEVER + "')";

  /** What a refused duration is answered with. */
  public static final String REMEDY =
      "no duration: write numbers with the units ms, s, m or h, for example 30s, 5m or 1m30s";

  /** The same where there may be no limit. */
  public static final String REMEDY_OR_NEVER = REMEDY + ", or never";

  /** The word for no limit. */
  public static final String NEVER = "never";

  /** The longest text accepted. */
  public static final int MAX_LENGTH = 32;

  private static final Pattern PART = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  private Durations() {}

  /**
   * Reads a duration that must end.
   *
   * @param field the field's path, for the message
   * @param text for example {@code 1m30s}
   * @throws IllegalArgumentException naming the field, the value and the remedy
   */
  public static Duration parse(String field, String text) {
    return parseOrNever(field, text)
        .orElseThrow(() -> malformed(field, text, "'never' is not allowed here; "));
  }

  /**
   * Reads a duration; empty stands for {@code never}.
   *
   * @param field the field's path, for the message
   * @param text for example {@code 5m} or {@code never}
   * @throws IllegalArgumentException naming the field, the value and the remedy
   */
  public static Optional<Duration> parseOrNever(String field, String text) {
    if (NEVER.equals(text)) {
      return Optional.empty();
    }
    if (text == null || text.isEmpty() || text.length() > MAX_LENGTH) {
      throw malformed(field, text, "");
    }
    Duration sum = Duration.ZERO;
    Matcher part = PART.matcher(text);
    int at = 0;
    while (at < text.length()) {
      if (!part.find(at) || part.start() != at) {
        throw malformed(field, text, "");
      }
      sum = sum.plus(unit(Long.parseLong(part.group(1)), part.group(2)));
      at = part.end();
    }
    return Optional.of(sum);
  }

  /** Writes a duration in the shortest form that {@link #parse} reads back to the same value. */
  public static String format(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    StringBuilder text = new StringBuilder();
    append(text, duration.toHours(), "h");
    append(text, duration.toMinutesPart(), "m");
    append(text, duration.toSecondsPart(), "s");
    append(text, duration.toMillisPart(), "ms");
    return text.toString();
  }

  private static void append(StringBuilder text, long amount, String unit) {
    if (amount > 0) {
      text.append(amount).append(unit);
    }
  }

  private static Duration unit(long amount, String unit) {
    return switch (unit) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofHours(amount);
    };
  }

  private static IllegalArgumentException malformed(String field, String text, String why) {
    return new IllegalArgumentException(
        field
            + ": '"
            + text
            + "' is not a duration; "
            + why
            + "write numbers with the units ms, s, m or h, for example 30s, 5m or 1m30s");
  }
}
