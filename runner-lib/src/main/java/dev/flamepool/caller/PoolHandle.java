package dev.flamepool.caller;

import dev.flamepool.CallOptions;
import dev.flamepool.Cast;
import dev.flamepool.MapOptions;
import dev.flamepool.Outcome;
import dev.flamepool.Placed;
import dev.flamepool.Pool;
import dev.flamepool.RemoteCallable;
import dev.flamepool.RemoteConsumer;
import dev.flamepool.RemoteExecutor;
import dev.flamepool.RemoteFunction;
import dev.flamepool.RemoteRunnable;
import dev.flamepool.RunnerContext;
import dev.flamepool.wire.EncodedCall;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A pool as the application sees it: encodes in the calling thread, then leaves it to the engine.
 */
final class PoolHandle implements Pool {
  private final CallEngine engine;
  private final CallOptions options;

  PoolHandle(CallEngine engine, CallOptions options) {
    this.engine = engine;
    this.options = options;
  }

  @Override
  public String name() {
    return engine.name();
  }

  @Override
  public <T extends @Nullable Object> T call(RemoteCallable<T> work) {
    return waiting(work, RemoteCallable.class);
  }

  @Override
  public <T extends @Nullable Object> T call(RemoteFunction<RunnerContext, T> work) {
    return waiting(work, RemoteFunction.class);
  }

  @Override
  public void run(RemoteRunnable work) {
    waiting(work, RemoteRunnable.class);
  }

  @Override
  public void run(RemoteConsumer<RunnerContext> work) {
    waiting(work, RemoteConsumer.class);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> submit(RemoteCallable<T> work) {
    return submitted(work, RemoteCallable.class);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> submit(
      RemoteFunction<RunnerContext, T> work) {
    return submitted(work, RemoteFunction.class);
  }

  @Override
  public Cast cast(RemoteRunnable work) {
    return cast(work, RemoteRunnable.class);
  }

  @Override
  public Cast cast(RemoteConsumer<RunnerContext> work) {
    return cast(work, RemoteConsumer.class);
  }

  @Override
  public <A extends @Nullable Object, R extends @Nullable Object> List<R> map(
      Collection<? extends A> items, RemoteFunction<A, R> work, UnaryOperator<MapOptions> how) {
    List<R> results = new ArrayList<>(items.size());
    for (Outcome<R> outcome : this.<A, R>fanOut(items, work, how, true)) {
      results.add(outcome.get());
    }
    return results;
  }

  @Override
  public <A extends @Nullable Object, R extends @Nullable Object> List<Outcome<R>> mapAll(
      Collection<? extends A> items, RemoteFunction<A, R> work, UnaryOperator<MapOptions> how) {
    return fanOut(items, work, how, false);
  }

  @SuppressWarnings("unchecked")
  private <A extends @Nullable Object, R extends @Nullable Object> List<Outcome<R>> fanOut(
      Collection<? extends A> items,
      RemoteFunction<A, R> work,
      UnaryOperator<MapOptions> how,
      boolean failFast) {
    CallOptions own = plain();
    MapOptions chosen = Objects.requireNonNull(how.apply(MapOptions.DEFAULTS), "options");
    return new FanOut<A, R>(
            engine.name(),
            items,
            chosen,
            failFast,
            item ->
                (CompletableFuture<R>) engine.submit(Encoding.applied(work, item), own).future())
        .run();
  }

  @Override
  public <T> Placed<T> place(RemoteCallable<T> factory) {
    return placed(factory, RemoteCallable.class);
  }

  @Override
  public <T> Placed<T> place(RemoteFunction<RunnerContext, T> factory) {
    return placed(factory, RemoteFunction.class);
  }

  private <T> Placed<T> placed(Object factory, Class<?> type) {
    CallOptions checked = PlacedHandle.checked(options);
    EncodedCall call = Encoding.of(factory, type, !VirtualThreads.isHere());
    String site = call.site().toString();
    return PlacedHandle.of(engine.place(call, checked), engine.name(), site, checked);
  }

  /** Options of a call that leaves nothing behind. */
  private CallOptions plain() {
    if (options.concurrency() > 1) {
      throw new IllegalArgumentException(
          "concurrency is "
              + options.concurrency()
              + ", but only place(...) takes more than one place of a runner");
    }
    return options;
  }

  @Override
  public RemoteExecutor asExecutor() {
    plain();
    return new PoolExecutor(engine.name(), this::submitted);
  }

  @Override
  public Pool with(UnaryOperator<CallOptions> change) {
    return new PoolHandle(engine, Objects.requireNonNull(change.apply(options), "options"));
  }

  // The work's own type says what it returns; the wire cannot.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private <T extends @Nullable Object> T waiting(Object work, Class<?> type) {
    return (T) engine.call(Encoding.of(work, type, !VirtualThreads.isHere()), plain());
  }

  @SuppressWarnings("unchecked")
  private <T extends @Nullable Object> CompletableFuture<T> submitted(Object work, Class<?> type) {
    return (CompletableFuture<T>) engine.submit(Encoding.of(work, type, false), plain()).future();
  }

  private Cast cast(Object work, Class<?> type) {
    EncodedCall call = Encoding.of(work, type, false);
    return new CastHandle(engine.name(), call.site().toString(), engine.submit(call, plain()));
  }

  @Override
  public String toString() {
    return "Pool[" + name() + ", " + options + "]";
  }
}
