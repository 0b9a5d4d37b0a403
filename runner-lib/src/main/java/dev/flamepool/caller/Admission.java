package dev.flamepool.caller;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the calls that are not over and the code that runs because one ended, and refuses more
 * calls once it is told to.
 */
final class Admission {
  private static final Executor USUAL = new CompletableFuture<Void>().defaultExecutor();

  private static final long LAST_WORDS = Duration.ofSeconds(1).toNanos();

  private final AtomicInteger open = new AtomicInteger();

  /** How often what this thread runs is counted: an end may end another. */
  private final ThreadLocal<Integer> here = new ThreadLocal<>();

  private final Executor dependents = this::runLater;
  private volatile boolean refusing;
  private volatile int own;

  /** Throws if no more calls are taken; else {@link #leave} must follow. */
  void enter(String pool) {
    open.incrementAndGet();
    if (refusing) {
      leave();
      throw Outcomes.closed(pool, "was not taken");
    }
  }

  void leave() {
    int left = open.decrementAndGet();
    if (refusing && left <= own) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  /** Code that waited for an end may run on this thread now, until {@link #dependentsEnd}. */
  void dependentsBegin() {
    open.incrementAndGet();
    ends();
  }

  /**
   * A call ends on this thread, and stays counted while what depends on it runs here, until {@link
   * #dependentsEnd}, which is in place of {@link #leave}.
   */
  void ends() {
    Integer before = here.get();
    here.set(before == null ? 1 : before + 1);
  }

  void dependentsEnd() {
    Integer counted = here.get();
    if (counted == null || counted <= 1) {
      here.remove();
    } else {
      here.set(counted - 1);
    }
    leave();
  }

  /** Runs what waited for a call's end where the JDK would, and counts it meanwhile. */
  Executor dependents() {
    return dependents;
  }

  private void runLater(Runnable work) {
    open.incrementAndGet();
    try {
      USUAL.execute(
          () -> {
            ends();
            try {
              work.run();
            } finally {
              dependentsEnd();
            }
          });
    } catch (RuntimeException | Error e) {
      leave();
      throw e;
    }
  }

  /**
   * Takes no more calls. Whoever says so from code that waited for a call does not await itself.
   */
  synchronized void refuse() {
    if (!refusing) {
      Integer counted = here.get();
      own = counted == null ? 0 : counted;
      refusing = true;
    }
  }

  /** Waits a moment for calls that were told to end, and for what depends on them. */
  void awaitLastWords() {
    try {
      awaitDone(Ticks.now() + LAST_WORDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until no call is left; false if some are left at that time. */
  synchronized boolean awaitDone(long until) throws InterruptedException {
    while (open.get() > own) {
      long left = until - Ticks.now();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }
}
