package dev.flamepool.operator.backend.fly;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Fly API token as people paste it: with {@code FlyV1} or {@code Bearer} in front, once or more,
 * as {@code fly tokens create} prints it, or without. Never printed.
 */
final class FlyToken {
  private static final Pattern SCHEME =
      Pattern.compile("^(bearer|flyv1)\\s+", Pattern.CASE_INSENSITIVE);
  private static final Pattern MACAROON = Pattern.compile("^fm(2|1r|1a)_.*", Pattern.DOTALL);

  private final String header;

  private FlyToken(String header) {
    this.header = header;
  }

  /** Normalises a token; empty text is no token and is refused by Fly. */
  static FlyToken of(String pasted) {
    String text = pasted.strip();
    for (String before = ""; !before.equals(text); ) {
      before = text;
      text = SCHEME.matcher(text).replaceFirst("").strip();
    }
    // Anything that is no visible ASCII cannot be in a header, and would be quoted by whoever says
    // so.
    String tokens =
        Arrays.stream(text.split(",", -1))
            .map(token -> token.replaceAll("[^\\x21-\\x7e]", ""))
            .filter(token -> !token.isEmpty())
            .collect(Collectors.joining(","));
    boolean macaroon =
        Arrays.stream(tokens.split(",", -1))
            .anyMatch(token -> MACAROON.matcher(token.toLowerCase(Locale.ROOT)).matches());
    return new FlyToken((macaroon ? "FlyV1 " : "Bearer ") + tokens);
  }

  /** The value of the {@code Authorization} header. */
  String header() {
    return header;
  }

  /** Text with everything of this token in it made unreadable. */
  String redact(String text) {
    String redacted = text;
    for (String part : header.substring(header.indexOf(' ') + 1).split(",", -1)) {
      redacted = part.length() < 8 ? redacted : redacted.replace(part, "[token]");
    }
    return redacted;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FlyToken token && token.header.equals(header);
  }

  @Override
  public int hashCode() {
    return header.hashCode();
  }

  @Override
  public String toString() {
    return "FlyToken";
  }
}
