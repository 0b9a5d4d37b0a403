package dev.flamepool.closure;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.PriorityBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Collections of an order that somebody gave. */
final class Ordered {
  private Ordered() {}

  /** What orders it; null for its elements' own order, or for what has none. */
  static @Nullable Comparator<?> by(Object o) {
    if (o instanceof SortedMap<?, ?> map) {
      return map.comparator();
    } else if (o instanceof SortedSet<?> set) {
      return set.comparator();
    } else if (o instanceof PriorityQueue<?> queue) {
      return queue.comparator();
    }
    return o instanceof PriorityBlockingQueue<?> queue ? queue.comparator() : null;
  }
}
