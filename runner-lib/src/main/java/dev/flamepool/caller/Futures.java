package dev.flamepool.caller;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What the JDK's futures lack. */
final class Futures {
  private Futures() {}

  /** Does something at the end of a future, for its own sake. */
  @SuppressWarnings("FutureReturnValueIgnored")
  static <T extends @Nullable Object> void atEnd(
      CompletableFuture<T> future, BiConsumer<? super T, ? super @Nullable Throwable> action) {
    future.whenComplete(action);
  }
}
