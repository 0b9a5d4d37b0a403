package dev.flamepool.caller;

import dev.flamepool.Cast;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A submitted call whose failure is logged unless someone listens. */
final class CastHandle implements Cast {
  private static final Logger LOG = LoggerFactory.getLogger(Cast.class);

  private final CallEngine.Submitted call;
  private volatile boolean heard;

  CastHandle(String pool, String site, CallEngine.Submitted call) {
    this.call = call;
    Futures.atEnd(
        call.future(),
        (value, failure) -> {
          if (failure != null && !heard && !(failure instanceof CancellationException)) {
            LOG.warn("Cast {} to pool {} failed: {}", call.id(), pool, site, failure);
          }
        });
  }

  @Override
  public long id() {
    return call.id();
  }

  @Override
  public boolean cancel() {
    return !call.future().isDone() && call.future().cancel(true);
  }

  @Override
  public CompletionStage<@Nullable Void> completion() {
    heard = true;
    Function<@Nullable Object, @Nullable Void> nothing = value -> null;
    return call.future().thenApply(nothing);
  }

  @Override
  public String toString() {
    return "Cast[" + call.id() + (call.future().isDone() ? ", ended]" : "]");
  }
}
