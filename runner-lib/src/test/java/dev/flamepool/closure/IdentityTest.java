package dev.flamepool.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.wire.Body;
import dev.flamepool.wire.BodyIn;
import dev.flamepool.wire.Out;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.UnreadableException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What is one object stays one, in what it costs and in what arrives. */
@SuppressWarnings("JdkObsolete") // whatever applications use
class IdentityTest {
  private static final ClassLoader APP = IdentityTest.class.getClassLoader();

  interface Task<T> extends Serializable {
    T call() throws Exception;
  }

  interface SerSupplier<T> extends Supplier<T>, Serializable {}

  record Pair(Object a, Object b) {}

  record Item(int number, Object shared) {}

  static final class Box implements Serializable {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial")
    Object held;

    Box(Object held) {
      this.held = held;
    }
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

  /** Each level holds the one below it three times. */
  @Test
  void nestedSharingCostsWhatItsObjectsCost() throws Exception {
    Map<String, UnaryOperator<Object>> levels = new LinkedHashMap<>();
    levels.put("ArrayList", l -> new ArrayList<>(List.of(l, l, l)));
    levels.put("List.of", l -> List.of(l, l, l));
    levels.put("Stream.toList", l -> java.util.stream.Stream.of(l, null, l).toList());
    levels.put("Map.of", l -> Map.of(1, l, 2, l, 3, l));
    levels.put("HashMap", l -> new HashMap<>(Map.of(1, l, 2, l)));
    levels.put("array", l -> new Object[] {l, l, l});
    levels.put("record", l -> new Pair(l, l));
    levels.put("Arrays.asList", l -> Arrays.asList(l, l, l));
    levels.put("LinkedList", l -> new LinkedList<>(List.of(l, l, l)));
    levels.put("unmodifiable", l -> Collections.unmodifiableList(new ArrayList<>(List.of(l, l))));
    levels.put("Serializable and List.of", l -> new Box(List.of(l, l, List.of(l, l))));
    levels.put("Serializable and record", l -> new Box(new Pair(l, new Pair(l, l))));
    levels.put("TreeMap and List.of", l -> new TreeMap<>(Map.of("k", List.of(List.of(l, l), l))));
    levels.put("Optional", l -> new Pair(Optional.of(l), Optional.of(l)));
    levels.put("copies", l -> Collections.nCopies(3, l));
    levels.put("view", l -> List.of(l, 1, l).subList(0, 3));
    levels.put("lambda", l -> (SerSupplier<Object>) () -> List.of(l, l));
    for (Map.Entry<String, UnaryOperator<Object>> each : levels.entrySet()) {
      Object value = List.of("end");
      for (int i = 0; i < 22; i++) {
        value = each.getValue().apply(value);
      }
      Object top = value;
      long bytes = Closures.encode((Task<Object>) () -> top, Task.class, false).size();
      assertThat(bytes).as(each.getKey()).isLessThan(22 * 130 + 400);
      if (!each.getKey().equals("lambda")) {
        assertThat(result(top)).as(each.getKey()).isNotNull();
      }
      Box[] inJava = {new Box(top)};
      long inside = Closures.encode((Task<Object>) () -> inJava, Task.class, false).size();
      assertThat(inside).as(each.getKey()).isLessThan(22 * 130 + 800);
    }
  }

  @Test
  void whatManyShareIsSentOnce() throws Exception {
    Pair big = new Pair("x".repeat(2_000), new byte[50_000]);
    String text = "a text that many mention";
    List<Object> items = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      items.add(i % 2 == 0 ? new Item(i, big) : new Item(i, text));
    }
    for (Object value : List.of(items, new Box(items), new Object[] {new Box(List.of(items))})) {
      assertThat(Results.encode(value).size()).isLessThan(10_000 * 16 + 60_000);
    }
    List<?> back = (List<?>) result(items);
    Item first = (Item) back.get(0);
    assertThat(((Item) back.get(9_998)).shared()).isSameAs(first.shared());
    assertThat(((Item) back.get(9_999)).shared()).isSameAs(((Item) back.get(1)).shared());
  }

  @Test
  void capturesShareWhatTheyShared() {
    List<String> list = new ArrayList<>(List.of("x"));
    Pair pair = new Pair(list, new int[] {1});
    Box box = new Box(pair);
    Map<String, Object> map = new TreeMap<>(Map.of("list", list, "box", box));
    Object[] array = {map, list};
    Set<Object> set = new HashSet<>(List.of(box));
    byte[] bytes = new byte[100_000];
    Box holder = new Box(bytes);
    SerSupplier<Object> lambda = () -> list;
    Box withLambda = new Box(lambda);
    Optional<List<String>> optional = Optional.of(list);
    assertThat(
            run(
                () ->
                    pair.a() == list
                        && box.held == pair
                        && map.get("list") == list
                        && map.get("box") == box
                        && array[0] == map
                        && array[1] == list
                        && set.iterator().next() == box
                        && holder.held == bytes
                        && lambda.get() == list
                        && withLambda.held == lambda
                        && optional.get() == list))
        .isTrue();
  }

