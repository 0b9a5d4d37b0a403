package dev.flamepool;

import java.io.Serializable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * A pool as an {@link ExecutorService}: its own methods take serializable lambdas, and javac
 * chooses them for a lambda. Made by {@link Pool#asExecutor}.
 *
 * <p>The JDK's methods are there for code that was written for an executor. A task that comes
 * through them and cannot be sent, because it is no {@link Serializable}, fails at once with {@link
 * CallNotSerializableException}, which says what to write instead; so do {@code
 * CompletableFuture.supplyAsync} and {@code ExecutorCompletionService}, which wrap their tasks.
 *
 * <p>{@link #shutdown} ends this executor, not the pool. {@link #shutdownNow} cancels what is under
 * way and returns an empty list: what was waiting is bytes, not a {@code Runnable}.
 */
public interface RemoteExecutor extends ExecutorService {
  /** A {@link Runnable} that can be sent; write it as a lambda. */
  @FunctionalInterface
  interface Task extends Runnable, Serializable {}

  /**
   * Runs the work on a runner, like {@link Pool#submit(RemoteCallable)}.
   *
   * @param work what to run there
   * @param <T> the result
   * @return cancelling it cancels the remote work
   */
  <T extends @Nullable Object> CompletableFuture<T> submit(RemoteCallable<T> work);

  /**
   * Runs the work on a runner.
   *
   * @param work what to run there
   * @return ends with null; cancelling it cancels the remote work
   */
  CompletableFuture<?> submit(Task work);

  /**
   * Runs the work on a runner; a failure is logged.
   *
   * @param work what to run there
   */
  void execute(Task work);
}
