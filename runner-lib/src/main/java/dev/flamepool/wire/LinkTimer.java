package dev.flamepool.wire;

/**
 * Decides when a peer has been silent for too long. A process that was paused itself (a long
 * collection, a suspended laptop) must not blame its peers: it starts anew.
 */
final class LinkTimer {
  /**
   * {@code linkTimeout}: a second would kill healthy work, as a collection of 40 M objects takes
   * two.
   */
  static final long TIMEOUT_NANOS = 15_000_000_000L;

  static final long TICK_NANOS = 1_000_000_000L;

  private final long timeout;
  private final long tick;
  private volatile long heard;
  private long looked;

  LinkTimer(long timeout, long tick, long now) {
    this.timeout = timeout;
    this.tick = tick;
    heard = now;
    looked = now;
  }

  /** With the link's time-out, from now. */
  static LinkTimer starting() {
    return new LinkTimer(TIMEOUT_NANOS, TICK_NANOS, System.nanoTime());
  }

  /** Something arrived. */
  void heard(long now) {
    heard = now;
  }

  /** To be asked every tick, by one thread. */
  boolean silent(long now) {
    boolean paused = now - looked > 3 * tick;
    looked = now;
    if (paused) {
      heard = now;
    }
    return now - heard > timeout;
  }
}
