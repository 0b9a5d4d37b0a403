package dev.flamepool;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Work that was sent off with {@link Pool#cast}. It may be dropped: the work goes on, and a failure
 * is logged.
 */
public interface Cast {
  /**
   * The call's number in this process, as it appears in the log.
   *
   * @return a number unique in this process
   */
  long id();

  /**
   * Tells the work to stop: it never starts if it has not, else its thread is interrupted.
   *
   * @return false if it had ended before
   */
  boolean cancel();

  /**
   * Ends with null, or with a {@link FlameException} or a {@link
   * java.util.concurrent.CancellationException}. Whoever asks for it is taken to listen: a failure
   * is no longer logged.
   *
   * @return completed when the work has ended
   */
  CompletionStage<@Nullable Void> completion();
}
