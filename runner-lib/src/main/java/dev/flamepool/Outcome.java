package dev.flamepool;

import org.jspecify.annotations.Nullable;

/**
 * How one element of {@link Pool#mapAll} ended.
 *
 * @param value what the function returned for it; null if it failed
 * @param failure why there is no value; null if there is one
 * @param <R> the result
 */
public record Outcome<R extends @Nullable Object>(
    @Nullable R value, @Nullable RuntimeException failure) {
  /**
   * Whether there is a value.
   *
   * @return false if it failed
   */
  public boolean succeeded() {
    return failure == null;
  }

  /**
   * The value.
   *
   * @return what the function returned
   * @throws RuntimeException the {@link #failure} if there is one
   */
  public @Nullable R get() {
    if (failure != null) {
      throw failure;
    }
    return value;
  }
}
