package dev.flamepool.caller;

import dev.flamepool.CallOptions;
import dev.flamepool.Placed;
import dev.flamepool.RemoteConsumer;
import dev.flamepool.RemoteFunction;
import dev.flamepool.RunnerLostException;
import dev.flamepool.closure.TrackedAway;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** An object of a hold as the application sees it: encodes in the calling thread. */
final class PlacedHandle<T> implements Placed<T> {
  private final Claim claim;
  private final String pool;
  private final CallOptions options;

  private PlacedHandle(Claim claim, String pool, CallOptions options) {
    this.claim = claim;
    this.pool = pool;
    this.options = options;
  }

  /**
   * The one object of a hold.
   *
   * @param site what made it
   */
  static <T> Placed<T> of(Hold hold, String pool, String site, CallOptions options) {
    return new PlacedHandle<>(new Claim(hold, 0, pool, site, options), pool, options);
  }

  /**
   * Lets what a result tracks be reached.
   *
   * @param site what made them
   */
  static void bind(List<Object> tracked, Hold hold, String pool, String site, CallOptions options) {
    CallOptions own = options.trackResources(false).retryOnRunnerLost(0);
    for (Object each : tracked) {
      TrackedAway<?> away = (TrackedAway<?>) each;
      Claim claim = new Claim(hold, away.index(), pool, site, own);
      bind(away, new PlacedHandle<>(claim, pool, own));
    }
  }

  @SuppressWarnings("unchecked") // what its type is only the application knows
  private static <T> void bind(TrackedAway<T> away, Placed<?> by) {
    away.bind((Placed<T>) by);
  }

  /** What makes no sense for an object that is kept. */
  static CallOptions checked(CallOptions options) {
    if (options.retryOnRunnerLost() > 0) {
      throw new IllegalArgumentException(
          "retryOnRunnerLost is "
              + options.retryOnRunnerLost()
              + ", but a placed object is gone with its runner: place it again in onLost");
    }
    if (options.isDetached()) {
      throw new IllegalArgumentException(
          "detached() is not for a placed object, which ends with this process");
    }
    if (options.trackResources()) {
      throw new IllegalArgumentException(
          "trackResources(true) is not for a placed object, which is kept anyway; keep what it"
              + " needs inside it");
    }
    return options;
  }

  @Override
  @SuppressWarnings("unchecked") // the work's own type says what it returns
  public <R extends @Nullable Object> R call(RemoteFunction<? super T, R> work) {
    return (R) await(work, RemoteFunction.class);
  }

  @Override
  public void run(RemoteConsumer<? super T> work) {
    await(work, RemoteConsumer.class);
  }

  private @Nullable Object await(Object work, Class<?> type) {
    try {
      return Hold.await(submitted(work, type), pool, runner());
    } finally {
      Reference.reachabilityFence(claim);
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  public <R extends @Nullable Object> CompletableFuture<R> submit(
      RemoteFunction<? super T, R> work) {
    return (CompletableFuture<R>) submitted(work, RemoteFunction.class).future();
  }

  private CallEngine.Submitted submitted(Object work, Class<?> type) {
    try {
      return claim.hold.submit(claim.object, Encoding.of(work, type, false), options);
    } finally {
      // what is in line is carried out before the object is let go
      Reference.reachabilityFence(claim);
    }
  }

  @Override
  public Placed<T> with(UnaryOperator<CallOptions> change) {
    CallOptions changed =
        checked(Objects.requireNonNull(change.apply(options.concurrency(1)), "options"));
    if (changed.concurrency() > 1) {
      throw new IllegalArgumentException("concurrency is chosen where the object is placed");
    }
    return new PlacedHandle<>(claim, pool, changed);
  }

  @Override
  public String runner() {
    return claim.hold.runner();
  }

  @Override
  public void onLost(Consumer<RunnerLostException> listener) {
    claim.onLost(Objects.requireNonNull(listener, "listener"));
  }

  @Override
  public void close() {
    if (claim.close()) {
      claim.hold.release(claim.object, options);
    }
  }

  @Override
  public String toString() {
    return "Placed[on " + runner() + (claim.isClosed() ? ", closed]" : "]");
  }
}
