package dev.flamepool.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.wire.Body;
import dev.flamepool.wire.BodyIn;
import dev.flamepool.wire.Out;
import dev.flamepool.wire.UnreadableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Replies that would do much, or something else, while they are read. */
@Timeout(60)
class HostileValuesTest {
  private static final ClassLoader APP = HostileValuesTest.class.getClassLoader();

  static { // makes dev.flamepool the application's package
    Policy.own(HostileValuesTest.class.getName());
  }

  record Pair(Object a, Object b) {}

  static final class Cache extends HashMap<Object, Object> {
    private static final long serialVersionUID = 1;
  }

  static final class Box implements Serializable {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial")
    private final Object held;

    Box(Object held) {
      this.held = held;
    }
  }

  static final class Called implements Function<Object, Integer>, Serializable {
    private static final long serialVersionUID = 1;
    static final AtomicInteger TIMES = new AtomicInteger();

    @Override
    public Integer apply(Object o) {
      return TIMES.incrementAndGet();
    }
  }

  private static Object read(Body body) throws IOException, UnreadableException {
    return Closures.replies(APP).value(BodyIn.of(body));
  }

  /** As a runner writes it that asks nobody. */
  private static Body unasked(Object value) throws IOException {
    ValueWriter w = new ValueWriter(64, true, Policy.CALLS);
    w.values(new Object[] {value});
    return w.body();
  }

  private static Body java(Object value) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new ObjectOutputStream(bytes).writeObject(value);
    Out out = new Out(16);
    out.u1(1);
    out.vint(bytes.size());
    out.bytes(bytes.toByteArray(), 0, bytes.size());
    out.u1(0);
    out.u1(Tag.JAVA);
    return new Body(List.of(), out);
  }

  /** Two mentions each of two mentions, which only hashing follows one by one. */
  private static Object shared(int levels) {
    Object o = new ArrayList<>(List.of(1));
    for (int i = 0; i < levels; i++) {
      o = new ArrayList<>(Arrays.asList(o, o));
    }
    return o;
  }

  /** What no honest program could make: its key grew after it was hashed. */
  private static <T> T grown(T keeper, Function<List<Object>, Object> key) {
    List<Object> inner = new ArrayList<>();
    Object k = key.apply(inner);
    if (keeper instanceof Set<?>) {
      @SuppressWarnings("unchecked")
      Set<Object> set = (Set<Object>) keeper;
      set.add(k);
    } else {
      @SuppressWarnings("unchecked")
      Map<Object, Object> map = (Map<Object, Object>) keeper;
      map.put(k, 1);
    }
    inner.add(shared(60));
    return keeper;
  }

  @Test
  void keysThatTakeForEverToHashAreRefused() throws Exception {
    List<Object> keepers =
        List.of(
            grown(new HashSet<>(), list -> list),
            grown(new LinkedHashSet<>(), list -> new Pair(1, list)),
            grown(new HashMap<>(), list -> Map.of(1, list)),
            grown(new LinkedHashMap<>(), list -> List.of(list)),
            grown(new Cache(), list -> list),
            grown(new ConcurrentHashMap<>(), list -> new Pair(list, list)));
    for (Object keeper : keepers) {
      for (Object value :
          new Object[] {keeper, new Box(keeper), new Object[] {shared(60), keeper}}) {
        Body body = Results.encode(value);
        assertThatThrownBy(() -> read(body))
            .as(keeper.getClass().getName())
            .isInstanceOf(UnreadableException.class)
            .hasMessageContaining("steps to hash");
      }
    }
    Object set = grown(new HashSet<>(), list -> list);
    assertThatThrownBy(() -> read(java(set))).isInstanceOf(UnreadableException.class);
  }

  @Test
  void whatIsSharedAndNotHashedIsRead() throws Exception {
    assertThat(read(Results.encode(shared(60)))).isInstanceOf(List.class);
    assertThat(read(Results.encode(new TreeMap<>(Map.of("k", shared(60))))))
        .isInstanceOf(Map.class);
    Object nested = Set.of(1);
    for (int i = 0; i < 12; i++) {
      nested = new HashSet<>(Set.of(nested, i, List.of(nested)));
    }
    assertThat(read(Results.encode(new Box(Set.of(nested))))).isInstanceOf(Box.class);
    Cache cache = new Cache();
    for (int i = 0; i < 10_000; i++) {
      cache.put(new Pair(i, List.of(i)), new HashSet<>(List.of(i, List.of(i))));
    }
    assertThat(read(Results.encode(cache))).isEqualTo(cache);
  }

  @Test
  void comparatorsThatAskEachOtherForEverAreRefused() throws Exception {
    Comparator<Integer> comparator = Comparator.naturalOrder();
    for (int i = 0; i < 60; i++) {
      comparator = comparator.thenComparing(comparator);
    }
    Comparator<Integer> slow = comparator;
    PriorityQueue<Integer> queue = new PriorityQueue<>(2, slow);
    queue.add(1);
    queue.add(2);
    assertThatThrownBy(() -> read(Results.encode(queue)))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("comparators");
    assertThat(read(Results.encode(new TreeMap<>(Comparator.<String>reverseOrder()))))
        .isInstanceOf(TreeMap.class);
  }

  @Test
  void comparatorsCallNothingOfTheApplication() throws Exception {
    PriorityQueue<Object> queue = new PriorityQueue<>(2, Comparator.comparing(new Called()));
    queue.add("a");
    queue.add("b");
    Body body = unasked(queue);
    int before = Called.TIMES.get();
    assertThatThrownBy(() -> read(body))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("Called");
    assertThat(Called.TIMES.get()).isEqualTo(before);
    assertThatThrownBy(() -> Results.encode(queue)).hasMessageContaining("cannot be sent");
  }

  @Test
  void patternsThatTakeForEverToCompileAreRefused() throws Exception {
    Pattern plain = Pattern.compile("a+b", Pattern.CASE_INSENSITIVE);
    Pattern back = (Pattern) read(Results.encode(new Box[] {new Box(plain)}[0].held));
    assertThat(back.pattern()).isEqualTo("a+b");
    assertThat(back.flags()).isEqualTo(plain.flags());
    Pattern canonical = Pattern.compile("a\u0300", Pattern.CANON_EQ);
    assertThatThrownBy(() -> read(Results.encode(canonical)))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("CANON_EQ");
    assertThatThrownBy(() -> read(java(canonical))).isInstanceOf(UnreadableException.class);
  }

  /** The type of the array says nothing about what is in it. */
  @Test
  void arraysOfInterfacesHoldNothingElse() throws Exception {
    Object proxy =
        Proxy.newProxyInstance(
            APP,
            new Class<?>[] {Comparable.class},
            (Serializable & java.lang.reflect.InvocationHandler) (p, m, args) -> 0);
    List<Object> gadgets =
        List.of(
            URI.create("http://localhost/").toURL(),
            new javax.management.BadAttributeValueExpException("x"),
            new java.security.Permissions(),
            new java.beans.PropertyChangeSupport("x"));
    for (Object gadget : gadgets) {
      for (Object array :
          new Object[] {new Serializable[] {(Serializable) gadget}, new Object[][] {{gadget}}}) {
        assertThatThrownBy(() -> read(java(array)))
            .as(gadget.getClass().getName())
            .isInstanceOf(UnreadableException.class);
      }
    }
    assertThatThrownBy(() -> read(java(new Comparable<?>[] {(Comparable<?>) proxy})))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("proxy");
  }
}
