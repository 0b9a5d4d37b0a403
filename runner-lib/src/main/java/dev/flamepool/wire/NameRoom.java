package dev.flamepool.wire;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of the heap connections may remember of call sites and class names that were described
 * to them once. Each is granted a part of what is left when it opens; what is beyond it is
 * described each time. Thread-safe.
 */
final class NameRoom {
  /** A sixteenth of the heap. */
  static final NameRoom OF_HEAP = new NameRoom(Runtime.getRuntime().maxMemory() / 16);

  /** Some 350 call sites. */
  static final long MOST = 1 << 20;

  /** Three call sites: whoever has a connection at all has that. */
  static final long LEAST = 8 * 1024;

  private static final int PART = 16;

  /** What the reader makes of a site: classes, methods and the way to call them. */
  private static final int SITE = 2_048;

  private static final int CLASS = 192;

  private final AtomicLong left;

  NameRoom(long bytes) {
    left = new AtomicLong(bytes);
  }

  /** For one connection; {@link #giveBack} must follow. */
  long grant() {
    while (true) {
      long now = left.get();
      long part = Math.max(LEAST, Math.min(MOST, now / PART));
      if (left.compareAndSet(now, now - part)) {
        return part;
      }
    }
  }

  void giveBack(long bytes) {
    left.addAndGet(bytes);
  }

  /** What remembering a call site takes, at both ends alike. */
  static long of(Site site) {
    return SITE + 2L * site.characters();
  }

  /** What remembering the name of a class takes, at both ends alike. */
  static long of(String name) {
    return CLASS + 2L * name.length();
  }
}
