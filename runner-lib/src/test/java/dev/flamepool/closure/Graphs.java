package dev.flamepool.closure;

import java.io.Serializable;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Graphs of values by a seed: anything that travels, holding anything made before it. */
@SuppressWarnings({"JdkObsolete", "IdentityHashMapUsage"}) // whatever applications use
final class Graphs {
  record Pair(@Nullable Object a, @Nullable Object b) {}

  record Named(String name, int number, @Nullable Object held) implements Serializable {}

  static final class Box implements Serializable {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial")
    @Nullable Object first;

    @SuppressWarnings("serial")
    @Nullable Object second;

    Box(@Nullable Object first, @Nullable Object second) {
      this.first = first;
      this.second = second;
    }
  }

  /** Writes itself. */
  static final class Special implements Serializable {
    private static final long serialVersionUID = 1;
    transient @Nullable Object held;

    Special(@Nullable Object held) {
      this.held = held;
    }

    private void writeObject(java.io.ObjectOutputStream out) throws java.io.IOException {
      out.defaultWriteObject();
      out.writeInt(7);
      out.writeObject(held);
      out.writeUTF("end");
    }

    private void readObject(java.io.ObjectInputStream in)
        throws java.io.IOException, ClassNotFoundException {
      in.defaultReadObject();
      if (in.readInt() != 7) {
        throw new java.io.InvalidObjectException("7");
      }
      held = in.readObject();
      if (!in.readUTF().equals("end")) {
        throw new java.io.InvalidObjectException("end");
      }
    }
  }

  private final Random random;
  private final List<Object> made = new ArrayList<>();
  private boolean circular;
  private long weight;

  Graphs(long seed) {
    random = new Random(seed);
  }

  /** One value of about so many objects. */
  Object graph(int objects) {
    for (int i = 0; i < objects; i++) {
      made.add(object());
    }
    if (random.nextInt(4) == 0) {
      for (int i = 0; i < 3; i++) {
        close(any());
      }
    }
    weight += 4L * made.size();
    return new ArrayList<>(made.subList(Math.max(0, made.size() - 3), made.size()));
  }

  /** Whether something in it may hold itself. */
  boolean isCircular() {
    return circular;
  }

  /** Objects and characters that it is made of. */
  long weight() {
    return weight;
  }

  private void close(@Nullable Object o) {
    Object inside = any();
    if (o instanceof Box box) {
      box.second = inside;
    } else if (o instanceof ArrayList<?> list && !list.isEmpty()) {
      add(list, inside);
    } else if (o instanceof Object[] array
        && array.getClass() == Object[].class
        && array.length > 0) {
      array[0] = inside;
    } else if (o instanceof AtomicReference<?> held) {
      set(held, inside);
    } else if (o instanceof HashMap<?, ?> map) {
      put(map, inside);
    } else {
      return;
    }
    circular = true;
  }

  @SuppressWarnings("unchecked")
  private static void add(List<?> list, @Nullable Object o) {
    ((List<Object>) list).add(o);
  }

  @SuppressWarnings("unchecked")
  private static void set(AtomicReference<?> held, @Nullable Object o) {
    ((AtomicReference<Object>) held).set(o);
  }

  @SuppressWarnings("unchecked")
  private static void put(Map<?, ?> map, @Nullable Object o) {
    ((Map<Object, Object>) map).put("circle", o);
  }

  private @Nullable Object any() {
    int n = made.size();
    if (n == 0 || random.nextInt(5) == 0) {
      return random.nextInt(8) == 0 ? null : scalar();
    }
    // mostly what is near, so that graphs are deep as well as wide
    return made.get(random.nextBoolean() ? n - 1 - random.nextInt(Math.min(n, 4)) : pick(n));
  }

  private int pick(int n) {
    return random.nextInt(n);
  }

  private Object some() {
    Object o = any();
    return o == null ? scalar() : o;
  }

  private String text() {
    int length = random.nextInt(10) == 0 ? random.nextInt(6_000) : random.nextInt(24);
    StringBuilder s = new StringBuilder();
    for (int i = 0; i < length; i++) {
      int kind = random.nextInt(40);
      s.append(
          (char) (kind == 0 ? 0xD800 + pick(0x800) : kind == 1 ? pick(65_536) : ' ' + pick(90)));
    }
    weight += length;
    return s.toString();
  }

