package dev.flamepool.runner;

import dev.flamepool.wire.ControlEnd;
import dev.flamepool.wire.ControlMessage;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One calling process: its control connection and its slots. */
final class Peer {
  private final Map<Integer, SlotSession> slots = new ConcurrentHashMap<>();
  private final Map<Long, Residents> placed = new ConcurrentHashMap<>();
  private volatile @Nullable ControlEnd control;
  private final AtomicInteger open = new AtomicInteger();
  private int users;

  void slotOpened(int number, SlotSession slot) {
    open.incrementAndGet();
    slots.put(number, slot);
  }

  void slotClosed(int number, SlotSession slot) {
    open.decrementAndGet();
    slots.remove(number, slot);
  }

  @Nullable SlotSession slot(int number) {
    return slots.get(number);
  }

  /** Objects by the number its caller gave them, so that its other slots find them. */
  Map<Long, Residents> placed() {
    return placed;
  }

  /** It has one control connection: an earlier one ends. */
  void controlOpened(ControlEnd c) {
    ControlEnd earlier;
    synchronized (this) {
      earlier = control;
      control = c;
    }
    if (earlier != null) {
      earlier.close("another control connection of the same caller has taken over");
    }
  }

  /**
   * Whatever still runs for it has no one to answer to, unless a newer control connection has taken
   * over: then returns false.
   */
  boolean controlClosed(ControlEnd c) {
    synchronized (this) {
      if (control != c) {
        return false;
      }
      control = null;
    }
    for (SlotSession s : slots.values()) {
      s.callerGone();
    }
    return true;
  }

  void send(ControlMessage m) {
    ControlEnd c = control;
    try {
      if (c != null) {
        c.send(m);
      }
    } catch (IOException e) {
      // its reader notices the same
    }
  }

  /** How many slots it has open. */
  int open() {
    return open.get();
  }

  /** Counts its connections. */
  synchronized int use(int change) {
    users += change;
    return users;
  }
}
