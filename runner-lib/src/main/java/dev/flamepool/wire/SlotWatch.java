package dev.flamepool.wire;

import java.util.function.Consumer;

/**
 * Asks the callers of this process about every 40 ms whether they wait on: an interrupted one is
 * noticed, its work cancelled and its grace over well within 250 ms. A read time-out could do that
 * on the calling thread, but makes the socket non-blocking for good, which costs every reply two
 * more system calls.
 */
final class SlotWatch {
  private static final long TICK_NANOS = 40_000_000;
  private static final Watch<SlotConnection> SLOTS =
      new Watch<>("flame-slots", TICK_NANOS, SlotConnection::tick);

  private SlotWatch() {}

  static void add(SlotConnection slot) {
    SLOTS.add(slot);
  }

  /** Looks at each once, in a way of the caller's. */
  static void look(Consumer<SlotConnection> once) {
    SLOTS.look(once);
  }

  static void remove(SlotConnection slot) {
    SLOTS.remove(slot);
  }
}
