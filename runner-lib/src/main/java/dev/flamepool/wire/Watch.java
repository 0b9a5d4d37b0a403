package dev.flamepool.wire;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Looks at all that is there again and again, on one platform daemon thread while there is any. A
 * look that fails harms no other. Where that thread cannot be made, only who came is refused, and
 * the next one tries again.
 */
final class Watch<T> {
  private final Set<T> there = ConcurrentHashMap.newKeySet();
  private final ThreadFactory maker;
  private final long tickNanos;
  private final Consumer<? super T> look;
  private boolean running;

  Watch(String thread, long tickNanos, Consumer<? super T> look) {
    this(
        task -> {
          Thread t = new Thread(task, thread);
          t.setDaemon(true);
          return t;
        },
        tickNanos,
        look);
  }

  Watch(ThreadFactory maker, long tickNanos, Consumer<? super T> look) {
    this.maker = maker;
    this.tickNanos = tickNanos;
    this.look = look;
  }

  /**
   * Looks at it until it is removed.
   *
   * @throws OutOfMemoryError if there is no thread for that; then it is not watched
   */
  void add(T one) {
    there.add(one);
    synchronized (this) {
      if (running) {
        return;
      }
      try {
        maker.newThread(this::watch).start();
        running = true;
      } catch (Throwable e) {
        there.remove(one);
        throw e;
      }
    }
  }

  void remove(T one) {
    there.remove(one);
  }

  private void watch() {
    while (!over()) {
      LockSupport.parkNanos(tickNanos);
      look(look);
    }
  }

  /** Looks at each once, in a way of the caller's. */
  void look(Consumer<? super T> once) {
    for (T one : there) {
      try {
        once.accept(one);
      } catch (Throwable e) {
        // the next tick looks again
      }
    }
  }

  private synchronized boolean over() {
    running = !there.isEmpty();
    return !running;
  }
}