  private Object scalar() {
    weight++;
    return switch (pick(15)) {
      case 0 -> random.nextInt();
      case 1 -> random.nextLong();
      case 2 -> random.nextDouble();
      case 3 -> random.nextFloat();
      case 4 -> (short) random.nextInt();
      case 5 -> (byte) random.nextInt();
      case 6 -> (char) random.nextInt();
      case 7 -> random.nextBoolean();
      case 8 -> DayOfWeek.of(1 + pick(7));
      case 9 -> LocalDate.ofEpochDay(pick(40_000));
      case 10 -> new BigDecimal(random.nextLong()).movePointLeft(pick(30));
      case 11 -> new UUID(random.nextLong(), random.nextLong());
      case 12 -> Duration.ofMillis(random.nextInt());
      default -> text();
    };
  }

  private List<Object> several() {
    List<Object> all = new ArrayList<>();
    for (int i = pick(5); i >= 0; i--) {
      all.add(some());
    }
    return all;
  }

  private Set<Object> scalars() {
    Set<Object> all = new LinkedHashSet<>();
    for (int i = pick(5); i >= 0; i--) {
      all.add(pick(4) == 0 ? new Named(text(), i, null) : scalar());
    }
    return all;
  }

  private Map<Object, Object> map() {
    Map<Object, Object> map = new LinkedHashMap<>();
    scalars().forEach(key -> map.put(key, some()));
    return map;
  }

  private Object object() {
    weight++;
    return switch (pick(44)) {
      case 0, 1, 2 -> new ArrayList<>(several());
      case 3 -> List.copyOf(several());
      case 4 -> new LinkedList<>(several());
      case 5 -> Arrays.asList(any(), any());
      case 6 -> Collections.unmodifiableList(new LinkedList<>(several()));
      case 7 -> Stream.of(any(), any(), some()).toList();
      case 8 -> new Object[] {any(), any(), any()};
      case 9 -> new Object[0];
      case 10 -> new Box[] {new Box(any(), any()), null};
      case 11 -> new int[] {random.nextInt(), 1};
      case 12 -> bytes(new byte[pick(8) == 0 ? 40_000 : pick(40)]);
      case 13 -> new double[] {random.nextDouble()};
      case 14 -> new String[] {text(), null};
      case 15, 16 -> new Pair(any(), any());
      case 17, 18 -> new Named(text(), random.nextInt(), any());
      case 19, 20, 21 -> new Box(any(), any());
      case 22 -> new Special(any());
      case 23 -> new AtomicReference<>(any());
      case 24 -> new HashMap<>(map());
      case 25 -> map();
      case 26 -> Map.copyOf(map());
      case 27 -> new ConcurrentHashMap<>(map());
      case 28 -> new TreeMap<>(Map.of(text(), some()));
      case 29 -> pick(2) == 0 ? new HashSet<>(scalars()) : scalars();
      case 30 -> pick(2) == 0 ? Set.copyOf(scalars()) : new TreeSet<>(Arrays.asList(text(), "a"));
      case 31 -> pick(2) == 0 ? Optional.ofNullable(any()) : OptionalInt.of(3);
      case 32 -> pick(2) == 0 ? new ArrayDeque<>(several()) : new CopyOnWriteArrayList<>(several());
      case 33, 34, 35, 36, 37 -> ofTheApplication();
      case 38, 39 -> view();
      case 40 -> array();
      case 41 -> sorted();
      default ->
          pick(2) == 0
              ? new EnumMap<>(Map.of(DayOfWeek.MONDAY, some()))
              : new java.util.IdentityHashMap<>(Map.of(text(), some()));
    };
  }

  private Object ofTheApplication() {
    weight += 8;
    return switch (pick(6)) {
      case 0 -> new Kinds.Swapped(text());
      case 1 -> new Kinds.External(any());
      case 2 -> shape();
      case 3 ->
          new Kinds.Typed<>(
              text(),
              new ArrayList<>(several()),
              shape(),
              new int[][] {{pick(9)}, {}, null},
              Optional.ofNullable(any()),
              new EnumMap<>(Map.of(op(), some())));
      default -> failure();
    };
  }

