package dev.flamepool.compat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.base.VerifyException;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Range;
import com.google.common.net.HostAndPort;
import dev.flamepool.FlameAllow;
import dev.flamepool.RemoteCallable;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Month;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.io.IOUtils;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.util.Matrix;
import org.hibernate.HibernateException;
import org.hibernate.LazyInitializationException;
import org.hibernate.LockMode;
import org.hibernate.StaleObjectStateException;
import org.hibernate.collection.spi.PersistentBag;
import org.hibernate.collection.spi.PersistentSet;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.web.client.HttpClientErrorException;

/** What an application of much used libraries captures, returns and throws. */
@FlameAllow({
  "org.springframework.http",
  "org.springframework.util",
  "org.hibernate.collection.spi",
  "com.google.common.collect"
})
final class Shapes {
  private static final SharedSessionContractImplementor NO_SESSION = null;

  private Shapes() {}

  /** Thrown with something inside. */
  static final class Carrier extends Exception {
    private static final long serialVersionUID = 1;
    final @Nullable Object inside;

    Carrier(@Nullable Object inside) {
      super("carried");
      this.inside = inside;
    }
  }

  record Holder(Object first, List<Object> more) {}

  static final class Bean implements Serializable {
    private static final long serialVersionUID = 1;
    Object inside;

    Bean(Object inside) {
      this.inside = inside;
    }

    @Override
    public String toString() {
      return "Bean of " + inside;
    }
  }

  sealed interface Shape permits Circle, Square {}

  record Circle(double radius) implements Shape {}

  record Square(int side) implements Shape {}

  /** By name. */
  static Map<String, RemoteCallable<?>> all() {
    Map<String, RemoteCallable<?>> all = new LinkedHashMap<>();
    values()
        .forEach(
            (name, value) -> {
              all.put(name + " captured", () -> value);
              all.put(name + " in a record", () -> new Holder(value, Arrays.asList(value, value)));
              all.put(name + " in a bean", () -> new Bean(value));
              all.put(name + " in a map", inMap(Collections.singletonMap("k", value)));
              all.put(
                  name + " thrown",
                  () -> {
                    throw new Carrier(value);
                  });
            });
    thrown()
        .forEach(
            (name, work) -> {
              all.put("throws " + name, work);
              all.put(
                  "throws a cause: " + name,
                  () -> {
                    try {
                      return work.call();
                    } catch (Exception e) {
                      throw new IllegalStateException("outer", e);
                    }
                  });
            });
    made(all);
    return all;
  }

  private static RemoteCallable<Object> inMap(Map<String, Object> map) {
    return () -> map.get("k");
  }

