package dev.flamepool;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A {@code FlamePool} to call: wrap a piece of code, and it runs on a runner, a copy of this
 * application.
 *
 * <p>What a lambda captures is copied when the method is called, before it returns or waits; a
 * capture that cannot be copied fails at once with {@link CallNotSerializableException}. A call
 * that finds no runner with room waits in line while the operator boots one. Work runs at most once
 * unless it is declared idempotent. Every failure is a {@link FlameException}. All methods may be
 * used by any thread, none is bound to a thread.
 */
public interface Pool {
  /**
   * The name of the {@code FlamePool}.
   *
   * @return a DNS label
   */
  String name();

  /**
   * Runs the work on a runner and waits for its result. Interrupting the waiting thread cancels the
   * remote work and throws {@link CallInterruptedException} within 250 ms.
   *
   * @param work what to run there
   * @param <T> the result
   * @return what the work returned, a copy
   * @throws RemoteCallException if the work threw
   * @throws FlameException another subclass for every other failure
   */
  <T extends @Nullable Object> T call(RemoteCallable<T> work);

  /**
   * Like {@link #call(RemoteCallable)}, for work that uses the application on the runner, such as
   * its beans.
   *
   * @param work what to run there
   * @param <T> the result
   * @return what the work returned, a copy
   */
  <T extends @Nullable Object> T call(RemoteFunction<RunnerContext, T> work);

  /**
   * Runs the work on a runner and waits until it has ended; otherwise like {@link
   * #call(RemoteCallable)}.
   *
   * @param work what to run there
   */
  void run(RemoteRunnable work);

  /**
   * Like {@link #run(RemoteRunnable)}, for work that uses the application on the runner.
   *
   * @param work what to run there
   */
  void run(RemoteConsumer<RunnerContext> work);

  /**
   * Runs the work on a runner without waiting. A future that ends in any other way (cancelled, or
   * completed by someone else) cancels its remote work. Dependents run on a thread of their own,
   * never on one that a slot needs.
   *
   * @param work what to run there
   * @param <T> the result
   * @return ends with the result or with what {@link #call(RemoteCallable)} would have thrown
   */
  <T extends @Nullable Object> CompletableFuture<T> submit(RemoteCallable<T> work);

  /**
   * Like {@link #submit(RemoteCallable)}, for work that uses the application on the runner.
   *
   * @param work what to run there
   * @param <T> the result
   * @return ends with the result or with what {@link #call(RemoteFunction)} would have thrown
   */
  <T extends @Nullable Object> CompletableFuture<T> submit(RemoteFunction<RunnerContext, T> work);

  /**
   * Sends the work off: fire and forget. A failure is logged unless someone asks for {@link
   * Cast#completion}.
   *
   * @param work what to run there
   * @return a handle that may be dropped
   */
  Cast cast(RemoteRunnable work);

  /**
   * Like {@link #cast(RemoteRunnable)}, for work that uses the application on the runner.
   *
   * @param work what to run there
   * @return a handle that may be dropped
   */
  Cast cast(RemoteConsumer<RunnerContext> work);

  /**
   * Calls the function once for each element, many at once, and waits for all. The first failure
   * cancels the rest and is thrown.
   *
   * @param items what the function is called with, each a copy
   * @param work what to run there
   * @param <A> an element
   * @param <R> the result for one
   * @return the results in the order of the elements
   * @throws FlameException the first failure
   */
  default <A extends @Nullable Object, R extends @Nullable Object> List<R> map(
      Collection<? extends A> items, RemoteFunction<A, R> work) {
    return map(items, work, options -> options);
  }

  /**
   * Like {@link #map(Collection, RemoteFunction)}, with a say in how many elements are under way,
   * and told of the progress.
   *
   * @param items what the function is called with, each a copy
   * @param work what to run there
   * @param options changes {@link MapOptions#DEFAULTS}
   * @param <A> an element
   * @param <R> the result for one
   * @return the results in the order of the elements
   */
  <A extends @Nullable Object, R extends @Nullable Object> List<R> map(
      Collection<? extends A> items, RemoteFunction<A, R> work, UnaryOperator<MapOptions> options);

  /**
   * Like {@link #map(Collection, RemoteFunction)}, but goes on after a failure and tells how each
   * element ended.
   *
   * @param items what the function is called with, each a copy
   * @param work what to run there
   * @param <A> an element
   * @param <R> the result for one
   * @return the outcomes in the order of the elements
   */
  default <A extends @Nullable Object, R extends @Nullable Object> List<Outcome<R>> mapAll(
      Collection<? extends A> items, RemoteFunction<A, R> work) {
    return mapAll(items, work, options -> options);
  }

  /**
   * Like {@link #mapAll(Collection, RemoteFunction)}, with a say in how many elements are under
   * way, and told of the progress.
   *
   * @param items what the function is called with, each a copy
   * @param work what to run there
   * @param options changes {@link MapOptions#DEFAULTS}
   * @param <A> an element
   * @param <R> the result for one
   * @return the outcomes in the order of the elements
   */
  <A extends @Nullable Object, R extends @Nullable Object> List<Outcome<R>> mapAll(
      Collection<? extends A> items, RemoteFunction<A, R> work, UnaryOperator<MapOptions> options);

  /**
   * Makes an object on a runner that stays there until it is closed. It takes a place of the runner
   * for its life, and as many as {@link CallOptions#concurrency(int)} says where the runner has
   * them; each is taken as soon as it is free.
   *
   * @param factory makes the object, on the runner
   * @param <T> its type; it need not be serializable
   * @return to be closed
   * @throws RemoteCallException if the factory threw; nothing is left on the runner then
   */
  <T> Placed<T> place(RemoteCallable<T> factory);

  /**
   * Like {@link #place(RemoteCallable)}, for a factory that uses the application on the runner.
   *
   * @param factory makes the object, on the runner
   * @param <T> its type; it need not be serializable
   * @return to be closed
   */
  <T> Placed<T> place(RemoteFunction<RunnerContext, T> factory);

  /**
   * The pool as an {@link java.util.concurrent.ExecutorService}, for code that wants one.
   *
   * @return a new one, with the options of this pool
   */
  RemoteExecutor asExecutor();

  /**
   * The same pool with other options for the calls made through what is returned. Options add up:
   * the function is handed those of this pool.
   *
   * @param options changes the options
   * @return the same pool, shared connections and queue included
   */
  Pool with(UnaryOperator<CallOptions> options);
}
