package dev.flamepool.runner;

/**
 * The runner's few lines for people, on standard error: a logging framework would cost the cold
 * start more than TLS.
 */
final class Say {
  private static volatile boolean info = true;

  private Say() {}

  static void level(String log) {
    info =
        !(log.equalsIgnoreCase("warn")
            || log.equalsIgnoreCase("error")
            || log.equalsIgnoreCase("off"));
  }

  static void info(String line) {
    if (info) {
      System.err.println("flame: " + line);
    }
  }

  static void warn(String line) {
    System.err.println("flame: " + line);
  }
}
