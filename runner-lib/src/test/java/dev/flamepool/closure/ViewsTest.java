package dev.flamepool.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flamepool.wire.BodyIn;
import dev.flamepool.wire.Reply;
import java.io.Externalizable;
import java.io.Serializable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.RandomAccess;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.jar.Attributes;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A view arrives as something that fits wherever the view did. */
@SuppressWarnings({"JdkObsolete", "IdentityHashMapUsage"}) // whatever applications use
class ViewsTest {
  private static final ClassLoader APP = ViewsTest.class.getClassLoader();
  private static final Comparator<String> BACKWARDS = Comparator.reverseOrder();

  interface Task<T> extends Serializable {
    T call() throws Exception;
  }

  enum Size {
    SMALL,
    BIG
  }

  private static Object result(Object value) throws Exception {
    return Closures.replies(APP).value(BodyIn.of(Results.encode(value)));
  }

  private static <T> T run(Task<T> task) {
    Reply reply = Closures.runHere(Closures.encode(task, Task.class, false), APP, null);
    assertThat(reply).isInstanceOf(Reply.Result.class);
    @SuppressWarnings("unchecked")
    T value = (T) ((Reply.Result) reply).value();
    return value;
  }

  private static Map<String, Object> views() {
    List<String> list = new ArrayList<>(List.of("b", "a", "c"));
    Map<String, Integer> hash = new HashMap<>(Map.of("b", 1, "a", 2));
    TreeMap<String, Integer> sorted = new TreeMap<>(BACKWARDS);
    sorted.putAll(Map.of("a", 1, "b", 2, "c", 3));
    TreeSet<String> set = new TreeSet<>(BACKWARDS);
    set.addAll(list);
    ConcurrentSkipListMap<String, Integer> skips = new ConcurrentSkipListMap<>(sorted);
    EnumMap<Size, Integer> byEnum = new EnumMap<>(Map.of(Size.BIG, 1, Size.SMALL, 2));
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("subList", list.subList(0, 2));
    all.put("subList of List.of", List.of(1, 2, 3).subList(0, 2));
    all.put("subList of asList", Arrays.asList(1, 2, 3).subList(0, 2));
    all.put("subList of copies", new CopyOnWriteArrayList<>(list).subList(0, 2));
    all.put("asList", Arrays.asList("a", "b"));
    all.put("keySet", hash.keySet());
    all.put("values", hash.values());
    all.put("entrySet", hash.entrySet());
    all.put("entry", hash.entrySet().iterator().next());
    all.put("keys of Hashtable", new Hashtable<>(hash).keySet());
    all.put("keys of EnumMap", byEnum.keySet());
    all.put("entries of EnumMap", byEnum.entrySet());
    all.put("keys of IdentityHashMap", new IdentityHashMap<>(Map.of("a", 1)).keySet());
    all.put("navigableKeySet", sorted.navigableKeySet());
    all.put("descendingKeySet", sorted.descendingKeySet());
    all.put("subMap", sorted.subMap("c", "a"));
    all.put("tailMap", sorted.tailMap("b", true));
    all.put("keys of subMap", sorted.subMap("c", "a").keySet());
    all.put("entries of subMap", sorted.subMap("c", "a").entrySet());
    all.put("descendingMap", sorted.descendingMap());
    all.put("subSet", set.subSet("c", true, "b", true));
    all.put("descendingSet", set.descendingSet());
    all.put("keys of skip list", skips.keySet());
    all.put("entries of skip list", skips.entrySet());
    all.put("part of skip list", skips.subMap("c", "a"));
    all.put("keys of part of skip list", skips.subMap("c", "a").keySet());
    all.put("newKeySet", ConcurrentHashMap.newKeySet());
    all.put("values of ConcurrentHashMap", new ConcurrentHashMap<>(hash).values());
    all.put("unmodifiableList", Collections.unmodifiableList(list));
    all.put("unmodifiable subList", Collections.unmodifiableList(list.subList(0, 2)));
    all.put("unmodifiableNavigableMap", Collections.unmodifiableNavigableMap(sorted));
    all.put("unmodifiableSortedMap", Collections.unmodifiableSortedMap(sorted.headMap("a")));
    all.put("unmodifiable keys", Collections.unmodifiableNavigableSet(sorted.navigableKeySet()));
    all.put("unmodifiable entries", Collections.unmodifiableMap(hash).entrySet());
    all.put("synchronizedSortedMap", Collections.synchronizedSortedMap(sorted));
    all.put("synchronized keys", Collections.synchronizedNavigableSet(sorted.navigableKeySet()));
    all.put("synchronized entries", Collections.synchronizedMap(hash).entrySet());
    all.put("checked keys", Collections.checkedSortedSet(sorted.navigableKeySet(), String.class));
    all.put(
        "checked entries", Collections.checkedMap(hash, String.class, Integer.class).entrySet());
    all.put("emptyNavigableMap", Collections.emptyNavigableMap());
    all.put("newSetFromMap", Collections.newSetFromMap(new IdentityHashMap<>()));
    all.put("asLifoQueue", Collections.asLifoQueue(new java.util.ArrayDeque<>(list)));
    all.put("partitioningBy", Stream.of(1, 2).collect(Collectors.partitioningBy(i -> i > 1)));
    all.put("getenv", System.getenv());
    for (Object each :
        List.of(
            list,
            sorted,
            set,
            new LinkedHashMap<>(hash),
            new LinkedHashSet<>(list),
            new java.util.ArrayDeque<>(list),
            new java.util.LinkedList<>(list),
            new CopyOnWriteArrayList<>(list),
            skips,
            List.of(1, 2, 3),
            Arrays.asList(1, 2))) {
      sequenced(each, all);
    }
    return all;
  }

