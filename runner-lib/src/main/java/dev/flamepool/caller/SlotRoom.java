package dev.flamepool.caller;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many slots this process may have open, by its heap. Beyond that, calls use those that there
 * are, one after the other. Thread-safe.
 */
final class SlotRoom {
  /** Bytes of heap: what TLS holds, and buffers. */
  private static final int SLOT = 128 * 1024;

  /** A quarter of the heap. */
  static final SlotRoom OF_HEAP =
      new SlotRoom((int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 4 / SLOT));

  private final int most;
  private final AtomicInteger open = new AtomicInteger();

  SlotRoom(int most) {
    this.most = most;
  }

  void opens() {
    open.incrementAndGet();
  }

  void closed() {
    open.decrementAndGet();
  }

  /**
   * How many calls a runner may be sent at once.
   *
   * @param own slots to it; the first one may always be opened
   * @param wanted what it would take
   */
  int calls(int own, int wanted) {
    return open.get() < most ? wanted : Math.min(wanted, Math.max(1, own));
  }
}
