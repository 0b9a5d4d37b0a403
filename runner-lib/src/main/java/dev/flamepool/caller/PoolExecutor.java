package dev.flamepool.caller;

import dev.flamepool.CallNotSerializableException;
import dev.flamepool.RemoteCallable;
import dev.flamepool.RemoteExecutor;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The JDK's executor over a pool: checks that a task can be sent, and counts those under way. */
final class PoolExecutor implements RemoteExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteExecutor.class);

  private final String pool;
  private final BiFunction<Object, Class<?>, CompletableFuture<@Nullable Object>> send;
  private final Set<CompletableFuture<?>> underWay = new HashSet<>(); // guarded by this
  private boolean shutdown; // guarded by this

  /**
   * Creates one.
   *
   * @param send submits a function of that interface
   */
  PoolExecutor(
      String pool, BiFunction<Object, Class<?>, CompletableFuture<@Nullable Object>> send) {
    this.pool = pool;
    this.send = send;
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> submit(RemoteCallable<T> work) {
    return start(work, RemoteCallable.class, "submit");
  }

  @Override
  public CompletableFuture<?> submit(Task work) {
    return start(work, Task.class, "submit");
  }

  @Override
  public void execute(Task work) {
    logged(start(work, Task.class, "execute"));
  }

  @Override
  public <T extends @Nullable Object> Future<T> submit(Callable<T> task) {
    return start(task, Callable.class, "submit");
  }

  @Override
  public Future<?> submit(Runnable task) {
    return start(task, Runnable.class, "submit");
  }

  @Override
  public <T extends @Nullable Object> Future<T> submit(Runnable task, T result) {
    CompletableFuture<@Nullable Object> ran = start(task, Runnable.class, "submit");
    CompletableFuture<T> future = ran.newIncompleteFuture();
    Futures.atEnd(
        ran,
        (nothing, failure) -> {
          if (failure == null) {
            future.complete(result);
          } else {
            future.completeExceptionally(failure);
          }
        });
    Futures.atEnd(future, (value, failure) -> ran.cancel(true));
    return future;
  }

  @Override
  public void execute(Runnable task) {
    logged(start(task, Runnable.class, "execute"));
  }

  private void logged(CompletableFuture<?> call) {
    Futures.atEnd(
        call,
        (value, failure) -> {
          if (failure != null && !(failure instanceof CancellationException)) {
            LOG.warn("A task executed on pool {} failed", pool, failure);
          }
        });
  }

  // The task's own type says what it returns.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private <T extends @Nullable Object> CompletableFuture<T> start(
      Object task, Class<?> type, String method) {
    sendable(task, method);
    CompletableFuture<@Nullable Object> call;
    synchronized (this) {
      if (shutdown) {
        throw new RejectedExecutionException(
            "The executor of pool " + pool + " was shut down; ask the pool for another.");
      }
      call = send.apply(task, type);
      underWay.add(call);
    }
    Futures.atEnd(call, (value, failure) -> ended(call));
    return (CompletableFuture<T>) call;
  }

  private void sendable(Object task, String method) {
    if (task instanceof Serializable && !task.getClass().getName().startsWith("java.")) {
      return; // the JDK's own hold a future of this process
    }
    String type = task.getClass().getName();
    throw new CallNotSerializableException(
        "The task given to "
            + method
            + " of the executor of pool "
            + pool
            + " is a "
            + type
            + ", which cannot be sent to a runner. Write the lambda where"
            + " the executor is known as RemoteExecutor: executor."
            + method
            + "(() -> ...), or give it a type that is: RemoteCallable<T> task = () -> ..., or"
            + " RemoteExecutor.Task. Instead of CompletableFuture.supplyAsync(work, executor):"
            + " pool.submit(() -> ...), whose future it is.",
        type,
        "the task",
        type,
        null);
  }

  @SuppressWarnings("CollectionUndefinedEquality") // a future is equal to itself only, as meant
  private synchronized void ended(CompletableFuture<?> call) {
    underWay.remove(call);
    if (underWay.isEmpty()) {
      notifyAll();
    }
  }

  @Override
  public <T extends @Nullable Object> List<Future<T>> invokeAll(
      Collection<? extends Callable<T>> tasks) throws InterruptedException {
    return invokeAll(tasks, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
  }

  @Override
  public <T extends @Nullable Object> List<Future<T>> invokeAll(
      Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException {
    long until = Ticks.after(Ticks.now(), unit.toNanos(timeout));
    List<CompletableFuture<T>> calls = all(tasks);
    boolean whole = false;
    try {
      for (CompletableFuture<T> call : calls) {
        try {
          call.get(until - Ticks.now(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException e) {
          // its future says so
        }
      }
      whole = true;
    } catch (TimeoutException e) {
      // those that are not done are cancelled
    } finally {
      if (!whole) {
        calls.forEach(call -> call.cancel(true));
      }
    }
    return new ArrayList<>(calls);
  }

  /** Checks all before it sends one. */
  private <T extends @Nullable Object> List<CompletableFuture<T>> all(
      Collection<? extends Callable<T>> tasks) {
    tasks.forEach(task -> sendable(task, "invokeAll"));
    List<CompletableFuture<T>> calls = new ArrayList<>(tasks.size());
    try {
      for (Callable<T> task : tasks) {
        calls.add(start(task, Callable.class, "invokeAll"));
      }
    } catch (RuntimeException e) {
      calls.forEach(call -> call.cancel(true));
      throw e;
    }
    return calls;
  }

  @Override
  public <T extends @Nullable Object> T invokeAny(Collection<? extends Callable<T>> tasks)
      throws InterruptedException, ExecutionException {
    try {
      return invokeAny(tasks, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public <T extends @Nullable Object> T invokeAny(
      Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("no tasks");
    }
    long until = Ticks.after(Ticks.now(), unit.toNanos(timeout));
    LinkedBlockingQueue<Supplier<T>> ends = new LinkedBlockingQueue<>();
    List<CompletableFuture<T>> calls = all(tasks);
    try {
      calls.forEach(call -> Futures.atEnd(call, (value, failure) -> ends.add(call::join)));
      ExecutionException last = null;
      for (int left = calls.size(); left > 0; left--) {
        Supplier<T> end = ends.poll(until - Ticks.now(), TimeUnit.NANOSECONDS);
        if (end == null) {
          throw new TimeoutException();
        }
        try {
          return end.get();
        } catch (RuntimeException e) {
          last = new ExecutionException(e.getCause() == null ? e : e.getCause());
        }
      }
      throw last == null ? new ExecutionException(null) : last;
    } finally {
      calls.forEach(call -> call.cancel(true));
    }
  }

  @Override
  public synchronized void shutdown() {
    shutdown = true;
    notifyAll();
  }

  @Override
  public List<Runnable> shutdownNow() {
    List<CompletableFuture<?>> calls;
    synchronized (this) {
      shutdown();
      calls = List.copyOf(underWay);
    }
    calls.forEach(call -> call.cancel(true));
    return List.of();
  }

  @Override
  public synchronized boolean isShutdown() {
    return shutdown;
  }

  @Override
  public synchronized boolean isTerminated() {
    return shutdown && underWay.isEmpty();
  }

  @Override
  public synchronized boolean awaitTermination(long timeout, TimeUnit unit)
      throws InterruptedException {
    long until = Ticks.after(Ticks.now(), unit.toNanos(timeout));
    while (!(shutdown && underWay.isEmpty())) {
      long left = until - Ticks.now();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }
}
