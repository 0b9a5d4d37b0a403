package dev.flamepool.closure;

import java.io.Serializable;
import java.lang.reflect.Modifier;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
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
 * others: what they show travels, in a collection of its own that fits wherever the view did.
 */
@SuppressWarnings("JdkObsolete") // a copy is of the class that somebody declared
final class Views {
  /** Says that it is Serializable, and is not. */
  private static final String REVERSED = "java.util.LinkedList$ReverseOrderLinkedListView";

  private Views() {}

  /** Whether objects of that class travel as a copy of what they show. */
  static boolean isOne(Class<?> c) {
    if (c.getName().equals(REVERSED)) {
      return true;
    }
    if (!Policy.isStandard(c) || Serializable.class.isAssignableFrom(c)) {
      return false;
    }
    Class<?> plain = plain(c);
    return plain != null && fits(c, plain);
  }

  /** What it shows, in a collection of its own. */
  static Object copy(Object view) {
    Class<?> plain = plain(view.getClass());
    if (plain == TreeMap.class) {
      return sorted((SortedMap<?, ?>) view);
    } else if (plain == LinkedHashMap.class) {
      return new LinkedHashMap<>((Map<?, ?>) view);
    } else if (plain == AbstractMap.SimpleEntry.class) {
      return new AbstractMap.SimpleEntry<>((Map.Entry<?, ?>) view);
    } else if (plain == TreeSet.class) {
      return sorted((SortedSet<?>) view);
    }
    Collection<?> all = (Collection<?>) view;
    if (plain == LinkedHashSet.class) {
      return isByIdentity(view) ? byIdentity(all) : new LinkedHashSet<>(all);
    }
    return plain == ArrayDeque.class
        ? new ArrayDeque<>(all)
        : plain == LinkedList.class ? new LinkedList<>(all) : new ArrayList<>(all);
  }

  /** The class of such a copy; null for what is no collection. */
  private static @Nullable Class<?> plain(Class<?> view) {
    if (SortedMap.class.isAssignableFrom(view)) {
      return TreeMap.class;
    } else if (Map.class.isAssignableFrom(view)) {
      return LinkedHashMap.class;
    } else if (Map.Entry.class.isAssignableFrom(view)) {
      return AbstractMap.SimpleEntry.class;
    } else if (SortedSet.class.isAssignableFrom(view)) {
      return TreeSet.class;
    } else if (Set.class.isAssignableFrom(view)) {
      return LinkedHashSet.class;
    } else if (LinkedList.class.isAssignableFrom(view)) {
      return LinkedList.class;
    } else if (List.class.isAssignableFrom(view)) {
      return ArrayList.class;
    } else if (Deque.class.isAssignableFrom(view)) {
      return ArrayDeque.class;
    }
    return Collection.class.isAssignableFrom(view) ? ArrayList.class : null;
  }

  /** Whether the copy is of each type that somebody may have declared for the view. */
  private static boolean fits(@Nullable Class<?> type, Class<?> plain) {
    if (type == null || type.isAssignableFrom(plain)) {
      return true;
    }
    if (isDeclared(type) || !fits(type.getSuperclass(), plain)) {
      return false;
    }
    for (Class<?> i : type.getInterfaces()) {
      if (!fits(i, plain)) {
        return false;
      }
    }
    return true;
  }

  /** Of Kotlin the interfaces only: what its own library is built of is public, too. */
  private static boolean isDeclared(Class<?> c) {
    return Policy.isJdk(c)
        ? Modifier.isPublic(c.getModifiers()) && c.getModule().isExported(c.getPackageName())
        : c.isInterface() && !c.getName().startsWith("kotlin.jvm.internal.");
  }

  private static boolean isByIdentity(Object view) {
    return view.getClass().getName().startsWith("java.util.IdentityHashMap$");
  }

  private static Set<Object> byIdentity(Collection<?> view) {
    Set<Object> same = Collections.newSetFromMap(new IdentityHashMap<>());
    same.addAll(view);
    return same;
  }

  private static <K> Object sorted(SortedSet<K> view) {
    return new TreeSet<>(view);
  }

  private static <K, V> Object sorted(SortedMap<K, V> view) {
    return new TreeMap<>(view);
  }
}
