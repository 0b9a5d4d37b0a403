package dev.flamepool.wire;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a peer says, field by field, checked where it is read: nothing behind this has to think of
 * less than none, of a name of 16 kB, or of a line feed in a log. Pure.
 */
final class Said {
  /** Calls on one runner: {@code spec.maxConcurrency} ends there. */
  static final int MAX_CALLS = 10_000;

  /** Of callers and of their connections to one runner. */
  static final int MAX_PEERS = 1_000_000;

  /** A code version, as in the statuses that it is written to. */
  static final int MAX_VERSION = 128;

  /** A namespace and a pool's name, with room. */
  static final int MAX_POOL = 256;

  static final int MAX_ID = 128;

  /** A text for people. */
  static final int MAX_TEXT = 2_000;

  private static final int MAX_CONSTANT = 64;
  private static final int QUOTED = 48;
  private static final long MAX_MS = Long.MAX_VALUE / 1_000_000;

  private Said() {}

  static int number(String field, int value, int min, int max) throws MalformedException {
    if (value < min || value > max) {
      throw wrong(field, value, "it may be " + min + " to " + max);
    }
    return value;
  }

  static long number(String field, long value, long min, long max) throws MalformedException {
    if (value < min || value > max) {
      throw wrong(field, value, "it may be " + min + " to " + max);
    }
    return value;
  }

  /** Milliseconds that can be told in nanoseconds. */
  static long millis(String field, long value) throws MalformedException {
    return number(field, value, 0, MAX_MS);
  }

  /** The same, or -1 for never. */
  static long millisOrNever(String field, long value) throws MalformedException {
    return number(field, value, -1, MAX_MS);
  }

  static boolean flag(String field, int value) throws MalformedException {
    return number(field, value, 0, 1) == 1;
  }

  /** A string of at most so many characters, where no frame bounds what is read. */
  static String string(String field, In in, int max) throws IOException {
    String value;
    try {
      value = in.string(3 * max); // bytes of UTF-8
    } catch (MalformedException e) {
      throw new MalformedException(field + ": " + e.getMessage());
    }
    if (value.length() > max) {
      throw wrong(field, value, "it may have " + max + " characters");
    }
    return value;
  }

  /** Printable ASCII without spaces; may be empty. */
  static String name(String field, String value, int max) throws MalformedException {
    boolean good = value.length() <= max;
    for (int i = 0; good && i < value.length(); i++) {
      good = value.charAt(i) > ' ' && value.charAt(i) < 127;
    }
    if (!good) {
      throw wrong(field, value, "it may have " + max + " printable characters without spaces");
    }
    return value;
  }

  /** One line of anything; may be empty. Unlike a text it is compared, so nothing is blanked. */
  static String line(String field, String value, int max) throws MalformedException {
    if (value.length() > max || !isPrintable(value)) {
      throw wrong(field, value, "it may have " + max + " characters in one line");
    }
    return value;
  }

  /** The name of a constant, perhaps of a later version; empty for none. */
  static String constant(String field, String value) throws MalformedException {
    boolean good = value.length() <= MAX_CONSTANT;
    for (int i = 0; good && i < value.length(); i++) {
      char c = value.charAt(i);
      good = (c >= 'A' && c <= 'Z') || c == '_';
    }
    if (!good) {
      throw wrong(field, value, "it may have " + MAX_CONSTANT + " capital letters");
    }
    return value;
  }

  /** A text for people: too long a one is refused, what moves a terminal's cursor is blanked. */
  static String text(String field, String value) throws MalformedException {
    if (value.length() > MAX_TEXT) {
      throw wrong(field, value, "it may have " + MAX_TEXT + " characters");
    }
    return printable(value);
  }

  /** A text of ours as a peer accepts it. */
  static String forPeer(@Nullable String text) {
    String given = text == null ? "" : text;
    return given.length() <= MAX_TEXT ? given : given.substring(0, MAX_TEXT - 3) + "...";
  }

  static MalformedException wrong(String field, Object value, String wanted) {
    String text = String.valueOf(value);
    String quoted =
        text.length() <= QUOTED
            ? text
            : text.substring(0, QUOTED) + "... (" + text.length() + " characters)";
    return new MalformedException(field + " is " + printable(quoted) + ": " + wanted);
  }

  private static boolean isPrintable(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isPrintable(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static String printable(String text) {
    if (isPrintable(text)) {
      return text;
    }
    StringBuilder out = new StringBuilder(text);
    for (int i = 0; i < out.length(); i++) {
      if (!isPrintable(out.charAt(i))) {
        out.setCharAt(i, ' ');
      }
    }
    return out.toString();
  }

  private static boolean isPrintable(char c) {
    return !Character.isISOControl(c) && c != '\u2028' && c != '\u2029';
  }
}
