package dev.flamepool.wire;

/**
 * Decides when a peer has read nothing for too long: one write has been under way for as long as
 * silence is borne, other than through a pause of our own.
 */
final class WriteTimer {
  private static final long NONE = Long.MIN_VALUE;

  private final LinkTimer timer;
  private volatile long since = NONE;
  private long seen = NONE;

  WriteTimer(LinkTimer timer) {
    this.timer = timer;
  }

  /** A write begins; one at a time. */
  void begins(long now) {
    since = now;
  }

  /** It has left. */
  void ends() {
    since = NONE;
  }

  /** To be asked every tick, by one thread. */
  boolean stuck(long now) {
    long write = since;
    if (write == NONE || write != seen) {
      seen = write;
      timer.heard(now);
    }
    return timer.silent(now);
  }
}
