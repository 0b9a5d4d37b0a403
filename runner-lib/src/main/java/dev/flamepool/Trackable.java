package dev.flamepool;

import dev.flamepool.closure.TrackedHere;

/**
 * A reference to something that stays on the runner when a result goes back. A call made {@code
 * with(o -> o.trackResources(true))} may return any number of them, alone or anywhere inside its
 * result:
 *
 * <pre>{@code
 * record Opened(Trackable<Index> index, int size) {}
 *
 * Opened o = pool.with(o -> o.trackResources(true)).call(() -> {
 *   Index index = new Index(shard);
 *   return new Opened(Trackable.of(index), index.size());
 * });
 * o.index().call(i -> i.find(query)); // runs where the index is
 * o.index().close();
 * }</pre>
 *
 * <p>Those of one result take one place of their runner together, until the last is closed. Made by
 * {@link #of}; not to be implemented by others.
 *
 * @param <T> the type of what stays
 */
public interface Trackable<T> extends Placed<T> {
  /**
   * Makes something a result can refer to. To be called on the runner; there, its methods work in
   * place.
   *
   * @param thing what stays; closed there in the end if it is an {@link AutoCloseable}
   * @param <T> its type
   * @return a reference to be part of a result
   */
  static <T> Trackable<T> of(T thing) {
    return new TrackedHere<>(thing);
  }
}
