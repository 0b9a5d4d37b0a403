package dev.flamepool.operator.pool;

import java.time.Duration;

/** Pauses that grow with each failure in a row, with full jitter. Pure. */
final class Pauses {
  private static final int MAX_DOUBLINGS = 20;

  private Pauses() {}

  /**
   * A pause.
   *
   * @param times in a row, from 1: each doubles what it may be at most
   * @param first the shortest
   * @param longest the longest, however often
   * @param random 0 to 1
   */
  static Duration after(int times, Duration first, Duration longest, double random) {
    long doubled = first.toMillis() << Math.min(times, MAX_DOUBLINGS);
    long most = Math.min(longest.toMillis(), doubled);
    return first.plusMillis((long) ((most - first.toMillis()) * random));
  }
}
