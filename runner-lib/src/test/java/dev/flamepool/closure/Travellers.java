package dev.flamepool.closure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Values that travel, by kind, each with its expression. */
@SuppressWarnings({"JavaUtilDate", "JdkObsolete", "IdentityHashMapUsage"}) // they are sent, too
final class Travellers {
  enum Size {
    BIG
  }

  record Plain(String name, List<Integer> numbers) {}

  private final Map<String, Map<String, @Nullable Object>> kinds = new LinkedHashMap<>();
  private Map<String, @Nullable Object> kind = new LinkedHashMap<>();

  static Map<String, Map<String, @Nullable Object>> all() throws Exception {
    Travellers t = new Travellers();
    t.scalars();
    t.values();
    t.collections();
    t.views();
    t.others();
    return t.kinds;
  }

  private void kind(String name) {
    kind = new LinkedHashMap<>();
    kinds.put(name, kind);
  }

  private void add(String expression, @Nullable Object value) {
    kind.put(expression, value);
  }

  private void scalars() {
    kind("null, primitives, strings, enums");
    add("null", null);
    add("1", 1);
    add("1L", 1L);
    add("1.5", 1.5);
    add("1.5f", 1.5f);
    add("(short) 1", (short) 1);
    add("(byte) 1", (byte) 1);
    add("'c'", 'c');
    add("true", true);
    add("\"text\"", "text");
    add("Size.BIG", Size.BIG);
    add("StandardOpenOption.READ", java.nio.file.StandardOpenOption.READ);
    add("Thread.State.NEW", Thread.State.NEW);
    kind("arrays");
    add("new byte[] {1}", new byte[] {1});
    add("new int[] {1}", new int[] {1});
    add("new long[] {1}", new long[] {1});
    add("new double[] {1}", new double[] {1});
    add("new float[] {1}", new float[] {1});
    add("new char[] {1}", new char[] {1});
    add("new boolean[] {true}", new boolean[] {true});
    add("new String[] {\"a\"}", new String[] {"a"});
    add("new int[][] {{1}}", new int[][] {{1}});
    add("new Runnable[1]", new Runnable[1]);
  }

