package dev.flamepool.runner;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
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
  private final ExecutorService thread;

  /**
   * @param news tells everyone how it is
   */
  Announcer(Ticker ticker, Runnable news) {
    this(
        ticker,
        news,
        task -> {
          Thread t = new Thread(task, "flame-announce");
          t.setDaemon(true);
          return t;
        });
  }

  /** With another maker of its thread, for tests. */
  Announcer(Ticker ticker, Runnable news, ThreadFactory maker) {
    this.ticker = ticker;
    this.news = news;
    this.thread = Executors.newSingleThreadExecutor(maker);
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
      thread.execute(words);
    } catch (RejectedExecutionException e) {
      // the last word has been said
    }
  }

  /** Waits up to a second for the last words. */
  void close() throws InterruptedException {
    thread.shutdown();
    thread.awaitTermination(1, TimeUnit.SECONDS);
  }
}
