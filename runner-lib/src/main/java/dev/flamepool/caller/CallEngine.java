package dev.flamepool.caller;

import dev.flamepool.CallOptions;
import dev.flamepool.wire.EncodedCall;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What carries calls to one pool out: over the network, or in this process. */
interface CallEngine {
  /** The pool's own name. */
  String name();

  /** Carries a call out and waits for its end; throws what {@code Pool.call} throws. */
  @Nullable Object call(EncodedCall body, CallOptions options);

  /** Carries a call out. */
  Submitted submit(EncodedCall body, CallOptions options);

  /** Makes an object that stays where it was made; throws what {@code Pool.place} throws. */
  Hold place(EncodedCall factory, CallOptions options);

  /**
   * A call that nobody waits for.
   *
   * @param id its number in this process
   * @param future its end; completing it otherwise cancels the call
   */
  record Submitted(long id, CompletableFuture<@Nullable Object> future) {}

  /** Has every call on what stays on a runner seen; to be said before the first call. */
  void watch(Hold.Watch by);

  /** Takes no more calls. */
  void refuse();

  /** Waits until no call is left; false if some are left at that time. */
  boolean awaitDone(long until) throws InterruptedException;

  /** Cancels what is left and leaves nothing behind. */
  void close();
}
