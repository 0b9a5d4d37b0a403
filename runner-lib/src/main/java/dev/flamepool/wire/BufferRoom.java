package dev.flamepool.wire;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of the heap the connections of this process may take for buffers beyond those that each
 * begins with: they make large messages fast, and nothing depends on them. Thread-safe.
 */
final class BufferRoom {
  /** A thirty-second of the heap. */
  static final BufferRoom OF_HEAP = new BufferRoom(Runtime.getRuntime().maxMemory() / 32);

  private final AtomicLong left;

  BufferRoom(long bytes) {
    left = new AtomicLong(bytes);
  }

  /** False if there is no more; else {@link #giveBack} must follow. */
  boolean take(int bytes) {
    if (left.addAndGet(-bytes) >= 0) {
      return true;
    }
    left.addAndGet(bytes);
    return false;
  }

  void giveBack(int bytes) {
    left.addAndGet(bytes);
  }
}