  private Kinds.Op op() {
    return pick(2) == 0 ? Kinds.Op.PLUS : Kinds.Op.MINUS;
  }

  private Kinds.Shape shape() {
    Kinds.Dot dot = new Kinds.Dot(pick(9), op());
    return pick(2) == 0 ? dot : new Kinds.Line(dot, any());
  }

  private Kinds.Failure failure() {
    weight += 8;
    return new Kinds.Failure(text(), thrown(), any()).beside(thrown());
  }

  private @Nullable Throwable thrown() {
    Object o = any();
    return o instanceof Throwable t ? t : pick(3) == 0 ? failure() : null;
  }

  /** Of a collection that nothing else refers to. */
  private Object view() {
    return switch (pick(6)) {
      case 0 -> map().keySet();
      case 1 -> map().values();
      case 2 -> several().subList(0, 1);
      case 3 -> List.copyOf(several()).subList(0, 1);
      case 4 -> Arrays.asList(some(), any(), some()).subList(1, 3);
      default -> sorted().navigableKeySet();
    };
  }

  private Object array() {
    return switch (pick(5)) {
      case 0 -> new Object[][] {{any()}, null, {any(), any()}};
      case 1 -> new Pair[][] {{new Pair(any(), any())}};
      case 2 -> new Kinds.Op[][] {{op(), null}, {}};
      case 3 -> new List<?>[] {several(), List.of(some())};
      default -> new char[][] {text().toCharArray()};
    };
  }

  private NavigableMap<String, Object> sorted() {
    Comparator<String> order =
        switch (pick(3)) {
          case 0 -> Comparator.reverseOrder();
          case 1 -> String.CASE_INSENSITIVE_ORDER;
          default ->
              Comparator.<String>naturalOrder()
                  .reversed()
                  .thenComparing(Comparator.nullsFirst(Comparator.naturalOrder()));
        };
    TreeMap<String, Object> map = new TreeMap<>(order);
    for (int i = pick(4); i >= 0; i--) {
      map.put(text(), some());
    }
    return map;
  }

  private byte[] bytes(byte[] b) {
    random.nextBytes(b);
    weight += b.length;
    return b;
  }

  /** Where two graphs differ, in what they hold or in what is one object; null if they do not. */
  static @Nullable String difference(@Nullable Object a, @Nullable Object b) {
    return new Comparison().all(a, b);
  }

  private static final class Comparison {
    private final IdentityHashMap<Object, Object> there = new IdentityHashMap<>();
    private final IdentityHashMap<Object, Object> back = new IdentityHashMap<>();
    private final ArrayDeque<@Nullable Object[]> open = new ArrayDeque<>();

    @Nullable String all(@Nullable Object a, @Nullable Object b) {
      add(a, b, "");
      while (!open.isEmpty()) {
        @Nullable Object[] next = open.pop();
        String wrong = one(next[0], next[1], String.valueOf(next[2]));
        if (wrong != null) {
          return wrong;
        }
      }
      return null;
    }

    private void add(@Nullable Object a, @Nullable Object b, String path) {
      open.push(new @Nullable Object[] {a, b, path});
    }

    private @Nullable String one(@Nullable Object a, @Nullable Object b, String path) {
      if (a == null || b == null) {
        return a == b ? null : path + ": " + a + " and " + b;
      }
      boolean unlike = a.getClass() != b.getClass() && !isView(a);
      if (unlike && !(a instanceof List && b instanceof List && isValue(a))) {
        return path + ": " + a.getClass() + " and " + b.getClass();
      }
      Object known = there.get(a);
      if (known != null && (known == b || !isValue(a))) {
        return known == b ? null : path + ": one " + a.getClass() + " arrives as two";
      }
      there.put(a, b);
      Object other = back.put(b, a);
      if (other != null && other != a && !isValue(a)) {
        return path + ": two " + a.getClass() + " arrive as one";
      }
      return inside(a, b, path);
    }

    /** What has no identity that counts. */
    private static boolean isValue(Object o) {
      String name = o.getClass().getName();
      return o instanceof Comparable
          || name.startsWith("java.util.ImmutableCollections")
          || name.startsWith("java.util.Optional")
          || name.startsWith("java.time");
    }

