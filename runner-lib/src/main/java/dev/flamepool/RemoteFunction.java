package dev.flamepool;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Work that runs on a runner, is handed something that lives there (such as the {@link
 * RunnerContext}), and returns a value.
 *
 * @param <A> what it is handed
 * @param <R> the result
 */
@FunctionalInterface
public interface RemoteFunction<A extends @Nullable Object, R extends @Nullable Object>
    extends Serializable {
  /**
   * Does the work, on the runner.
   *
   * @param argument what lives on the runner; it is not copied
   * @return the result, which must be serializable
   * @throws Exception whatever the work throws; the caller sees it as the cause of a {@link
   *     RemoteCallException}
   */
  R apply(A argument) throws Exception;
}
