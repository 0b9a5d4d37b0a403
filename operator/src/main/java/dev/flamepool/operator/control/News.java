package dev.flamepool.operator.control;

import java.time.Duration;
import java.util.function.BiConsumer;

/**
 * Tells of a change at once, and of all that follow within a quarter of a second together: a runner
 * that has much to say costs no more passes than one that says what it must. Thread-safe.
 */
final class News {
  /** As often as a runner in order says how it is. */
  static final Duration PAUSE = Duration.ofMillis(250);

  private final Runnable tell;
  private final BiConsumer<Duration, Runnable> later;
  private boolean pausing;
  private boolean more;

  /**
   * @param tell tells; what it tells is the last of it
   * @param later does something after a time
   */
  News(Runnable tell, BiConsumer<Duration, Runnable> later) {
    this.tell = tell;
    this.later = later;
  }

  void changed() {
    synchronized (this) {
      more = true;
      if (pausing) {
        return;
      }
      pausing = true;
    }
    next();
  }

  private void next() {
    synchronized (this) {
      if (!more) {
        pausing = false;
        return;
      }
      more = false;
    }
    try {
      later.accept(PAUSE, this::next);
    } catch (Throwable e) {
      synchronized (this) {
        pausing = false; // the next change is told at once
      }
    }
    tell.run();
  }
}
