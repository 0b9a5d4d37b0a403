package dev.flamepool;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * How {@link Pool#map} and {@link Pool#mapAll} go through a collection. Immutable.
 *
 * @param atOnce how many elements may be under way, waiting for a runner or running: that many are
 *     held as bytes, and that many are the demand the pool grows by
 * @param onProgress told on the calling thread after each element
 */
public record MapOptions(int atOnce, Consumer<Progress> onProgress) {
  /** 256 at once, nobody told. */
  public static final MapOptions DEFAULTS = new MapOptions(256, progress -> {});

  /**
   * How far it is.
   *
   * @param done elements that have ended, well or not
   * @param failed those of them that failed
   * @param total elements in all
   */
  public record Progress(int done, int failed, int total) {}

  /** Checks the values. */
  public MapOptions {
    if (atOnce < 1) {
      throw new IllegalArgumentException("atOnce is " + atOnce + ": give 1 or more");
    }
    Objects.requireNonNull(onProgress, "onProgress");
  }

  /**
   * Changes how many elements may be under way.
   *
   * @param elements 1 or more; 256 unless said so
   * @return a changed copy
   */
  public MapOptions atOnce(int elements) {
    return new MapOptions(elements, onProgress);
  }

  /**
   * Has someone told after each element, on the thread that called {@code map}. What it throws ends
   * the whole and cancels what is under way.
   *
   * @param listener who is told
   * @return a changed copy
   */
  public MapOptions onProgress(Consumer<Progress> listener) {
    return new MapOptions(atOnce, listener);
  }
}
