package dev.flamepool;

import org.jspecify.annotations.Nullable;

/**
 * Hears how a pool grows and shrinks, as its status tells this process: what FLAME calls {@code
 * on_grow_start}, {@code on_grow_end} and {@code on_shrink}. Given to {@link
 * FlameBuilder#listener}; one thread calls all of them in order. Every runner whose boot is told to
 * have ended was told to have started. Changes between two looks at the status add up: a runner
 * that came and went between them is not told of.
 */
public interface PoolListener {
  /**
   * A runner begins to boot.
   *
   * @param pool the name of the pool
   * @param runners how many there are with it, ready or booting
   */
  default void onGrowStart(String pool, int runners) {}

  /**
   * A boot is over.
   *
   * @param pool the name of the pool
   * @param runner its name
   * @param failure why it failed, null if it is ready for calls
   * @param runners how many are ready now
   */
  default void onGrowEnd(
      String pool, String runner, PoolState.@Nullable Failure failure, int runners) {}

  /**
   * A runner takes no more calls: it was idle, is no longer wanted, or was lost.
   *
   * @param pool the name of the pool
   * @param runner its name
   * @param runners how many are ready now
   */
  default void onShrink(String pool, String runner, int runners) {}
}
