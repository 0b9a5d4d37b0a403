package dev.flamepool.operator.backend;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A text as somebody reads it who undoes one way of escaping, byte by byte, with the place in the
 * original that each byte comes from. All leave out line breaks and what a next line is indented
 * by: long values are wrapped. Pure.
 */
final class Reading {
  /** The ways of escaping. */
  enum Way {
    /** None. */
    PLAIN,
    /** Percent signs, as in a URL. */
    PERCENT,
    /** The same with a plus for a space, as in a form. */
    FORM,
    /** Backslashes, as in JSON, in source code and in a shell. */
    BACKSLASH,
    /** Single quotes in a text that a shell reads in single quotes. */
    QUOTES,
    /** Entities, as in XML and HTML. */
    ENTITIES,
    /** None, but one alphabet for both of Base64. */
    BASE64,
    /** None, but lower-case digits without separators. */
    HEX
  }

  private static final Map<String, Integer> NAMED =
      Map.of("amp", (int) '&', "lt", (int) '<', "gt", (int) '>', "quot", (int) '"', "apos", 39);
  private static final List<String> QUOTED = List.of("'\\''", "'\"'\"'");
  private static final int LONGEST_ENTITY = 10;

  private final byte[] original;
  private final Way way;
  private byte[] bytes;
  private int[] from;
  private int[] to;
  private int size;

  private Reading(byte[] original, Way way) {
    this.original = original;
    this.way = way;
    this.bytes = new byte[original.length + 4];
    this.from = new int[bytes.length];
    this.to = new int[bytes.length];
  }

  /** Reads a text in UTF-8. */
  static Reading of(byte[] original, Way way) {
    Reading reading = new Reading(original, way);
    int at = 0;
    while (at < original.length) {
      int next = reading.lineBreak(at);
      at = next > at ? next : reading.step(at);
    }
    return reading;
  }

  int size() {
    return size;
  }

  byte at(int index) {
    return bytes[index];
  }

  /** Where in the original the byte of an index begins. */
  int from(int index) {
    return from[index];
  }

  /** Where in the original the byte of an index ends. */
  int to(int index) {
    return to[index];
  }

  /** All that was read. */
  byte[] bytes() {
    return Arrays.copyOf(bytes, size);
  }

  private int lineBreak(int at) {
    int next = at;
    if (original[at] == '\r' || original[at] == '\n') {
      while (next < original.length && " \t\r\n".indexOf(original[next]) >= 0) {
        next++;
      }
    }
    return next;
  }

  /** Reads what begins at a place; where it ends. */
  private int step(int at) {
    return switch (way) {
      case PLAIN -> put(original[at], at, at + 1);
      case PERCENT -> original[at] == '%' ? percent(at) : put(original[at], at, at + 1);
      case FORM ->
          original[at] == '%'
              ? percent(at)
              : put(original[at] == '+' ? ' ' : original[at], at, at + 1);
      case BACKSLASH -> backslash(at);
      case QUOTES -> quote(at);
      case ENTITIES -> original[at] == '&' ? entity(at) : put(original[at], at, at + 1);
      case BASE64 ->
          put(original[at] == '-' ? '+' : original[at] == '_' ? '/' : original[at], at, at + 1);
      case HEX ->
          original[at] == ':' || original[at] == ' '
              ? at + 1
              : put(lower(original[at]), at, at + 1);
    };
  }

  private static int lower(byte one) {
    return one >= 'A' && one <= 'Z' ? one + ('a' - 'A') : one;
  }

  private int percent(int at) {
    int value = number(at + 1, at + 3, 16);
    return value < 0 ? put('%', at, at + 1) : put(value, at, at + 3);
  }

  private int quote(int at) {
    for (String quote : QUOTED) {
      if (is(quote, at)) {
        return put('\'', at, at + quote.length());
      }
    }
    return put(original[at], at, at + 1);
  }

  private int backslash(int at) {
    if (original[at] != '\\' || at + 1 == original.length) {
      return put(original[at], at, at + 1);
    }
    int wide = original[at + 1] == 'u' ? number(at + 2, at + 6, 16) : -1;
    if (wide >= 0) {
      return surrogates(at, wide);
    }
    int narrow = original[at + 1] == 'x' ? number(at + 2, at + 4, 16) : -1;
    if (narrow >= 0) {
      return put(narrow, at, at + 4);
    }
    return switch (original[at + 1]) {
      case 'n', 'r', '\n' -> lineBreakAfter(at + 2);
      case 't' -> put('\t', at, at + 2);
      case 'b' -> put('\b', at, at + 2);
      case 'f' -> put('\f', at, at + 2);
      default -> put(original[at + 1], at, at + 2);
    };
  }

  /** An escaped one is left out as a plain one is. */
  private int lineBreakAfter(int at) {
    int next = at;
    while (next < original.length && (original[next] == ' ' || original[next] == '\t')) {
      next++;
    }
    return next;
  }

  private int surrogates(int at, int high) {
    int low = is("\\u", at + 6) ? number(at + 8, at + 12, 16) : -1;
    return Character.isHighSurrogate((char) high)
            && low >= 0
            && Character.isLowSurrogate((char) low)
        ? character(Character.toCodePoint((char) high, (char) low), at, at + 12)
        : character(high, at, at + 6);
  }

  private int entity(int at) {
    int end = at + 1;
    while (end < original.length && end < at + LONGEST_ENTITY && original[end] != ';') {
      end++;
    }
    if (end == original.length || original[end] != ';') {
      return put('&', at, at + 1);
    }
    boolean hex = is("#x", at + 1) || is("#X", at + 1);
    int value =
        hex
            ? number(at + 3, end, 16)
            : is("#", at + 1)
                ? number(at + 2, end, 10)
                : NAMED.getOrDefault(new String(original, at + 1, end - at - 1, UTF_8), -1);
    return value < 0 || !Character.isValidCodePoint(value)
        ? put('&', at, at + 1)
        : character(value, at, end + 1);
  }

  private boolean is(String text, int at) {
    byte[] wanted = text.getBytes(UTF_8);
    return at + wanted.length <= original.length
        && Arrays.equals(original, at, at + wanted.length, wanted, 0, wanted.length);
  }

  /** The number that digits say; negative for no number. */
  private int number(int start, int end, int radix) {
    if (end > original.length || start >= end) {
      return -1;
    }
    int value = 0;
    for (int i = start; i < end; i++) {
      int digit = Character.digit(original[i], radix);
      if (digit < 0) {
        return -1;
      }
      value = value * radix + digit;
    }
    return value;
  }

  private int character(int codePoint, int start, int end) {
    for (byte one : Character.toString(codePoint).getBytes(UTF_8)) {
      put(one, start, end);
    }
    return end;
  }

  private int put(int value, int start, int end) {
    if (size == bytes.length) {
      bytes = Arrays.copyOf(bytes, size * 2);
      from = Arrays.copyOf(from, size * 2);
      to = Arrays.copyOf(to, size * 2);
    }
    bytes[size] = (byte) value;
    from[size] = start;
    to[size] = end;
    size++;
    return end;
  }
}
