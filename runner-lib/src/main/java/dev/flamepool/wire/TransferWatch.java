package dev.flamepool.wire;

/** Ends the slots of this runner whose callers neither bring nor take what is under way. */
final class TransferWatch {
  private static final Watch<SlotEnd> SLOTS =
      new Watch<>(
          "flame-transfers", LinkTimer.TICK_NANOS, slot -> slot.endIfStuck(System.nanoTime()));

  private TransferWatch() {}

  static void add(SlotEnd slot) {
    SLOTS.add(slot);
  }

  static void remove(SlotEnd slot) {
    SLOTS.remove(slot);
  }

  /** To be called every tick. */
  static void look(long now) {
    SLOTS.look(slot -> slot.endIfStuck(now));
  }
}
