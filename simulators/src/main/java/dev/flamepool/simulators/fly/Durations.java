package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them: {@code "1m30s"}, or nanoseconds as a number. */
final class Durations {
  private static final Pattern GO = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|ms|s|m|h)");

  private Durations() {}

  /**
   * The duration in a field.
   *
   * @param otherwise if the field is absent
   * @throws FlyError if it is no duration
   */
  static Duration of(JsonNode field, Duration otherwise) throws FlyError {
    if (field.isMissingNode() || field.isNull() || field.asText().isEmpty()) {
      return otherwise;
    }
    if (field.isIntegralNumber()) {
      return Duration.ofNanos(field.asLong());
    }
    Matcher part = GO.matcher(field.asText());
    double nanos = 0;
    int end = 0;
    while (part.find() && part.start() == end) {
      nanos += Double.parseDouble(part.group(1)) * nanos(part.group(2));
      end = part.end();
    }
    if (end == 0 || end != field.asText().length()) {
      throw FlyError.of(400, "invalid_argument: invalid duration \"" + field.asText() + "\"");
    }
    return Duration.ofNanos((long) nanos);
  }

  private static double nanos(String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "us" -> 1e3;
      case "ms" -> 1e6;
      case "s" -> 1e9;
      case "m" -> 60e9;
      default -> 3600e9;
    };
  }
}
