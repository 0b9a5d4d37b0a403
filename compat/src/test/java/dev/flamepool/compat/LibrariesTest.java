package dev.flamepool.compat;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableTable;
import com.google.common.collect.Range;
import com.google.common.net.HostAndPort;
import dev.flamepool.FlameAllow;
import dev.flamepool.RemoteCallable;
import dev.flamepool.closure.Closures;
import dev.flamepool.wire.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.hibernate.LockMode;
import org.hibernate.collection.spi.PersistentBag;
import org.hibernate.collection.spi.PersistentMap;
import org.hibernate.collection.spi.PersistentSet;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MimeType;
import org.springframework.web.bind.annotation.RequestMethod;
import scala.Option;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;

/** Values of much used libraries, as captures and as results. */
class LibrariesTest {
  private static final ClassLoader APP = LibrariesTest.class.getClassLoader();
  private static final SharedSessionContractImplementor NO_SESSION = null;

  private static Object run(RemoteCallable<?> call) {
    Reply reply = Closures.runHere(Closures.encode(call, RemoteCallable.class, false), APP, null);
    return reply instanceof Reply.Result result
        ? result.value()
        : reply instanceof Reply.Failed failed ? failed.failure() : reply;
  }

  /** A class that makes calls and says what travels in them. */
  @FlameAllow({
    "org.springframework.http",
    "org.springframework.util",
    "org.hibernate.collection.spi",
    "com.google.common.collect"
  })
  static final class Application {
    static Object back(Object value) {
      return run(() -> value);
    }
  }

  private static Object refused(Object value) {
    return run(() -> value);
  }

  private static void travels(Map<String, Object> values) {
    Map<String, Object> outcomes = new LinkedHashMap<>();
    values.forEach((name, value) -> outcomes.put(name, Application.back(value)));
    assertThat(outcomes).isEqualTo(values);
  }

