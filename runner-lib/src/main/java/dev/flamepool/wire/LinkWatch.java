package dev.flamepool.wire;

/** Ends the control links of this process that have gone silent. */
final class LinkWatch {
  private static final Watch<ControlLink> LINKS =
      new Watch<>("flame-links", LinkTimer.TICK_NANOS, link -> link.endIfSilent(System.nanoTime()));

  private LinkWatch() {}

  static void add(ControlLink link) {
    LINKS.add(link);
  }

  static void remove(ControlLink link) {
    LINKS.remove(link);
  }

  /** To be called every tick. */
  static void look(long now) {
    LINKS.look(link -> link.endIfSilent(now));
  }
}
