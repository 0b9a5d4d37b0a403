package dev.flamepool;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Work that runs on a runner, is handed something that lives there (such as the {@link
 * RunnerContext}), and returns nothing.
 *
 * @param <A> what it is handed
 */
@FunctionalInterface
public interface RemoteConsumer<A extends @Nullable Object> extends Serializable {
  /**
   * Does the work, on the runner.
   *
   * @param argument what lives on the runner; it is not copied
   * @throws Exception whatever the work throws; the caller sees it as the cause of a {@link
   *     RemoteCallException}
   */
  void accept(A argument) throws Exception;
}
