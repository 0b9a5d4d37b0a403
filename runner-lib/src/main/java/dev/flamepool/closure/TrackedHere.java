package dev.flamepool.closure;

import dev.flamepool.CallOptions;
import dev.flamepool.FlameParent;
import dev.flamepool.RemoteCallException;
import dev.flamepool.RemoteConsumer;
import dev.flamepool.RemoteFunction;
import dev.flamepool.RunnerLostException;
import dev.flamepool.Trackable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A resource where it lives: calls on it run in place. */
public final class TrackedHere<T> implements Trackable<T> {
  private final T thing;

  /** Tracks that. */
  public TrackedHere(T thing) {
    this.thing = thing;
  }

  /** The resource itself. */
  public T thing() {
    return thing;
  }

  @Override
  public <R extends @Nullable Object> R call(RemoteFunction<? super T, R> work) {
    try {
      return work.apply(thing);
    } catch (Exception e) {
      throw new RemoteCallException(
          "In place: " + e, runner(), e.getClass().getName(), Failures.trace(e), e);
    }
  }

  @Override
  public void run(RemoteConsumer<? super T> work) {
    call(
        t -> {
          work.accept(t);
          return null;
        });
  }

  @Override
  public <R extends @Nullable Object> CompletableFuture<R> submit(
      RemoteFunction<? super T, R> work) {
    try {
      return CompletableFuture.completedFuture(call(work));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public Trackable<T> with(UnaryOperator<CallOptions> options) {
    return this;
  }

  @Override
  public String runner() {
    return FlameParent.current().map(FlameParent::runner).orElse("in process");
  }

  @Override
  public void onLost(Consumer<RunnerLostException> listener) {
    // cannot be lost to the process it lives in
  }

  @Override
  public void close() {
    if (thing instanceof AutoCloseable closeable) {
      call(
          t -> {
            closeable.close();
            return null;
          });
    }
  }

  @Override
  public String toString() {
    return "Trackable[" + thing + "]";
  }
}
