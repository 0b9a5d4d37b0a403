package dev.flamepool.runner;

import java.util.Locale;

/**
 * The runner's few lines for people, on standard error: a logging framework would cost the cold
 * start more than TLS.
 */
final class Say {
  private enum Level {
    OFF,
    ERROR,
    WARN,
    INFO
  }

  private static volatile Level level = Level.INFO;

  private Say() {}

  /** A pool's {@code log}; what is finer than info is info. */
  static void level(String log) {
    level =
        switch (log.toLowerCase(Locale.ROOT)) {
          case "off" -> Level.OFF;
          case "error" -> Level.ERROR;
          case "warn", "warning" -> Level.WARN;
          default -> Level.INFO;
        };
  }

  static void info(String line) {
    say(Level.INFO, line);
  }

  static void warn(String line) {
    say(Level.WARN, line);
  }

  /** What ends the runner. */
  static void error(String line) {
    say(Level.ERROR, line);
  }

  private static void say(Level of, String line) {
    if (level.compareTo(of) >= 0) {
      System.err.println("flame: " + oneLine(line));
    }
  }

  /** Peers have a say in some lines: none makes two of one, or moves a terminal's cursor. */
  private static String oneLine(String line) {
    StringBuilder plain = new StringBuilder(line);
    for (int i = 0; i < plain.length(); i++) {
      if (Character.isISOControl(plain.charAt(i))) {
        plain.setCharAt(i, ' ');
      }
    }
    return plain.toString();
  }
}
