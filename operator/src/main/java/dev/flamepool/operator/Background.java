package dev.flamepool.operator;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for what no reconcile waits for. Each sort of work has its own, so that none waits for
 * another, however long that takes. Thread-safe.
 */
final class Background implements AutoCloseable {
  /** Events that wait to be written; when there are more, the oldest are left out. */
  private static final int UNTOLD = 1_000;

  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor events;
  private final ScheduledThreadPoolExecutor timer;
  private final ScheduledThreadPoolExecutor sweeps;

  /**
   * Starts the threads, but for Events.
   *
   * @param sweeps how many there are; each may run while all others do
   */
  Background(int sweeps) {
    this.events =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(UNTOLD),
            task -> daemon(task, "events"),
            new ThreadPoolExecutor.DiscardOldestPolicy());
    this.events.allowCoreThreadTimeOut(true);
    this.timer = scheduled(1, "timer");
    this.sweeps = scheduled(Math.max(1, sweeps), "sweep");
  }

  private static ScheduledThreadPoolExecutor scheduled(int threads, String name) {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(threads, task -> daemon(task, name));
    executor.setRemoveOnCancelPolicy(true);
    executor.prestartAllCoreThreads(); // later none might be had
    return executor;
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, "operator-" + name);
    thread.setDaemon(true);
    return thread;
  }

  /** Writes Events; takes what it is given also after the end, and does nothing then. */
  Executor events() {
    return events;
  }

  /** For what takes no time, such as waking a reconciler. */
  ScheduledExecutorService timer() {
    return timer;
  }

  /** For the sweeps. */
  ScheduledExecutorService sweeps() {
    return sweeps;
  }

  @Override
  public void close() {
    events.shutdownNow();
    timer.shutdownNow();
    sweeps.shutdownNow();
  }
}
