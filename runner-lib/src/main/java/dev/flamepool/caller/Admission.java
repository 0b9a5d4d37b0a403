package dev.flamepool.caller;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the calls that are not over, and refuses more once it is told to. */
final class Admission {
  private final AtomicInteger open = new AtomicInteger();
  private volatile boolean refusing;

  /** Throws if no more calls are taken; else {@link #leave} must follow. */
  void enter(String pool) {
    open.incrementAndGet();
    if (refusing) {
      leave();
      throw Outcomes.closed(pool, "was not taken");
    }
  }

  void leave() {
    if (open.decrementAndGet() == 0 && refusing) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  void refuse() {
    refusing = true;
  }

  /** Waits until no call is left; false if some are left at that time. */
  synchronized boolean awaitDone(long until) throws InterruptedException {
    while (open.get() > 0) {
      long left = until - Ticks.now();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }
}
