package dev.flamepool.runner;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the runner says on its control connections by itself, all on one thread: no call waits for a
 * connection that is slow to take a message.
 */
final class Announcer {
  private static final long CHANGES_NANOS = 250_000_000;

  private final Ticker ticker;
  private final Runnable news;
  private final AtomicBoolean coming = new AtomicBoolean();
  private final ThreadPoolExecutor thread;

  /**
   * @param news tells everyone how it is
   * @param maker of its thread
   */
  Announcer(Ticker ticker, Runnable news, ThreadFactory maker) {
    this.ticker = ticker;
    this.news = news;
    this.thread =
        new ThreadPoolExecutor(1, 1, 0, TimeUnit.NANOSECONDS, new LinkedBlockingQueue<>(), maker);
  }

  /** Its thread is there from now on: the last words must not depend on one. */
  void start() {
    thread.prestartCoreThread();
  }

  /** The news have changed: they are told at most every 250 ms. */
  void changed() {
    if (!coming.get() && coming.compareAndSet(false, true)) {
      ticker.after(CHANGES_NANOS, this::tell);
    }
  }

  private void tell() {
    try {
      say(
          () -> {
            coming.set(false);
            news.run();
          });
    } catch (Throwable e) {
      ticker.after(CHANGES_NANOS, this::tell); // its thread could not be made
    }
  }

  /** Says it after all that is to be said already. Never blocks. */
  void say(Runnable words) {
    try {
      thread.execute(() -> said(words));
    } catch (RejectedExecutionException e) {
      // the last word has been said
    }
  }

  private static void said(Runnable words) {
    try {
      words.run();
    } catch (Throwable e) {
      Say.warn("a word to callers was lost: " + e);
    }
  }

  /** Waits up to a second for the last words. */
  void close() throws InterruptedException {
    thread.shutdown();
    thread.awaitTermination(1, TimeUnit.SECONDS);
  }
}
