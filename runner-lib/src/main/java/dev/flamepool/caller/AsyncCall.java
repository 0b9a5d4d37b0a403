package dev.flamepool.caller;

import dev.flamepool.CallOptions;
import dev.flamepool.FlameException;
import dev.flamepool.wire.EncodedCall;
import org.jspecify.annotations.Nullable;

/** A call that nobody waits for: it has no thread while it is in line. */
final class AsyncCall extends Call {
  final CallFuture<@Nullable Object> future;

  private final PoolClient client;
  private volatile boolean ended;

  AsyncCall(long id, EncodedCall body, CallOptions options, PoolClient client) {
    super(id, body, options);
    this.client = client;
    this.future = new CallFuture<>(client.admission());
    Futures.atEnd(
        future,
        (value, failure) -> {
          if (!ended) {
            abandoned();
          }
        });
  }

  @Override
  void granted(RunnerLink link) {
    client.onThread(() -> client.carryOut(this, link));
  }

  @Override
  void failed(FlameException why) {
    client.onThread(() -> client.failed(this, why));
  }

  @Override
  boolean isInterrupted() {
    return false;
  }

  /** Dependents run on this thread, which no slot needs. False if someone else ended it before. */
  boolean complete(@Nullable Object value, @Nullable Throwable failure) {
    ended = true;
    return failure != null ? future.completeExceptionally(failure) : future.complete(value);
  }

  private void abandoned() {
    end(Ending.CANCELLED);
    withdraw();
  }

  /** It is in line again: if it was cancelled before, whoever did that did not find it there. */
  void mayBeAbandoned() {
    if (ending() != null) {
      withdraw();
    }
  }

  private void withdraw() {
    if (client.line().withdraw(this)) {
      client.ended(this, null, null);
    }
  }
}
