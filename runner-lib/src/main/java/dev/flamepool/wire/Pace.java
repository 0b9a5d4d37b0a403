package dev.flamepool.wire;

/**
 * How fast one peer's messages are read: some at once, then so many a second. Whoever sends more
 * waits in its own TCP buffers, and loses nothing. Pure: times come in. Not thread-safe.
 */
final class Pace {
  private static final long SECOND = 1_000_000_000L;

  private final long each; // nanoseconds that a message costs
  private final long burst;
  private long paidUntil;

  Pace(int perSecond, int burst, long now) {
    each = SECOND / perSecond;
    this.burst = each * burst;
    paidUntil = now;
  }

  /**
   * A message was handled.
   *
   * @return nanoseconds until the next may be read, 0 for at once
   */
  long handled(long now) {
    paidUntil = Math.max(paidUntil, now) + each;
    return Math.max(0, paidUntil - burst - now);
  }
}
