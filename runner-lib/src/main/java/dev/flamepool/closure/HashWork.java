package dev.flamepool.closure;

import java.io.ObjectStreamException;
import java.io.StreamCorruptedException;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What hashing may cost while one body is read. Collections and records hash all that they hold,
 * each time it is mentioned: a few kilobytes of nested, shared ones take years, in one step that
 * nothing interrupts. Classes of the application count as one, whatever their hashCode does.
 */
final class HashWork {
  /** Objects, about a second's work. */
  private static final long MOST = 50_000_000;

  private static final long FOR_A_BYTE = 64;

  private long left;

  HashWork(long bytes) {
    left = MOST + FOR_A_BYTE * bytes;
  }

  /**
   * To be asked before these are hashed.
   *
   * @throws StreamCorruptedException if that would take too long
   */
  void hash(List<? extends @Nullable Object> keys) throws ObjectStreamException {
    IdentityHashMap<Object, Long> known = null;
    for (Object key : keys) {
      if (hashesOthers(key)) {
        known = known == null ? new IdentityHashMap<>() : known;
        long cost = cost(key, known);
        left -= cost;
        if (cost > MOST || left < 0) {
          throw new StreamCorruptedException(
              "a "
                  + (key == null ? "key" : key.getClass().getName())
                  + " as a key that takes more than "
                  + MOST
                  + " steps to hash");
        }
      }
    }
  }

  static boolean hashesOthers(@Nullable Object o) {
    return o instanceof Collection<?>
        || o instanceof Map<?, ?>
        || o instanceof Record
        || o instanceof Map.Entry<?, ?>
        || o instanceof Optional<?>;
  }

  private static long cost(@Nullable Object o, IdentityHashMap<Object, Long> known)
      throws ObjectStreamException {
    if (o == null || !hashesOthers(o)) {
      return 1;
    }
    Long before = known.putIfAbsent(o, 1L); // of what holds itself, as far as it is known
    if (before != null) {
      return before;
    }
    long sum;
    try {
      sum = inside(o, known);
    } catch (RuntimeException e) {
      sum = 1; // not complete yet, so nobody can hash it
    }
    known.put(o, sum);
    return sum;
  }

  private static long inside(Object o, IdentityHashMap<Object, Long> known)
      throws ObjectStreamException {
    long sum = 1;
    if (o instanceof Collection<?> all) {
      for (Object e : all) {
        sum = plus(sum, cost(e, known));
      }
    } else if (o instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> e : map.entrySet()) {
        sum = plus(sum, plus(cost(e.getKey(), known), cost(e.getValue(), known)));
      }
    } else if (o instanceof Map.Entry<?, ?> e) {
      sum = plus(cost(e.getKey(), known), cost(e.getValue(), known));
    } else if (o instanceof Optional<?> optional) {
      sum = plus(1, cost(optional.orElse(null), known));
    } else {
      RecordShape shape = RecordShape.cached(o.getClass());
      for (int i = 0; shape != null && i < shape.size; i++) {
        sum = plus(sum, cost(shape.get(o, i), known));
      }
    }
    return sum;
  }

  private static long plus(long a, long b) {
    return Math.min(MOST + 1, a + b);
  }
}
