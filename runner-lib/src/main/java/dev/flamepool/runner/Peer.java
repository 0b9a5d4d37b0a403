package dev.flamepool.runner;

import dev.flamepool.wire.ControlEnd;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One calling process: its control connection and its slots. */
final class Peer {
  private final Map<Integer, SlotSession> slots = new ConcurrentHashMap<>();
  private final Map<Long, Residents> placed = new ConcurrentHashMap<>();
  private @Nullable ControlEnd control;
  private int users;

  void slotOpened(int number, SlotSession slot) {
    slots.put(number, slot);
  }

  void slotClosed(int number, SlotSession slot) {
    slots.remove(number, slot);
  }

  @Nullable SlotSession slot(int number) {
    return slots.get(number);
  }

  /** Objects by the number its caller gave them, so that its other slots find them. */
  Map<Long, Residents> placed() {
    return placed;
  }

  synchronized void controlOpened(ControlEnd c) {
    control = c;
  }

  /**
   * Whatever still runs for it has no one to answer to, unless a newer control connection has taken
   * over.
   */
  void controlClosed(ControlEnd c) {
    synchronized (this) {
      if (control != c) {
        return;
      }
      control = null;
    }
    for (SlotSession s : slots.values()) {
      s.callerGone();
    }
  }

  /** Counts its connections. */
  synchronized int use(int change) {
    users += change;
    return users;
  }
}
