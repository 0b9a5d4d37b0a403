package dev.flamepool.caller;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads of which one goes on at a time, from one point to the next; which one is chosen. A task
 * that was handed over is such a point, and so is {@link #pause}. Time passes when nothing else can
 * happen, or when a schedule wants it.
 */
final class Steps implements Executor {
  private static final ExecutorService POOL =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "step");
            thread.setDaemon(true);
            return thread;
          });

  private static final ThreadLocal<Worker> HERE = new ThreadLocal<>();

  /** What can happen next. */
  record Action(String name, Runnable start) {}

  private static final class Worker {
    volatile Thread thread;
    volatile CountDownLatch paused;
    volatile boolean wakes;
  }

  private final List<Action> tasks = new ArrayList<>(); // guarded by this
  private final List<Action> pauses = new ArrayList<>(); // guarded by this
  private final List<Worker> workers = new ArrayList<>(); // guarded by this
  private final List<Throwable> failures = new ArrayList<>(); // guarded by this
  private final List<Due> timed = new ArrayList<>(); // guarded by this
  private final Timer timer = new Timer();
  final List<String> trace = new ArrayList<>();

  /** Where time is asked for. */
  ScheduledThreadPoolExecutor timer() {
    return timer;
  }

  /** What only makes a connection is done at once: whoever waits for that has a thread already. */
  @Override
  public void execute(Runnable task) {
    if (task instanceof CompletableFuture.AsynchronousCompletionTask) {
      task.run();
      return;
    }
    synchronized (this) {
      tasks.add(new Action("task", () -> run(task)));
    }
  }

  /** Runs it on a thread of its own up to its first point. */
  void run(Runnable task) {
    Worker worker = new Worker();
    synchronized (this) {
      workers.add(worker);
    }
    POOL.execute(
        () -> {
          HERE.set(worker);
          worker.thread = Thread.currentThread();
          try {
            task.run();
          } catch (Throwable e) {
            synchronized (this) {
              failures.add(e);
            }
          } finally {
            synchronized (this) {
              workers.remove(worker);
              notifyAll();
            }
            boolean ignored = Thread.interrupted();
          }
        });
  }

  /** A point at which others may go on first. */
  void pause(String name) {
    Worker worker = HERE.get();
    CountDownLatch latch = new CountDownLatch(1);
    synchronized (this) {
      pauses.add(
          new Action(
              name,
              () -> {
                worker.wakes = true;
                worker.paused = null;
                latch.countDown();
              }));
      worker.paused = latch;
      notifyAll();
    }
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    worker.wakes = false;
  }

  /** Waits until every thread has come to a point, has ended or waits for another. */
  synchronized void settle() {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    int blocked = 0;
    while (System.nanoTime() < until) {
      Boolean waits = look();
      if (Boolean.FALSE.equals(waits)) {
        return;
      }
      blocked = waits == null ? 0 : blocked + 1;
      if (blocked == 3) { // what wakes it would have come by now
        return;
      }
      try {
        wait(1);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new IllegalStateException("a step does not end");
  }

  /** Null while one goes on; else whether one waits for something else than a future. */
  private synchronized Boolean look() {
    boolean blocked = false;
    for (Worker worker : workers) {
      if (worker.paused != null) {
        continue;
      }
      Thread thread = worker.thread;
      Thread.State state = thread == null ? Thread.State.RUNNABLE : thread.getState();
      if (worker.wakes || (state != Thread.State.WAITING && state != Thread.State.TIMED_WAITING)) {
        return null;
      }
      if (LockSupport.getBlocker(thread) instanceof ForkJoinPool.ManagedBlocker future) {
        if (future.isReleasable()) {
          return null;
        }
        continue;
      }
      blocked = true; // unless it was woken and has no core yet
    }
    return blocked;
  }

  /** Whether some thread has not ended. */
  synchronized boolean isBusy() {
    return !workers.isEmpty() || !tasks.isEmpty();
  }

  synchronized List<Throwable> failures() {
    return List.copyOf(failures);
  }

  /** What can go on without time. */
  synchronized List<Action> enabled() {
    List<Action> all = new ArrayList<>(tasks);
    all.addAll(pauses);
    return all;
  }

  /** Takes one of them. */
  void go(Action action) {
    synchronized (this) {
      tasks.remove(action);
      pauses.remove(action);
    }
    trace.add(action.name());
    action.start().run();
    settle();
  }

  /** The next that time brings; false if it brings nothing. */
  boolean passTime() {
    Due next;
    synchronized (this) {
      timed.removeIf(FutureTask::isDone);
      next = timed.stream().min(Comparator.comparingLong(due -> due.at)).orElse(null);
      if (next == null) {
        return false;
      }
      timed.remove(next);
    }
    Ticks.pass(Math.max(0, next.at - Ticks.now()));
    trace.add("time");
    next.run();
    settle();
    return true;
  }

  private static final class Due extends FutureTask<Void> implements ScheduledFuture<Void> {
    final long at;

    Due(Runnable work, long at) {
      super(work, null);
      this.at = at;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(at - Ticks.now(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(at, ((Due) other).at);
    }
  }

  private final class Timer extends ScheduledThreadPoolExecutor {
    Timer() {
      super(0);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
      Due due = new Due(work, Ticks.after(Ticks.now(), unit.toNanos(delay)));
      synchronized (Steps.this) {
        timed.add(due);
      }
      return due;
    }
  }
}
