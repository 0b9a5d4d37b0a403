package dev.flamepool;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An object that lives on a runner, made by {@link Pool#place}; it is never copied. Work sent to it
 * runs there, in the order in which it was sent, one at a time unless {@link
 * CallOptions#concurrency(int)} says more.
 *
 * <p>It takes a place of its runner until it is closed, so the runner is not idle meanwhile. One
 * that can no longer be reached is closed some time after, with a warning; do not rely on it. It
 * ends with this process too, and with its runner: then {@link #onLost} is told and every call
 * throws {@link RunnerLostException}; it is never placed anew by itself. All methods may be used by
 * any thread.
 *
 * @param <T> its type
 */
public interface Placed<T> extends AutoCloseable {
  /**
   * Runs the work on the object and waits for its result. A {@code timeout} is one budget for
   * waiting for its turn and running; without one it waits as long as the calls before it take, and
   * then runs up to the pool's {@code timeout}.
   *
   * @param work what to run there
   * @param <R> the result
   * @return what the work returned, a copy
   * @throws RemoteCallException if the work threw
   * @throws RunnerLostException if the object is gone with its runner
   * @throws FlameException another subclass for every other failure
   */
  <R extends @Nullable Object> R call(RemoteFunction<? super T, R> work);

  /**
   * Runs the work on the object and waits until it has ended.
   *
   * @param work what to run there
   */
  void run(RemoteConsumer<? super T> work);

  /**
   * Runs the work on the object without waiting.
   *
   * @param work what to run there
   * @param <R> the result
   * @return ends with the result or with what {@link #call} would have thrown; cancelling it
   *     cancels the work
   */
  <R extends @Nullable Object> CompletableFuture<R> submit(RemoteFunction<? super T, R> work);

  /**
   * The same object with other options for the calls made through what is returned.
   *
   * @param options changes the options
   * @return the same object
   */
  Placed<T> with(UnaryOperator<CallOptions> options);

  /**
   * Where it lives.
   *
   * @return the runner's name
   */
  String runner();

  /**
   * Has someone told when the object is gone with its runner; at once if it is. Not told when it is
   * closed.
   *
   * @param listener who is told, on a thread of its own
   */
  void onLost(Consumer<RunnerLostException> listener);

  /**
   * Waits for the calls made before, closes the object on its runner if it is an {@link
   * AutoCloseable}, and gives its place back. Does nothing if it was closed or lost before.
   *
   * @throws RemoteCallException if the object's {@code close} threw; its place is given back all
   *     the same
   */
  @Override
  void close();
}