  /** What JDK 21 and later show of it. */
  private static void sequenced(Object o, Map<String, Object> all) {
    for (String view :
        List.of("reversed", "sequencedKeySet", "sequencedValues", "sequencedEntrySet")) {
      for (Class<?> type : types(o.getClass())) {
        try {
          Method m = type.getMethod(view);
          all.put(view + " of " + o.getClass().getSimpleName(), m.invoke(o));
          break;
        } catch (ReflectiveOperationException e) {
          // not of that type, or of this JDK
        }
      }
    }
  }

  /** The types that somebody can give a variable that holds one. */
  private static Set<Class<?>> types(Class<?> c) {
    Set<Class<?>> all = new LinkedHashSet<>();
    for (Class<?> k = c; k != null; k = k.getSuperclass()) {
      all.add(k);
      for (Class<?> i : k.getInterfaces()) {
        all.addAll(types(i));
      }
    }
    all.remove(Externalizable.class); // it is none itself
    all.removeIf(t -> !Modifier.isPublic(t.getModifiers()) || !isExported(t));
    return all;
  }

  private static boolean isExported(Class<?> c) {
    return c.getModule().isExported(c.getPackageName());
  }

  private static Object inOrder(Object o) {
    if (o instanceof Map<?, ?> map) {
      return inOrder(map.entrySet());
    }
    return o instanceof Collection<?> all ? new ArrayList<>(all).toString() : o.toString();
  }

  private static Object comparator(Object o) {
    return o instanceof SortedSet<?> s
        ? String.valueOf(s.comparator())
        : o instanceof SortedMap<?, ?> m ? String.valueOf(m.comparator()) : "none";
  }

  private static void same(String name, Object view, Object arrived) {
    for (Class<?> type : types(view.getClass())) {
      assertThat(arrived).as(name).isInstanceOf(type);
    }
    assertThat(inOrder(arrived)).as(name).isEqualTo(inOrder(view));
    assertThat(comparator(arrived)).as(name).isEqualTo(comparator(view));
  }

  @Test
  void aViewArrivesWithItsTypesItsOrderAndItsComparator() throws Exception {
    for (Map.Entry<String, Object> each : views().entrySet()) {
      String name = each.getKey();
      Object view = each.getValue();
      same(name, view, result(view));
      same(name, view, run(() -> view));
      same(name, view, ((List<?>) run(() -> Arrays.asList(view, 1))).get(0));
    }
  }

