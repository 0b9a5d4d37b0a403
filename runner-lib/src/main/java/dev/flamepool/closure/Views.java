package dev.flamepool.closure;

import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Collections of the JDK and of Kotlin that are no Serializable classes, as they are views of
 * others: what they show travels, in a collection of its own.
 */
final class Views {
  private Views() {}

  /** A copy of what it shows; null if it is no such view. */
  static @Nullable Object copy(Object view) {
    if (view instanceof Collection<?> c) {
      return copy(c);
    }
    if (view instanceof SortedMap<?, ?> m) {
      return sorted(m);
    }
    if (view instanceof Map<?, ?> m) {
      return new LinkedHashMap<>(m);
    }
    return view instanceof Map.Entry<?, ?> e ? new AbstractMap.SimpleEntry<>(e) : null;
  }

  private static Object copy(Collection<?> view) {
    if (view instanceof SortedSet<?> s) {
      return sorted(s);
    }
    if (!(view instanceof Set<?>)) {
      return view instanceof List<?> || !(view instanceof Deque<?>)
          ? new ArrayList<>(view)
          : new ArrayDeque<>(view);
    }
    if (view.getClass().getName().startsWith("java.util.IdentityHashMap$")) {
      Set<Object> same = Collections.newSetFromMap(new IdentityHashMap<>());
      same.addAll(view);
      return same;
    }
    return new LinkedHashSet<>(view);
  }

  private static <K> Object sorted(SortedSet<K> view) {
    return new TreeSet<>(view);
  }

  private static <K, V> Object sorted(SortedMap<K, V> view) {
    return new TreeMap<>(view);
  }
}
