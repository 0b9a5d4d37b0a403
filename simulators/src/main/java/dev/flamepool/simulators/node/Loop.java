package dev.flamepool.simulators.node;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread on which the node thinks; so nothing of it needs a lock. */
final class Loop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
  private static final int TICK_MS = 20;

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(NodeSimulator.daemon("node-loop"));

  /** Does the task often, from now on. */
  void tick(Runnable task) {
    var unused =
        thread.scheduleWithFixedDelay(guarded(task), TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
  }

  /** Does the task soon; never once the loop is closed. */
  void later(Runnable task) {
    try {
      thread.execute(guarded(task));
    } catch (RejectedExecutionException closed) {
      LOG.debug("too late: {}", closed.toString());
    }
  }

  private static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.warn("what is due cannot be done now", e); // thrown on, it would be the last tick
      }
    };
  }

  /** Does the task on the loop and waits for its answer; a RuntimeException is thrown on. */
  <T> T ask(Callable<T> task) {
    try {
      return thread.submit(task).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    try {
      boolean unused = thread.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