  record Shown(
      NavigableSet<String> keys,
      SortedSet<String> sorted,
      SortedMap<String, Integer> part,
      NavigableMap<String, Integer> fixed,
      List<String> list,
      Queue<String> queue) {}

  static final class Holder implements Serializable {
    private static final long serialVersionUID = 1;
    final NavigableSet<String> keys;
    final SortedSet<String> sorted;
    final SortedMap<String, Integer> part;
    final NavigableMap<String, Integer> fixed;
    final List<String> list;
    final NavigableSet<String>[] several;

    @SuppressWarnings({"unchecked", "rawtypes"})
    Holder(Shown s) {
      keys = s.keys;
      sorted = s.sorted;
      part = s.part;
      fixed = s.fixed;
      list = s.list;
      several = new NavigableSet[] {keys, s.fixed.navigableKeySet()};
    }
  }

  /** Where a declared type is asked: components, fields, elements of arrays, captures. */
  @Test
  void viewsFitWhereverTheyAreDeclared() throws Exception {
    TreeMap<String, Integer> map = new TreeMap<>(BACKWARDS);
    map.putAll(Map.of("a", 1, "b", 2, "c", 3));
    List<String> list = new ArrayList<>(List.of("a", "b")).subList(0, 1);
    Shown shown =
        new Shown(
            map.navigableKeySet(),
            map.subMap("c", true, "a", false).navigableKeySet(),
            map.subMap("c", "a"),
            Collections.unmodifiableNavigableMap(map),
            list,
            Collections.asLifoQueue(new java.util.ArrayDeque<>(list)));
    Shown back = (Shown) result(shown);
    assertThat(back.keys.toString()).isEqualTo("[c, b, a]");
    assertThat(back.sorted.comparator()).isEqualTo(map.comparator());
    assertThat(back.fixed.firstKey()).isEqualTo("c");
    assertThat(back.list).isInstanceOf(RandomAccess.class);
    Holder held = (Holder) result(new Holder(shown));
    assertThat(held.several[0].first()).isEqualTo("c");
    assertThat(held.keys).isSameAs(held.several[0]);
    assertThat(held.part.toString()).isEqualTo("{c=3, b=2}");
    NavigableSet<String> keys = map.descendingKeySet();
    NavigableMap<String, Integer> fixed = Collections.unmodifiableNavigableMap(map);
    NavigableSet<?>[] array = {keys, map.navigableKeySet()};
    assertThat(run(() -> keys.first() + fixed.lastKey() + array[1].first())).isEqualTo("aac");
  }

  /** A collection that somebody can declare by its own class, and that would arrive as another. */
  @Test
  void whatWouldNotFitIsRefusedBeforeItIsSent() {
    Map<Object, String> refused = new IdentityHashMap<>();
    refused.put(new WeakHashMap<>(Map.of("a", 1)), "new LinkedHashMap<>(map)");
    refused.put(new WeakHashMap<>(), "new LinkedHashMap<>(map)");
    refused.put(new Attributes(), "new LinkedHashMap<>(map)");
    refused.put(new DelayQueue<>(), "threads of one process");
    refused.put(new ScheduledThreadPoolExecutor(1).getQueue(), "threads of one process");
    refused.forEach(
        (value, remedy) -> {
          List<Object> list = Arrays.asList(1, value);
          Task<?> task = () -> list;
          CaptureException e =
              catchThrowableOfType(
                  CaptureException.class, () -> Closures.encode(task, Task.class, false));
          assertThat(e).as(value.getClass().getName()).isNotNull();
          assertThat(e.path()).isEqualTo("[1]");
          assertThat(e.type()).isEqualTo(value.getClass().getName());
          assertThat(e.remedy()).contains(remedy);
        });
    assertThat(new HashSet<>(refused.values())).hasSize(2);
  }
}
