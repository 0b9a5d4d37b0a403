package dev.flamepool.caller;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Daemon threads: a process that ends does not wait for its calls unless it closes its Flame. */
final class Threads implements AutoCloseable {
  /** When a thread is tried for again. */
  private static final long NO_THREAD_MS = 50;

  private final ThreadPoolExecutor blocking;
  private final ScheduledThreadPoolExecutor timer;

  Threads() {
    blocking =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            named("flame-call"),
            // After close only last words are left, such as closing a connection.
            (task, executor) -> task.run());
    timer = new ScheduledThreadPoolExecutor(1, named("flame-timer"));
    timer.setRemoveOnCancelPolicy(true);
    timer.prestartCoreThread(); // what needs it must not depend on a thread that cannot be made
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * Runs on another thread; if none can be made now, a moment later. Never throws.
   *
   * @param work also done here if all is closed
   */
  static void run(Runnable work, Executor threads, ScheduledExecutorService timer) {
    try {
      threads.execute(work);
    } catch (OutOfMemoryError e) {
      try {
        var unused =
            timer.schedule(() -> run(work, threads, timer), NO_THREAD_MS, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException closed) {
        work.run();
      }
    }
  }

  /** For what may block; as many as needed. */
  ThreadPoolExecutor blocking() {
    return blocking;
  }

  /** For what must not block. */
  ScheduledThreadPoolExecutor timer() {
    return timer;
  }

  private static ThreadFactory named(String name) {
    AtomicInteger numbers = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + numbers.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public void close() {
    timer.shutdownNow();
    blocking.shutdown();
  }
}
