package dev.flamepool.caller;

import dev.flamepool.wire.SlotConnection;
import java.util.function.IntSupplier;

/**
 * How many slots this process may have open, by its heap. Beyond that, calls use those that there
 * are, one after the other. Thread-safe.
 */
final class SlotRoom {
  /** Bytes of heap: what TLS holds, and buffers. */
  private static final int SLOT = 128 * 1024;

  /** A quarter of the heap. */
  static final SlotRoom OF_HEAP =
      new SlotRoom(
          (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 4 / SLOT),
          SlotConnection::openNow);

  private final int most;
  private final IntSupplier open;

  /**
   * @param open how many there are
   */
  SlotRoom(int most, IntSupplier open) {
    this.most = most;
    this.open = open;
  }

  /**
   * How many calls a runner may be sent at once.
   *
   * @param own slots to it; the first one may always be opened
   * @param wanted what it would take
   */
  int calls(int own, int wanted) {
    return open.getAsInt() < most ? wanted : Math.min(wanted, Math.max(1, own));
  }
}
