package dev.flamepool.wire;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks the callers of this process about every 40 ms whether they wait on: an interrupted one is
 * noticed, its work cancelled and its grace over well within 250 ms. One platform daemon thread,
 * while there are slots. A read time-out could do that on the calling thread, but makes the socket
 * non-blocking for good, which costs every reply two more system calls.
 */
final class SlotWatch {
  private static final long TICK_NANOS = 40_000_000;
  private static final Set<SlotConnection> SLOTS = ConcurrentHashMap.newKeySet();
  private static boolean running;

  private SlotWatch() {}

  static void add(SlotConnection slot) {
    SLOTS.add(slot);
    synchronized (SlotWatch.class) {
      if (!running) {
        running = true;
        Thread t = new Thread(SlotWatch::watch, "flame-slots");
        t.setDaemon(true);
        t.start();
      }
    }
  }

  static void remove(SlotConnection slot) {
    SLOTS.remove(slot);
  }

  private static void watch() {
    while (!over()) {
      LockSupport.parkNanos(TICK_NANOS);
      SLOTS.forEach(SlotConnection::tick);
    }
  }

  private static synchronized boolean over() {
    running = !SLOTS.isEmpty();
    return !running;
  }
}
