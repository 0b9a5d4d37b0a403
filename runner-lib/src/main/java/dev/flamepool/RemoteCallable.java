package dev.flamepool;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Work that runs on a runner and returns a value. What the lambda captures is copied there; what it
 * returns is copied back.
 *
 * <p>It counts as work that leaves the {@link RunnerContext} aside. So a method reference that
 * could mean either, such as {@code AtomicInteger::new}, means this one.
 *
 * @param <T> the result
 */
@FunctionalInterface
public interface RemoteCallable<T extends @Nullable Object>
    extends Callable<T>, RemoteFunction<RunnerContext, T> {
  /**
   * Does the work, on the runner.
   *
   * @return the result, which must be serializable
   * @throws Exception whatever the work throws; the caller sees it as the cause of a {@link
   *     RemoteCallException}
   */
  @Override
  T call() throws Exception;

  /** Does the work, without the context. */
  @Override
  default T apply(RunnerContext context) throws Exception {
    return call();
  }
}
