package dev.flamepool.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flamepool.wire.BodyIn;
import java.io.Serializable;
import java.net.URL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A refusal names what is at fault as one writes it, where it lies, and what fits it. */
class RemediesTest {
  private static final ClassLoader APP = RemediesTest.class.getClassLoader();

  static { // makes dev.flamepool the application's package
    Policy.own(RemediesTest.class.getName());
  }

  interface Task<T> extends Serializable {
    T call() throws Exception;
  }

  record Held(Object held) {}

  static final class Box implements Serializable {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial")
    final Object held;

    Box(Object held) {
      this.held = held;
    }
  }

  static final class ByLength implements Comparator<String>, Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public int compare(String a, String b) {
      return Integer.compare(a.length(), b.length());
    }
  }

  private static CaptureException captured(String name, Object value) {
    Task<?> task = () -> value;
    CaptureException e =
        catchThrowableOfType(
            CaptureException.class, () -> Closures.encode(task, Task.class, false));
    assertThat(e).as(name).isNotNull();
    return e;
  }

  private static String returned(String name, Object value) {
    IllegalArgumentException e =
        catchThrowableOfType(IllegalArgumentException.class, () -> Results.encode(value));
    assertThat(e).as(name).isNotNull();
    return String.valueOf(e.getMessage());
  }

  private static Object result(Object value) throws Exception {
    return Closures.replies(APP).value(BodyIn.of(Results.encode(value)));
  }

  /** By lambdas that nobody made Serializable, and what the JDK makes of those. */
  private static Map<String, Comparator<String>> orders() {
    Comparator<String> plain = (a, b) -> a.compareTo(b);
    Comparator<String> key = Comparator.comparing(s -> s.substring(1));
    Map<String, Comparator<String>> all = new LinkedHashMap<>();
    all.put("plain", plain);
    all.put("key", key);
    all.put("method", Comparator.comparing(String::length));
    all.put("by another", Comparator.comparing(String::length, (a, b) -> b - a));
    all.put("number", Comparator.comparingInt(String::length));
    all.put("reversed", key.reversed());
    all.put("then", new ByLength().thenComparing(s -> s.charAt(0)));
    all.put("nulls", Comparator.nullsFirst(key));
    return all;
  }

  private static Map<String, Object> ordered(Comparator<String> order) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("TreeMap", new TreeMap<String, Integer>(order));
    all.put("TreeSet", new TreeSet<>(order));
    all.put("PriorityQueue", new PriorityQueue<>(order));
    all.put("PriorityBlockingQueue", new PriorityBlockingQueue<>(3, order));
    all.put("ConcurrentSkipListMap", new ConcurrentSkipListMap<String, Integer>(order));
    all.put("view", new TreeMap<String, Integer>(order).descendingKeySet());
    all.put("wrapper", Collections.unmodifiableSortedSet(new TreeSet<>(order)));
    return all;
  }

  @Test
  void aLambdaThatOrdersACollectionIsNamedWithItsPlaceAndACast() {
    orders()
        .forEach(
            (how, order) ->
                ordered(order)
                    .forEach(
                        (type, value) -> {
                          String name = type + " by " + how;
                          for (Object each : List.of(value, new Box(value), new Held(value))) {
                            CaptureException e = captured(name, each);
                            assertThat(e.path()).as(name).contains(".comparator()");
                            assertThat(e.path()).startsWith(each == value ? "." : ".held.");
                            assertThat(e.type())
                                .as(name)
                                .startsWith("lambda of type java.util.")
                                .endsWith(" in " + RemediesTest.class.getName());
                            assertThat(e.remedy()).as(name).contains(" & Serializable)");
                            assertThat(returned(name, each))
                                .contains(".comparator()", "new ArrayList<>(sorted)");
                          }
                        }));
    assertThat(captured("key", new TreeMap<String, Integer>(orders().get("key"))))
        .hasMessageContaining("(at .comparator().captured(0))")
        .hasMessageContaining("lambda of type java.util.function.Function in ")
        .hasMessageContaining("cast it where it is written: (Function<..> & Serializable)");
  }

  /** As the remedies say. */
  @Test
  void whatTheRemedySaysTravels() throws Exception {
    TreeMap<String, Integer> cast =
        new TreeMap<>(
            Comparator.comparing((Function<String, Integer> & Serializable) String::length));
    cast.putAll(Map.of("aa", 2, "b", 1));
    Task<?> task = () -> cast.firstKey();
    assertThat(Closures.encode(task, Task.class, false)).isNotNull();
    assertThat(returned("cast", cast))
        .contains("(at .comparator()", " in " + RemediesTest.class.getName(), Remedy.ORDER);
    TreeSet<String> byClass = new TreeSet<>(new ByLength());
    byClass.addAll(List.of("aa", "b"));
    assertThat(result(byClass).toString()).isEqualTo("[b, aa]");
    assertThat(result(new ArrayList<>(cast.keySet()))).isEqualTo(List.of("b", "aa"));
  }

  @Test
  void arraysAreNamedAsTheyAreWrittenWithTheRemedyOfTheirElements() throws Exception {
    Map<String, Object> arrays = new LinkedHashMap<>();
    arrays.put("java.net.URL[]", new URL[0]);
    arrays.put("java.net.URL[][]", new URL[1][2]);
    arrays.put("java.security.SecureRandom[]", new java.security.SecureRandom[] {});
    arrays.forEach(
        (name, array) -> {
          String remedy = name.contains("URL") ? "url.toString()" : "new SecureRandom()";
          for (Object each : List.of(array, new Box(array))) {
            CaptureException e = captured(name, each);
            assertThat(e.type()).isEqualTo(name);
            assertThat(e.remedy()).startsWith("of each element, ").contains(remedy);
            assertThat(returned(name, each)).contains("is a " + name + ",");
          }
        });
    assertThat(captured("generic", Optional.of(Arrays.asList(1, new URL[0]))).path())
        .isEqualTo(".get()[1]");
    for (Object array : List.of(new int[1][1], new char[1][], new Runnable[1][1], new Box[2][])) {
      assertThat(result(array)).isInstanceOf(array.getClass());
    }
  }

  /** Nothing of those can be made, so a class of the JDK harms nobody. */
  @Test
  void classesTravelOrSayThatTheirNameDoes() throws Exception {
    for (Class<?> c :
        List.of(
            String.class,
            int.class,
            Thread.class,
            java.nio.file.Path.class,
            Held.class,
            java.io.InputStream.class,
            int[][].class,
            Task.class)) {
      Task<?> task = () -> c;
      assertThat(Closures.runHere(Closures.encode(task, Task.class, false), APP, null).toString())
          .contains(c.getName());
      assertThat(result(Arrays.asList(c, new Box(c)))).isInstanceOf(List.class);
    }
    for (Object each : List.of(URL.class, new Box(URL.class), Map.of("k", URL.class))) {
      CaptureException e = captured("class", each);
      assertThat(e.type()).isEqualTo("java.lang.Class of java.net.URL");
      assertThat(e.remedy()).contains("type.getName()", "Class.forName(name)");
      assertThat(returned("class", each)).contains(e.type(), e.remedy());
    }
  }
}