  @Test
  void whatIsNotSharedStaysApart() {
    List<String> a = new ArrayList<>(List.of("x"));
    List<String> b = new ArrayList<>(List.of("x"));
    int[] n = {1};
    int[] m = {1};
    assertThat(run(() -> a != b && a.equals(b) && n != m)).isTrue();
  }

  @Test
  void collectionsThatHoldThemselvesArrive() throws Exception {
    List<Object> list = new ArrayList<>();
    list.add(new Box(list));
    list.add(list);
    list.add(new Object[] {list});
    Map<Object, Object> map = new HashMap<>(Map.of("list", list));
    map.put("self", map);
    map.put("held", new AtomicReference<>(map));
    Map<?, ?> back = (Map<?, ?>) result(map);
    assertThat(back.get("self")).isSameAs(back);
    assertThat(((AtomicReference<?>) back.get("held")).get()).isSameAs(back);
    List<?> inside = (List<?>) back.get("list");
    assertThat(((Box) inside.get(0)).held).isSameAs(inside);
    assertThat(inside.get(1)).isSameAs(inside);
    assertThat(((Object[]) inside.get(2))[0]).isSameAs(inside);
  }

  /** However deep what is made whole lies, and however much it holds. */
  @Test
  void whatIsMadeWholeIsLookedThroughOnce() throws Exception {
    for (int depth : new int[] {1, 10, 80}) {
      Object value = new char[100_000];
      for (int i = 0; i < depth; i++) {
        value = i % 2 == 0 ? new Box(new Pair(value, i)) : new Box(List.of(value, i));
      }
      ValueWriter writer = new ValueWriter(64, false, Policy.RESULTS);
      writer.values(new Object[] {value});
      assertThat(writer.body().size()).isBetween(200_000L, 210_000L);
      assertThat(writer.looked()).isLessThanOrEqualTo(writer.body().size());
    }
  }

  /** As the JDK reads it: the list inside mentions the wrapper before that is resolved. */
  @Test
  void aWrapperOfTheListThatHoldsItArrivesOnceIfTheListIsMetFirst() throws Exception {
    List<Object> list = new ArrayList<>();
    list.add(Collections.unmodifiableList(list));
    List<?> back = (List<?>) result(list);
    assertThat(((List<?>) back.get(0)).get(0)).isSameAs(back.get(0));
    List<?> wrapped = (List<?>) result(list.get(0));
    assertThat(((List<?>) wrapped.get(0)).get(0)).isSameAs(wrapped.get(0));
    assertThat(wrapped.get(0)).isNotSameAs(wrapped);
  }

  record Own(Object held) implements Serializable {}

  /** Whatever lies between. */
  @Test
  void whatIsMadeWholeAndHoldsItselfIsRefused() {
    List<Object> list = new ArrayList<>();
    Object[] array = new Object[1];
    Box box = new Box(null);
    AtomicReference<Object> atomic = new AtomicReference<>();
    ConcurrentHashMap<String, Object> map = new ConcurrentHashMap<>();
    list.add(new Pair(1, list));
    array[0] = new Own(array);
    box.held = new Own(List.of(box));
    atomic.set(Optional.of(new Own(atomic)));
    map.put("k", List.of(map));
    List<Object> lambdas = new ArrayList<>();
    SerSupplier<Object> lambda = () -> lambdas;
    lambdas.add(lambda);
    for (Object cycle :
        List.of(list.get(0), array[0], box.held, atomic.get(), new Box(map.get("k")))) {
      assertThatThrownBy(() -> Results.encode(cycle)).hasMessageContaining("holds itself");
      assertThatThrownBy(() -> Closures.encode((Task<?>) () -> cycle, Task.class, false))
          .isInstanceOf(CaptureException.class)
          .hasMessageContaining("holds itself");
    }
    Box held = new Box(lambda);
    assertThatThrownBy(() -> Closures.encode((Task<?>) () -> held, Task.class, false))
        .hasMessageContaining("holds itself");
  }

  /** The collection is there before what it holds. */
  @Test
  void aRecordInACollectionThatItHoldsArrives() throws Exception {
    List<Object> list = new ArrayList<>();
    list.add(new Pair(1, list));
    AtomicReference<Object> atomic = new AtomicReference<>();
    atomic.set(new Own(atomic));
    Object[] both = (Object[]) result(new Object[] {list, new Box(atomic)});
    assertThat(((Pair) ((List<?>) both[0]).get(0)).b()).isSameAs(both[0]);
    AtomicReference<?> back = (AtomicReference<?>) ((Box) both[1]).held;
    assertThat(((Own) back.get()).held()).isSameAs(back);
  }

  @Test
  void aMentionOfWhatIsNotThereOrNotCompleteIsRefused() {
    for (int tag : new int[] {Tag.LIST_OF, Tag.SET_OF, Tag.LIST_WITH_NULLS}) {
      for (int number : new int[] {0, 1, -1, Integer.MAX_VALUE}) {
        Out out = new Out(16);
        out.u1(0);
        out.u1(tag);
        out.vint(1);
        out.u1(Tag.SAME);
        out.vint(number);
        assertThatThrownBy(() -> Closures.replies(APP).value(BodyIn.of(new Body(List.of(), out))))
            .isInstanceOf(UnreadableException.class);
      }
    }
  }
}
