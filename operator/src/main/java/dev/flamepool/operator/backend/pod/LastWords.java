package dev.flamepool.operator.backend.pod;

import dev.flamepool.wire.EndCause;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A container's termination message, in which a runner leaves why it ended: {@code flame: CODE
 * CAUSE WORDS}. Any program may leave something else there, and a kubelet its last log lines. Pure.
 */
final class LastWords {
  private static final Pattern LINE =
      Pattern.compile("^flame: \\d{1,3} ([A-Z_]+)(?: (.*))?$", Pattern.MULTILINE);

  private LastWords() {}

  /** The cause, as in a status; empty if no runner has left one. */
  static Optional<String> cause(@Nullable String message) {
    Matcher line = LINE.matcher(message == null ? "" : message);
    return line.find() ? Optional.of(EndCause.inStatus(line.group(1))) : Optional.empty();
  }

  /** What is for people. */
  static String words(@Nullable String message) {
    Matcher line = LINE.matcher(message == null ? "" : message);
    if (!line.find()) {
      return message == null ? "" : message.strip();
    }
    return line.group(2) == null ? "" : line.group(2);
  }
}
