package dev.flamepool.closure;

import dev.flamepool.CallOptions;
import dev.flamepool.Placed;
import dev.flamepool.RemoteConsumer;
import dev.flamepool.RemoteFunction;
import dev.flamepool.RunnerLostException;
import dev.flamepool.Trackable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A tracked resource as its caller holds it: made while the result is read, bound to what can reach
 * it right after.
 */
public final class TrackedAway<T> implements Trackable<T> {
  private final int index;
  private volatile @Nullable Placed<T> reached;

  TrackedAway(int index) {
    this.index = index;
  }

  /** Its number among those of its result. */
  public int index() {
    return index;
  }

  /** How it is reached. */
  public void bind(Placed<T> by) {
    reached = by;
  }

  private Placed<T> reach() {
    Placed<T> by = reached;
    if (by == null) {
      throw new IllegalStateException("a tracked resource was used before its result was whole");
    }
    return by;
  }

  @Override
  public <R extends @Nullable Object> R call(RemoteFunction<? super T, R> work) {
    return reach().call(work);
  }

  @Override
  public void run(RemoteConsumer<? super T> work) {
    reach().run(work);
  }

  @Override
  public <R extends @Nullable Object> CompletableFuture<R> submit(
      RemoteFunction<? super T, R> work) {
    return reach().submit(work);
  }

  @Override
  public Placed<T> with(UnaryOperator<CallOptions> options) {
    return reach().with(options);
  }

  @Override
  public String runner() {
    return reach().runner();
  }

  @Override
  public void onLost(Consumer<RunnerLostException> listener) {
    reach().onLost(listener);
  }

  @Override
  public void close() {
    reach().close();
  }

  @Override
  public String toString() {
    Placed<T> by = reached;
    return "Trackable[" + index + (by == null ? "" : " on " + by.runner()) + "]";
  }
}