  @SuppressWarnings({"JdkObsolete", "JavaUtilDate"}) // applications have them
  private static Map<String, Object> values() {
    Map<String, Object> v = new LinkedHashMap<>();
    v.put("integer", 7);
    v.put("text", "a\uD83D\uDE00\uD83Db");
    v.put("big decimal", new BigDecimal("1.50"));
    v.put("big integer", BigInteger.TEN.pow(40));
    v.put("bytes", "bytes".getBytes(StandardCharsets.UTF_8));
    v.put("texts", new String[][] {{"a"}, {"b", null}});
    v.put("list", List.of(1, "a", 2L));
    v.put("as list", Arrays.asList(1, null, "a"));
    v.put("sub list", new ArrayList<>(List.of(1, 2, 3)).subList(1, 3));
    v.put("key set", new LinkedHashMap<>(Map.of("a", 1)).keySet());
    v.put("values", new TreeMap<>(Map.of("a", 1)).values());
    v.put("unmodifiable", Collections.unmodifiableList(new LinkedList<>(List.of(1))));
    v.put("synchronized", Collections.synchronizedMap(new TreeMap<>(Map.of(1, 2))));
    v.put("copies", Collections.nCopies(3, "x"));
    v.put("deque", new ArrayDeque<>(List.of(1, 2)));
    v.put("queue", new PriorityQueue<>(List.of(3, 1)));
    v.put("sorted set", new TreeSet<>(Comparator.comparing(String::length).reversed()));
    v.put("enum map", new EnumMap<>(Map.of(Month.MAY, 5)));
    v.put("enum set", EnumSet.of(Month.MAY, Month.JUNE));
    v.put("concurrent map", new ConcurrentHashMap<>(Map.of("a", 1)));
    v.put("properties", properties());
    v.put("optional", Optional.of("here"));
    v.put("optional int", OptionalInt.of(3));
    v.put("uuid", new UUID(1, 2));
    v.put("date", LocalDate.of(2026, 1, 2));
    v.put("instant", Instant.ofEpochSecond(7));
    v.put("zoned", LocalDateTime.of(2026, 1, 2, 3, 4).atZone(ZoneId.of("Europe/Paris")));
    v.put("offset", ZoneOffset.ofHours(2));
    v.put("duration", Duration.ofMillis(5));
    v.put("period", Period.ofDays(3));
    v.put("unit", ChronoUnit.DAYS);
    v.put("time unit", TimeUnit.DAYS);
    v.put("old date", new Date(7));
    v.put("timestamp", new Timestamp(7));
    v.put("pattern", Pattern.compile("a+"));
    v.put("uri", URI.create("http://localhost/x"));
    v.put("address", InetSocketAddress.createUnresolved("host", 80));
    v.put("locale", Locale.GERMANY);
    v.put("currency", Currency.getInstance("EUR"));
    v.put("bits", BitSet.valueOf(new long[] {5}));
    v.put("atomic", new AtomicInteger(3));
    v.put("sealed", List.of(new Circle(0.5), new Square(2)));
    v.put("class", String.class);
    v.put("thread", new Thread("unsendable"));
    v.put("object", new Object());
    v.put("exception", new IllegalStateException("as a value", new Exception("cause")));
    v.put("lambda", (Serializable & Comparator<String>) (a, b) -> a.compareTo(b));
    v.put("jackson tree", JsonNodeFactory.instance.objectNode().put("a", 1));
    v.put("jackson text", JsonNodeFactory.instance.textNode("a"));
    v.put("guava list", ImmutableList.of(1, 2));
    v.put("guava map", ImmutableMap.of("a", ImmutableSet.of(1)));
    v.put("guava range", Range.closed(1, 5));
    v.put("guava host", HostAndPort.fromParts("localhost", 80));
    v.put("kotlin pair", new kotlin.Pair<>(1, "a"));
    v.put("kotlin list", kotlin.collections.CollectionsKt.listOf(1, 2));
    v.put("kotlin empty", kotlin.collections.CollectionsKt.emptyList());
    v.put("kotlin range", new kotlin.ranges.IntRange(1, 3));
    v.put("kotlin unit", kotlin.Unit.INSTANCE);
    v.put("spring status", HttpStatus.NOT_FOUND);
    v.put("spring method", HttpMethod.PATCH);
    v.put("spring media type", MediaType.APPLICATION_JSON);
    v.put("spring headers", headers());
    v.put("spring map", new LinkedMultiValueMap<>(Map.of("a", List.of("b"))));
    v.put("spring response", ResponseEntity.ok("body"));
    v.put("hibernate bag", new PersistentBag<>(NO_SESSION, new ArrayList<>(List.of(1))));
    v.put("hibernate set", new PersistentSet<>(NO_SESSION, new java.util.HashSet<>(Set.of(1))));
    v.put("hibernate lock", LockMode.READ);
    v.put("pdf rectangle", new PDRectangle(1, 2));
    v.put("pdf matrix", new Matrix());
    v.put("pdf name", COSName.PAGE);
    return v;
  }

  private static Properties properties() {
    Properties properties = new Properties();
    properties.setProperty("a", "b");
    return properties;
  }

  private static HttpHeaders headers() {
    HttpHeaders headers = new HttpHeaders();
    headers.add("Accept", "text/plain");
    return headers;
  }