  private void values() throws Exception {
    kind("java.time");
    add("Instant", java.time.Instant.EPOCH);
    add("LocalDate", java.time.LocalDate.of(2026, 1, 1));
    add("LocalTime", java.time.LocalTime.NOON);
    add("LocalDateTime", java.time.LocalDateTime.of(2026, 1, 1, 0, 0));
    add("OffsetDateTime", java.time.Instant.EPOCH.atOffset(java.time.ZoneOffset.UTC));
    add("ZonedDateTime", java.time.Instant.EPOCH.atZone(java.time.ZoneId.of("Europe/Berlin")));
    add("Year", java.time.Year.of(2026));
    add("YearMonth", java.time.YearMonth.of(2026, 1));
    add("MonthDay", java.time.MonthDay.of(1, 1));
    add("Duration", java.time.Duration.ofDays(1));
    add("Period", java.time.Period.ofDays(1));
    add("ZoneId", java.time.ZoneId.of("Europe/Berlin"));
    add("ZoneOffset", java.time.ZoneOffset.UTC);
    add("DayOfWeek", java.time.DayOfWeek.MONDAY);
    add("ChronoUnit", java.time.temporal.ChronoUnit.DAYS);
    add("HijrahDate", java.time.chrono.HijrahDate.of(1440, 1, 1));
    add("ZoneRules", java.time.ZoneId.of("Europe/Berlin").getRules());
    add("Clock.systemUTC()", java.time.Clock.systemUTC());
    kind("numbers and text");
    add("BigInteger", java.math.BigInteger.TEN);
    add("BigDecimal", java.math.BigDecimal.TEN);
    add("MathContext", java.math.MathContext.DECIMAL32);
    add("DecimalFormat", new java.text.DecimalFormat("0.0"));
    add("SimpleDateFormat", new java.text.SimpleDateFormat("yyyy", java.util.Locale.ROOT));
    kind("other values");
    add("UUID", new java.util.UUID(1, 2));
    add("Date", new java.util.Date(0));
    add("GregorianCalendar", new java.util.GregorianCalendar(2026, 1, 1));
    add("TimeZone", java.util.TimeZone.getTimeZone("Europe/Berlin"));
    add("Locale", java.util.Locale.GERMANY);
    add("Currency", java.util.Currency.getInstance("EUR"));
    add("BitSet", java.util.BitSet.valueOf(new long[] {5}));
    add("URI", java.net.URI.create("http://localhost/"));
    add("InetAddress", java.net.InetAddress.getLoopbackAddress());
    add(
        "InetSocketAddress",
        new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 80));
    add("UnixDomainSocketAddress", java.net.UnixDomainSocketAddress.of("a"));
    add("X500Principal", new javax.security.auth.x500.X500Principal("CN=a"));
    add("File", new java.io.File("a"));
    add("java.sql.Date", new java.sql.Date(0));
    add("java.sql.Timestamp", new java.sql.Timestamp(0));
    add("String.class", String.class);
    notSerializable();
    kind("Optional and its kin");
    add("Optional.of(\"x\")", Optional.of("x"));
    add("Optional.empty()", Optional.empty());
    add("OptionalInt", java.util.OptionalInt.of(1));
    add("OptionalLong", java.util.OptionalLong.of(1));
    add("OptionalDouble", java.util.OptionalDouble.empty());
  }

  private void notSerializable() {
    kind("values that the JDK has not made Serializable");
    add("StandardCharsets.UTF_8", java.nio.charset.StandardCharsets.UTF_8);
    add("FileTime", java.nio.file.attribute.FileTime.fromMillis(7));
    add("Runtime.Version", Runtime.version());
    add("HexFormat", java.util.HexFormat.ofDelimiter(":").withUpperCase());
    add("DecimalStyle", java.time.format.DecimalStyle.of(java.util.Locale.GERMANY));
    add("Locale.LanguageRange", new java.util.Locale.LanguageRange("de", 0.5));
    add("Character.UnicodeBlock", Character.UnicodeBlock.GREEK);
    add("Attributes.Name", java.util.jar.Attributes.Name.MAIN_CLASS);
    add("Proxy.NO_PROXY", java.net.Proxy.NO_PROXY);
    add("IntSummaryStatistics", java.util.stream.IntStream.of(1, 5).summaryStatistics());
    add("LongSummaryStatistics", java.util.stream.LongStream.of(1, 5).summaryStatistics());
    add("DoubleSummaryStatistics", java.util.stream.DoubleStream.of(1, 5).summaryStatistics());
  }

  private void collections() {
    List<Integer> list = List.of(1, 2, 3);
    Map<String, Integer> map = Map.of("a", 1);
    kind("collections");
    add("ArrayList", new ArrayList<>(list));
    add("LinkedList", new java.util.LinkedList<>(list));
    add("Vector", new java.util.Vector<>(list));
    add("HashSet", new java.util.HashSet<>(list));
    add("LinkedHashSet", new java.util.LinkedHashSet<>(list));
    add("TreeSet", new TreeSet<>(list));
    add("EnumSet", java.util.EnumSet.of(Size.BIG));
    add("HashMap", new HashMap<>(map));
    add("LinkedHashMap", new LinkedHashMap<>(map));
    add("TreeMap", new TreeMap<>(map));
    add("EnumMap", new java.util.EnumMap<>(Map.of(Size.BIG, 1)));
    add("IdentityHashMap", new java.util.IdentityHashMap<>(Map.of(Size.BIG, "x")));
    add("ConcurrentHashMap", new java.util.concurrent.ConcurrentHashMap<>(map));
    add("ConcurrentSkipListMap", new java.util.concurrent.ConcurrentSkipListMap<>(map));
    add("CopyOnWriteArrayList", new java.util.concurrent.CopyOnWriteArrayList<>(list));
    add("Properties", new java.util.Properties());
    kind("unmodifiable, synchronized, small ones");
    add("List.of(1, 2, 3)", list);
    add("Set.of(1)", Set.of(1));
    add("Map.of(\"a\", 1)", map);
    add("stream.toList()", Stream.of(1, 2).toList());
    add("Arrays.asList(1, \"a\")", Arrays.asList(1, "a"));
    add("Collections.emptyList()", Collections.emptyList());
    add("Collections.singletonList(1)", Collections.singletonList(1));
    add("Collections.singletonMap(\"k\", 1)", Collections.singletonMap("k", 1));
    add("Collections.unmodifiableList(list)", Collections.unmodifiableList(new ArrayList<>(list)));
    add("Collections.unmodifiableMap(map)", Collections.unmodifiableMap(new HashMap<>(map)));
    add("Collections.synchronizedMap(map)", Collections.synchronizedMap(new HashMap<>(map)));
  }

  private void views() {
    List<Integer> list = new ArrayList<>(List.of(1, 2, 3));
    TreeMap<String, Integer> sorted = new TreeMap<>(Map.of("a", 1, "b", 2));
    kind("views, as what they show");
    add("map.keySet()", new HashMap<>(Map.of("a", 1)).keySet());
    add("map.entrySet()", new HashMap<>(Map.of("a", 1)).entrySet());
    add("list.subList(0, 2)", list.subList(0, 2));
    add("List.of(1, 2, 3).subList(0, 2)", List.of(1, 2, 3).subList(0, 2));
    add("sorted.keySet()", sorted.keySet());
    add("Map.entry(\"k\", 1)", Map.entry("k", 1));
    add("sorted.navigableKeySet()", sorted.navigableKeySet());
    add("sorted.descendingKeySet()", sorted.descendingKeySet());
    add("sorted.subMap(\"a\", \"b\")", sorted.subMap("a", "b"));
  }

  private void others() {
    kind("records, by their components");
    add("new Plain(\"a\", list)", new Plain("a", List.of(1)));
    kind("comparators of the JDK");
    add("Comparator.naturalOrder()", Comparator.naturalOrder());
    add("Comparator.reverseOrder()", Comparator.reverseOrder());
    add("String.CASE_INSENSITIVE_ORDER", String.CASE_INSENSITIVE_ORDER);
    kind("exceptions");
    add("new IllegalStateException(\"x\")", new IllegalStateException("x"));
    add("new java.sql.SQLException(\"x\")", new java.sql.SQLException("x"));
    kind("what threads share, as copies that are free");
    add("AtomicInteger", new java.util.concurrent.atomic.AtomicInteger(1));
    add("AtomicReference", new java.util.concurrent.atomic.AtomicReference<>("x"));
    add("ReentrantLock", new java.util.concurrent.locks.ReentrantLock());
    add("Semaphore", new java.util.concurrent.Semaphore(1));
  }
}
