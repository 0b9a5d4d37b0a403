package dev.flamepool.caller;

import dev.flamepool.CallNotSerializableException;
import dev.flamepool.CallOptions;
import dev.flamepool.Cast;
import dev.flamepool.MessageTooLargeException;
import dev.flamepool.Pool;
import dev.flamepool.RemoteCallable;
import dev.flamepool.RemoteConsumer;
import dev.flamepool.RemoteFunction;
import dev.flamepool.RemoteRunnable;
import dev.flamepool.RunnerContext;
import dev.flamepool.closure.CaptureException;
import dev.flamepool.closure.Closures;
import dev.flamepool.wire.EncodedCall;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A pool as the application sees it: encodes in the calling thread, then leaves it to the engine.
 */
final class PoolHandle implements Pool {
  /** The largest call, in encoded bytes (DESIGN section 5, "Encoding"). */
  static final long MAX_MESSAGE_BYTES = 512L << 20;

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
  public Pool with(UnaryOperator<CallOptions> change) {
    return new PoolHandle(engine, Objects.requireNonNull(change.apply(options), "options"));
  }

  // The work's own type says what it returns; the wire cannot.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private <T extends @Nullable Object> T waiting(Object work, Class<?> type) {
    return (T) engine.call(encode(work, type, true), options);
  }

  @SuppressWarnings("unchecked")
  private <T extends @Nullable Object> CompletableFuture<T> submitted(Object work, Class<?> type) {
    return (CompletableFuture<T>) engine.submit(encode(work, type, false), options).future();
  }

  private Cast cast(Object work, Class<?> type) {
    EncodedCall call = encode(work, type, false);
    return new CastHandle(engine.name(), call.site().toString(), engine.submit(call, options));
  }

  private static EncodedCall encode(Object work, Class<?> type, boolean borrow) {
    EncodedCall call;
    try {
      call = Closures.encode(Objects.requireNonNull(work, "work"), type, borrow);
    } catch (dev.flamepool.wire.MessageTooLargeException e) {
      throw new MessageTooLargeException(e.getMessage());
    } catch (CaptureException e) {
      String which = e.index() < 0 ? "the function" : "captured value " + e.index();
      throw new CallNotSerializableException(
          e.getMessage(), e.capturingClass(), which + e.path(), e.type(), e);
    }
    if (call.size() > MAX_MESSAGE_BYTES) {
      throw new MessageTooLargeException(
          "The call in "
              + call.site()
              + " captures "
              + call.size()
              + " bytes; one message holds at most "
              + MAX_MESSAGE_BYTES
              + ". Capture a reference to the data instead, or split it.");
    }
    return call;
  }

  @Override
  public String toString() {
    return "Pool[" + name() + ", " + options + "]";
  }
}