  private static Map<String, RemoteCallable<?>> thrown() {
    Map<String, RemoteCallable<?>> t = new LinkedHashMap<>();
    t.put("jackson", () -> new ObjectMapper().readTree("{\"a\": nothing}"));
    t.put("jackson unchecked", Shapes::unchecked);
    t.put("h2", Shapes::badSql);
    t.put("h2 row", Shapes::badRow);
    t.put("pdf", () -> org.apache.pdfbox.Loader.loadPDF(new byte[] {1, 2, 3}).getNumberOfPages());
    t.put(
        "guava",
        () -> {
          throw new VerifyException("not so");
        });
    t.put(
        "spring",
        () -> {
          throw HttpClientErrorException.create(
              HttpStatus.NOT_FOUND, "no", headers(), new byte[0], StandardCharsets.UTF_8);
        });
    t.put(
        "hibernate",
        () -> {
          throw new HibernateException("no");
        });
    t.put(
        "hibernate lazy",
        () -> {
          throw new LazyInitializationException("no session");
        });
    t.put(
        "hibernate stale",
        () -> {
          throw new StaleObjectStateException("app.Entity", 7);
        });
    t.put("null pointer", () -> Optional.empty().orElseThrow(NullPointerException::new));
    t.put("null pointer of the JVM", () -> nothing().strip());
    t.put("null pointers around and inside", Shapes::nulls);
    t.put("arithmetic", () -> Math.floorDiv(1, 0));
    t.put("class cast", () -> (Integer) (Object) List.of("a").get(0));
    t.put(
        "timeout",
        () -> {
          throw new TimeoutException("own");
        });
    t.put(
        "suppressed",
        () -> {
          Exception e = new Exception("outer");
          e.addSuppressed(new IllegalArgumentException("inner"));
          throw e;
        });
    t.put(
        "error",
        () -> {
          throw new AssertionError("wrong");
        });
    return t;
  }

  private static @Nullable String nothing() {
    return System.getProperty("no.such.property");
  }

  /** One is a cause, and what was suppressed in it is a cause of the outer one, too. */
  private static Object nulls() throws Exception {
    try {
      return nothing().strip();
    } catch (NullPointerException e) {
      Exception outer = new Exception("outer", e);
      e.addSuppressed(new IllegalStateException("inner"));
      outer.addSuppressed(e);
      throw outer;
    }
  }

  private static Object unchecked() {
    try {
      return new ObjectMapper().readTree("[1,");
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object badSql() throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:h2:mem:")) {
      return connection.createStatement().execute("SELEKT 1");
    }
  }

  private static Object badRow() throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:h2:mem:")) {
      connection.createStatement().execute("create table t(id int primary key)");
      connection.createStatement().execute("insert into t values (1)");
      return connection.createStatement().execute("insert into t values (1)");
    }
  }

  /** What is made and used there. */
  private static void made(Map<String, RemoteCallable<?>> all) {
    all.put("jackson on the runner", () -> new ObjectMapper().writeValueAsString(Map.of("a", 1)));
    all.put("jackson tree on the runner", () -> new ObjectMapper().readTree("{\"a\":[1,2]}"));
    all.put(
        "h2 on the runner",
        () -> {
          try (var connection = DriverManager.getConnection("jdbc:h2:mem:")) {
            var rows = connection.createStatement().executeQuery("select 41 + 1");
            rows.next();
            return rows.getObject(1);
          }
        });
    all.put(
        "pdf on the runner",
        () -> {
          try (PDDocument document = new PDDocument()) {
            document.addPage(new PDPage(PDRectangle.A4));
            return document.getNumberOfPages() + " " + document.getPage(0).getMediaBox();
          }
        });
    all.put("pdf result", () -> new PDPage(PDRectangle.A4));
    all.put("stream result", () -> List.of(1, 2).stream());
    all.put("lambda result", () -> (Serializable & Runnable) () -> {});
    all.put("pdf io", () -> IOUtils.createMemoryOnlyStreamCache() != null);
  }
}
