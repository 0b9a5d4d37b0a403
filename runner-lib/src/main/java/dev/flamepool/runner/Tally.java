package dev.flamepool.runner;

/**
 * Counts what anybody on the network can make happen, and says it in one line a minute at most: the
 * first time at once, the rest as a number with the last of them. Thread-safe.
 */
final class Tally {
  private static final long PAUSE_NANOS = 60_000_000_000L;

  /** Takes a line. */
  interface Log {
    void line(String text);
  }

  private final String what;
  private final Ticker ticker;
  private final Log log;
  private boolean quiet; // a line has been said within the last minute
  private long total;
  private long unsaid;
  private String last = "";

  /**
   * @param what begins the line: "connections that came to nothing"
   */
  Tally(String what, Ticker ticker, Log log) {
    this.what = what;
    this.ticker = ticker;
    this.log = log;
  }

  /** It has happened once more. */
  synchronized void add(String detail) {
    total++;
    unsaid++;
    last = detail;
    if (!quiet) {
      say();
    }
  }

  /** How often so far. */
  synchronized long total() {
    return total;
  }

  private void say() {
    quiet = true;
    log.line(what + ": " + unsaid + ", " + total + " in all; the last: " + last);
    unsaid = 0;
    ticker.after(PAUSE_NANOS, this::minute);
  }

  private synchronized void minute() {
    quiet = false;
    if (unsaid > 0) {
      say();
    }
  }
}
