package dev.flamepool.runner;

import org.jspecify.annotations.Nullable;

/**
 * Calls a check at the earliest time anyone asked for, and then at the time the check itself asks
 * for. Thread-safe.
 */
final class Alarm {
  /** What to do when it rings. */
  interface Check {
    /**
     * Returns nanoseconds until it wants to be called again, or null for not before someone asks.
     */
    @Nullable Long ring();
  }

  private static final long AGAIN_NANOS = 1_000_000_000L;

  private final Ticker ticker;
  private final Check check;
  private volatile long next = Long.MAX_VALUE;

  Alarm(Ticker ticker, Check check) {
    this.ticker = ticker;
    this.check = check;
  }

  /**
   * Asks to be checked in {@code delay} nanoseconds at the latest. Cheap when an earlier one is set
   * already.
   */
  void in(long delay) {
    long at = ticker.nanos() + delay;
    if (at < next) {
      set(at, delay);
    }
  }

  private synchronized void set(long at, long delay) {
    if (at < next) {
      ticker.after(delay, () -> ring(at));
      next = at;
    }
  }

  private void ring(long at) {
    synchronized (this) {
      if (at != next) {
        return; // an earlier one has taken over
      }
      // From here until the check has said when it wants to be called, whoever asks sets a new
      // alarm.
      next = Long.MAX_VALUE;
    }
    Long again = checked();
    if (again != null) {
      in(again);
    }
  }

  /** What fails is tried again: it may have been a thread that could not be made. */
  private @Nullable Long checked() {
    try {
      return check.ring();
    } catch (Throwable e) {
      Say.warn("will be tried again: " + e);
      return AGAIN_NANOS;
    }
  }
}
