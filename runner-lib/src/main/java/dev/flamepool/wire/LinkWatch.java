package dev.flamepool.wire;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends the control links of this process that have gone silent. One platform daemon thread, while
 * there are links.
 */
final class LinkWatch {
  private static final Set<ControlLink> LINKS = ConcurrentHashMap.newKeySet();
  private static boolean running;

  private LinkWatch() {}

  static void add(ControlLink link) {
    LINKS.add(link);
    synchronized (LinkWatch.class) {
      if (!running) {
        running = true;
        Thread t = new Thread(LinkWatch::watch, "flame-links");
        t.setDaemon(true);
        t.start();
      }
    }
  }

  static void remove(ControlLink link) {
    LINKS.remove(link);
  }

  private static void watch() {
    while (!over()) {
      LockSupport.parkNanos(LinkTimer.TICK_NANOS);
      look(System.nanoTime());
    }
  }

  /** To be called every tick. */
  static void look(long now) {
    for (ControlLink link : LINKS) {
      link.endIfSilent(now);
    }
  }

  private static synchronized boolean over() {
    running = !LINKS.isEmpty();
    return !running;
  }
}