  /** Not all of them know equals. */
  private static void travelsAsText(Map<String, Object> values) {
    Map<String, String> expected = new LinkedHashMap<>();
    Map<String, String> outcomes = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> {
          Object back = Application.back(value);
          outcomes.put(name, back.getClass() + " " + back);
          expected.put(name, value.getClass() + " " + value);
        });
    assertThat(outcomes).isEqualTo(expected);
  }

  @Test
  void springsValuesTravelOnceTheyAreAllowed() {
    HttpHeaders headers = new HttpHeaders();
    headers.add("Accept", "text/plain");
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("status", HttpStatus.NOT_FOUND);
    values.put("code", HttpStatusCode.valueOf(299));
    values.put("headers", headers);
    values.put("method", HttpMethod.PATCH);
    values.put("entity", ResponseEntity.status(HttpStatus.CREATED).header("X", "y").body("b"));
    values.put("media type", MediaType.APPLICATION_JSON);
    values.put("mime type", MimeType.valueOf("text/plain"));
    values.put("map", new LinkedMultiValueMap<>(Map.of("a", List.of("b"))));
    travels(values);
  }

  @Test
  void hibernatesCollectionsTravelOnceTheyAreAllowed() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("bag", new PersistentBag<>(NO_SESSION, new ArrayList<>(List.of(1, 2))));
    values.put("set", new PersistentSet<>(NO_SESSION, new HashSet<>(List.of(1))));
    values.put("map", new PersistentMap<>(NO_SESSION, new HashMap<>(Map.of("k", 1))));
    travelsAsText(values);
  }

  @Test
  void guavasCollectionsTravelOnceTheyAreAllowed() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("list", ImmutableList.of(1, 2));
    values.put("empty", ImmutableList.of());
    values.put("set", ImmutableSet.of("a", "b"));
    values.put("map", ImmutableMap.of("k", ImmutableList.of(1)));
    values.put("sorted", ImmutableSortedMap.of("a", 1, "b", 2));
    values.put("table", ImmutableTable.of(1, 2, 3));
    values.put("range", Range.closed(1, 5));
    travels(values);
  }

  record Typed(kotlin.collections.ArrayDeque<String> deque, kotlin.Result<String> result) {}

  /** What Kotlin's generics hold boxed, and a deque, arrive as what somebody declared. */
  @Test
  void kotlinsValuesTravelAsTheyAre() throws Exception {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("deque", new kotlin.collections.ArrayDeque<>(List.of("a", "b")));
    values.put("views", List.of(reversed(), reversed().subList(0, 1)));
    values.put("int", kotlin("UInt", int.class, -1));
    values.put("long", kotlin("ULong", long.class, -1L));
    values.put("byte", kotlin("UByte", byte.class, (byte) -1));
    values.put("short", kotlin("UShort", short.class, (short) -1));
    values.put("duration", kotlin("time.Duration", long.class, 86_400L));
    values.put("result", kotlin("Result", Object.class, "a"));
    values.put("typed", new Typed(new kotlin.collections.ArrayDeque<>(List.of("x")), null));
    travels(values);
    values.clear();
    values.put("ints", kotlin("UIntArray", int[].class, new int[] {1, -1}));
    values.put("longs", kotlin("ULongArray", long[].class, new long[] {1, -1}));
    travelsAsText(values);
  }

  private static List<String> reversed() {
    return kotlin.collections.CollectionsKt.asReversed(new ArrayList<>(List.of("a", "b")));
  }

  private static Object kotlin(String name, Class<?> type, Object value) throws Exception {
    return Class.forName("kotlin." + name).getMethod("box-impl", type).invoke(null, value);
  }

  /** No package that is named has one label only, and Kotlin's holds much else. */
  @Test
  void whatKotlinHasBesideValuesIsToBeNamedItself() {
    Object lazy = kotlin.LazyKt.lazyOf("x");
    assertThat(lazy).isInstanceOf(java.io.Serializable.class);
    assertThat(refused(lazy).toString())
        .contains("@FlameAllow(\"" + lazy.getClass().getName() + "\")")
        .doesNotContain("@FlameAllow(\"kotlin\")");
  }

  @Test
  void scalasValuesTravelAsTheyAre() {
    Map<String, Object> values = new LinkedHashMap<>();
    var buffer = CollectionConverters.asScala(new ArrayList<>(List.of(1, 2, 3)));
    var pairs = CollectionConverters.asScala(new LinkedHashMap<>(Map.of("a", 1)));
    values.put("list", buffer.toList());
    values.put("nil", scala.collection.immutable.Nil$.MODULE$);
    values.put("vector", buffer.toVector());
    values.put("set", buffer.toSet());
    values.put("map", pairs.toMap(scala.$less$colon$less$.MODULE$.refl()));
    values.put("buffer", scala.collection.mutable.ArrayBuffer$.MODULE$.from(buffer));
    values.put("hash map", scala.collection.mutable.HashMap$.MODULE$.from(pairs));
    values.put("queue", scala.collection.immutable.Queue$.MODULE$.from(buffer));
    values.put("range", scala.collection.immutable.Range$.MODULE$.apply(1, 5));
    values.put("some", Option.apply(1));
    values.put("none", Option.empty());
    values.put("tuple", new Tuple2<>("a", buffer.toList()));
    values.put("left", new scala.util.Left<>("l"));
    values.put("right", new scala.util.Right<>(1));
    values.put("success", new scala.util.Success<>(1));
    values.put("unit", scala.runtime.BoxedUnit.UNIT);
    values.put("big decimal", scala.math.BigDecimal$.MODULE$.apply("1.5"));
    values.put("big int", scala.math.BigInt$.MODULE$.apply(7));
    Map<String, Object> outcomes = new LinkedHashMap<>();
    values.forEach((name, value) -> outcomes.put(name, refused(value)));
    assertThat(outcomes).isEqualTo(values);
  }

  /** Each refusal holds the line that would let it travel. */
  @Test
  void whatIsNotAllowedIsRefusedWithTheLineToWrite() {
    Map<String, Supplier<Object>> values = new LinkedHashMap<>();
    values.put("org.springframework.web.bind.annotation", () -> RequestMethod.GET);
    values.put("org.hibernate", () -> LockMode.READ);
    values.put("com.google.common.net", () -> HostAndPort.fromParts("localhost", 80));
    values.put("com.google.common.base", com.google.common.base.Optional::absent);
    values.forEach(
        (name, value) ->
            assertThat(refused(value.get()))
                .as(name)
                .asString()
                .contains("@FlameAllow(\"" + name + "\")", "FLAME_ALLOW=" + name));
  }

  /** To allow all of the package of a lazy list, which runs functions, would be too much. */
  @Test
  void whatScalaHasNoValueOfIsRefusedWithWhatToWriteInstead() {
    var buffer = CollectionConverters.asScala(new ArrayList<>(List.of(1, 2, 3)));
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("list.toList", scala.collection.immutable.LazyList$.MODULE$.from(buffer));
    values.put("view.toList", buffer.view().reverse());
    values.put("it.toList", buffer.toList().iterator());
    values.put("wait for its value", scala.concurrent.Future$.MODULE$.successful(1));
    values.forEach(
        (remedy, value) -> {
          assertThat(said(() -> run(() -> value)))
              .as(remedy)
              .contains(remedy, value.getClass().getName())
              .doesNotContain("FlameAllow");
          assertThat(said(() -> run(() -> List.of(1, value)))).as(remedy).contains(remedy);
        });
  }

  private static String said(Supplier<Object> call) {
    try {
      return String.valueOf(call.get());
    } catch (RuntimeException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
