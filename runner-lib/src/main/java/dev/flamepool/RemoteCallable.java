package dev.flamepool;

import java.io.Serializable;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Work that runs on a runner and returns a value. What the lambda captures is copied there; what it
 * returns is copied back.
 *
 * @param <T> the result
 */
@FunctionalInterface
public interface RemoteCallable<T extends @Nullable Object> extends Callable<T>, Serializable {
  /**
   * Does the work, on the runner.
   *
   * @return the result, which must be serializable
   * @throws Exception whatever the work throws; the caller sees it as the cause of a {@link
   *     RemoteCallException}
   */
  @Override
  T call() throws Exception;
}
