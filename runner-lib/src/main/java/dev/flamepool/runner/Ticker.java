package dev.flamepool.runner;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Time, so that tests can hold it: a monotonic clock and a way to be called later. */
interface Ticker {
  long nanos();

  /** Runs the task once, on a platform thread that does no I/O, after at least the delay. */
  void after(long delayNanos, Runnable task);

  /** Nothing is called later any more. */
  default void close() {}

  /** Milliseconds as nanoseconds, at most some 70 years, so that sums do not overflow. */
  static long nanos(long ms) {
    return Math.min(ms, Long.MAX_VALUE / 4 / 1_000_000) * 1_000_000;
  }

  /**
   * The real one. Its thread is there from now on: deadlines must not depend on whether one can be
   * made later.
   */
  static Ticker system() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            r -> {
              Thread t = new Thread(r, "flame-timer");
              t.setDaemon(true);
              return t;
            });
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    timer.setRejectedExecutionHandler((task, closed) -> {});
    timer.prestartCoreThread();
    return new Ticker() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      @SuppressWarnings("FutureReturnValueIgnored") // tasks report their own failures
      public void after(long delayNanos, Runnable task) {
        timer.schedule(task, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
      }

      @Override
      public void close() {
        timer.shutdown();
      }
    };
  }
}