    /** What arrives as a plain collection. */
    private static boolean isView(Object o) {
      return o instanceof java.util.Collection && !(o instanceof Serializable);
    }

    private @Nullable String inside(Object a, Object b, String path) {
      if (a instanceof Object[] x) {
        return elements(Arrays.asList(x), Arrays.asList((Object[]) b), path);
      } else if (a instanceof Set<?> x) {
        return named(set(x), set((Set<?>) b), path);
      } else if (a instanceof java.util.Collection<?> x) {
        return elements(new ArrayList<>(x), new ArrayList<>((java.util.Collection<?>) b), path);
      } else if (a instanceof IdentityHashMap<?, ?> x) {
        return elements(List.copyOf(x.values()), List.copyOf(((Map<?, ?>) b).values()), path);
      } else if (a instanceof Map<?, ?> x) {
        return named(x, (Map<?, ?>) b, path);
      } else if (a instanceof Pair x) {
        add(x.a, ((Pair) b).a, path + ".a");
        add(x.b, ((Pair) b).b, path + ".b");
      } else if (a instanceof Named x) {
        Named y = (Named) b;
        add(x.held, y.held, path + ".held");
        return x.name.equals(y.name) && x.number == y.number ? null : path + ": other names";
      } else if (a instanceof Box x) {
        add(x.first, ((Box) b).first, path + ".first");
        add(x.second, ((Box) b).second, path + ".second");
      } else if (a instanceof Kinds.External x) {
        add(x.held, ((Kinds.External) b).held, path + ".held");
      } else if (a instanceof Kinds.Line x) {
        add(x.from(), ((Kinds.Line) b).from(), path + ".from");
        add(x.to(), ((Kinds.Line) b).to(), path + ".to");
      } else if (a instanceof Kinds.Typed<?, ?> x) {
        Kinds.Typed<?, ?> y = (Kinds.Typed<?, ?>) b;
        add(x.key(), y.key(), path + ".key");
        add(x.list(), y.list(), path + ".list");
        add(x.shape(), y.shape(), path + ".shape");
        add(x.numbers(), y.numbers(), path + ".numbers");
        add(x.maybe(), y.maybe(), path + ".maybe");
        add(x.byOp(), y.byOp(), path + ".byOp");
      } else if (a instanceof Kinds.Failure x) {
        Kinds.Failure y = (Kinds.Failure) b;
        add(x.held, y.held, path + ".held");
        add(x.getCause(), y.getCause(), path + ".cause");
        add(x.getSuppressed(), y.getSuppressed(), path + ".suppressed");
        return x.isLike(y) ? null : path + ": other failures";
      } else if (a instanceof Special x) {
        add(x.held, ((Special) b).held, path + ".held");
      } else if (a instanceof AtomicReference<?> x) {
        add(x.get(), ((AtomicReference<?>) b).get(), path + ".get()");
      } else if (a instanceof Optional<?> x) {
        add(x.orElse(null), ((Optional<?>) b).orElse(null), path + ".get()");
      } else if (!Arrays.deepEquals(new Object[] {a}, new Object[] {b})) {
        return path + ": " + a + " and " + b;
      }
      return null;
    }

    private @Nullable String elements(List<?> a, List<?> b, String path) {
      if (a.size() != b.size()) {
        return path + ": " + a.size() + " and " + b.size() + " elements";
      }
      for (int i = 0; i < a.size(); i++) {
        add(a.get(i), b.get(i), path + "[" + i + "]");
      }
      return null;
    }

    private static Map<Object, Object> set(Set<?> set) {
      Map<Object, Object> map = new HashMap<>();
      set.forEach(o -> map.put(o, o));
      return map;
    }

    private @Nullable String named(Map<?, ?> a, Map<?, ?> b, String path) {
      if (a instanceof TreeMap && !List.copyOf(a.keySet()).equals(List.copyOf(b.keySet()))) {
        return path + ": another order";
      }
      if (!a.keySet().equals(b.keySet())) {
        return path + ": other keys";
      }
      a.forEach((key, value) -> add(value, b.get(key), path + ".get(..)"));
      return null;
    }
  }
}
