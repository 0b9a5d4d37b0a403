package dev.flamepool.wire;

/**
 * Decides when one direction of a connection has stood still for too long: whoever takes or brings
 * less than {@link #LEAST} within the link's time is as good as silent, or does that on purpose.
 */
final class TransferTimer {
  /** A kilobyte a second: no network that calls are made over is that slow. */
  static final int LEAST = 16 * 1024;

  private final LinkTimer timer;
  private long mark;

  TransferTimer(LinkTimer timer) {
    this.timer = timer;
  }

  /**
   * To be asked every tick, by one thread.
   *
   * @param waits whether something waits for the peer now
   * @param moved bytes so far
   */
  boolean stuck(long now, boolean waits, long moved) {
    if (!waits || moved - mark >= LEAST) {
      mark = moved;
      timer.heard(now);
    }
    return timer.silent(now);
  }
}
