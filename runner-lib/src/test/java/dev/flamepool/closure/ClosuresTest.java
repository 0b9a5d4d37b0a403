package dev.flamepool.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.flamepool.wire.Body;
import dev.flamepool.wire.BodyIn;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Out;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Site;
import dev.flamepool.wire.UnreadableException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.ObjectStreamClass;
import java.io.ObjectStreamConstants;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ClosuresTest implements Serializable {
  private static final long serialVersionUID = 1;
  private static final ClassLoader APP = ClosuresTest.class.getClassLoader();

  private final String field = "mine";

  interface Task<T> extends Serializable {
    T call() throws Exception;
  }

  interface SerSupplier<T> extends Supplier<T>, Serializable {}

  record Point(int x, int y) implements Serializable {}

  record Holder(String name, Object value) {}

  record TaskRecord(String text) implements Task<String> {
    @Override
    public String call() {
      return text + "!";
    }
  }

  static class Plain {
    final Thread thread = new Thread();
  }

  static class Outer implements Serializable {
    private static final long serialVersionUID = 1;
    final Map<String, List<Object>> inner = new HashMap<>();
  }

  private static Object run(Task<?> task) {
    EncodedCall call = Closures.encode(task, Task.class, false);
    Reply reply = Closures.runHere(call, APP, null);
    assertThat(reply).isInstanceOf(Reply.Result.class);
    return ((Reply.Result) reply).value();
  }

  private static CaptureException refused(Task<?> task) {
    try {
      Closures.encode(task, Task.class, false);
    } catch (CaptureException e) {
      return e;
    }
    throw new AssertionError("was encoded");
  }

  static String stat() {
    return "static";
  }

  String bound() {
    return field;
  }

  static int sum(Integer... all) {
    return Arrays.stream(all).mapToInt(i -> i).sum();
  }

  interface ListTask extends Serializable {
    Object call(List<?> list);
  }

  @Test
  void everyFormOfLambdaAndMethodReferenceRuns() {
    int n = 3;
    String s = "text";
    SerSupplier<Integer> nested = () -> n + 1;
    Task<Integer> intersection = (Task<Integer> & Cloneable) () -> n * 2;
    for (int i = 0; i < 70; i++) { // by reflection and by method handle
      assertThat(run(() -> 1)).isEqualTo(1);
      assertThat(run(() -> s + n)).isEqualTo("text3");
      assertThat(run(() -> field + s)).isEqualTo("minetext");
      assertThat(run(() -> nested.get() + n)).isEqualTo(7);
      assertThat(run(intersection)).isEqualTo(6);
      assertThat(run(ClosuresTest::stat)).isEqualTo("static");
      assertThat(run(this::bound)).isEqualTo("mine");
      assertThat(run(s::length)).isEqualTo(4);
      assertThat(run(ArrayList::new)).isEqualTo(new ArrayList<>());
      assertThat(run(ClosuresTest::sum)).isEqualTo(0);
      assertThat(run(new TaskRecord("record"))).isEqualTo("record!");
    }
  }

  @Test
  void anUnboundReferenceGetsItsOneArgument() {
    ListTask size = List::size;
    Reply reply =
        Closures.runHere(Closures.encode(size, ListTask.class, false), APP, List.of(1, 2));
    assertThat(((Reply.Result) reply).value()).isEqualTo(2);
  }

  @Test
  void whatCapturesShareStaysShared() {
    TreeMap<String, Point> map = new TreeMap<>(Map.of("a", new Point(1, 2)));
    Object[] holder = {map};
    assertThat(run(() -> holder[0] == map)).isEqualTo(true);
  }

  @Test
  void whatIsCapturedIsACopy() {
    byte[] big = new byte[100_000];
    EncodedCall call = Closures.encode((Task<Integer>) () -> (int) big[0], Task.class, false);
    big[0] = 9;
    assertThat(((Reply.Result) Closures.runHere(call, APP, null)).value()).isEqualTo(0);
  }

  @Test
  void aSiteIsDescribedOnceAndItsCallsAreSmall() {
    EncodedCall a = null;
    EncodedCall b = null;
    for (int i = 0; i < 2; i++) {
      String text = "0123456789abcdef";
      int n = i;
      b = Closures.encode((Task<Point>) () -> new Point(n, text.length()), Task.class, false);
      a = a == null ? b : a;
    }
    assertThat(b.site()).isSameAs(a.site());
    assertThat(b.size()).isLessThan(25);
  }

  @Test
  void anUnsendableCaptureIsNamedWithItsPlaceAndARemedy() {
    Plain plain = new Plain();
    String before = "fine";
    CaptureException direct = refused(() -> before + plain.thread);
    assertThat(direct.capturingClass()).isEqualTo(ClosuresTest.class.getName());
    assertThat(direct.index()).isEqualTo(1);
    assertThat(direct.path()).isEmpty();
    assertThat(direct.type()).isEqualTo(Plain.class.getName());
    assertThat(direct.remedy()).contains("Serializable", "ctx.get(Plain.class)");

    Outer outer = new Outer();
    outer.inner.put("key", new ArrayList<>(List.of("x", plain)));
    CaptureException nested = refused(() -> outer.inner.size());
    assertThat(nested.index()).isEqualTo(0);
    assertThat(nested.path()).isEqualTo(".inner.get(..)[1]");
    assertThat(nested.type()).isEqualTo(Plain.class.getName());

    Supplier<String> notSerializable = () -> "x";
    CaptureException lambda = refused(() -> notSerializable.get());
    assertThat(lambda.type()).contains("lambda", "java.util.function.Supplier");
    assertThat(lambda.getMessage()).doesNotContain("$$Lambda");
  }

  @Test
  void aPeerCannotCallWhatNoLambdaOfTheClassDeclares() throws Exception {
    EncodedCall honest = Closures.encode((Task<String>) ClosuresTest::stat, Task.class, false);
    Site s = honest.site();
    Site forged =
        new Site(
            s.capturingClass(),
            s.functionalInterfaceClass(),
            s.functionalInterfaceMethodName(),
            s.functionalInterfaceMethodSignature(),
            s.implMethodKind(),
            s.implClass(),
            "secret",
            s.implMethodSignature(),
            s.instantiatedMethodType(),
            0,
            false);
    Reply reply = Closures.runHere(new EncodedCall(forged, honest.body()), APP, null);
    assertThat(((Reply.Failed) reply).kind()).isEqualTo(Reply.Failed.Kind.CALL_NOT_READABLE);
  }

  @SuppressWarnings("unused") // what must not be reachable
  private static String secret() {
    throw new AssertionError("reached");
  }

  @Test
  void comparatorsThatTheJdkMakesTravelBothWays() {
    Comparator<String> jdk =
        Comparator.<String>naturalOrder().thenComparing(Comparator.reverseOrder()).reversed();
    Comparator<Map.Entry<String, Integer>> byValue = Map.Entry.comparingByValue();
    assertThat(run(() -> jdk.compare("a", "b") > 0)).isEqualTo(true);
    assertThat(run(() -> byValue.compare(Map.entry("k", 1), Map.entry("k", 2)) < 0))
        .isEqualTo(true);
    @SuppressWarnings("unchecked")
    Comparator<String> back =
        (Comparator<String>)
            run(() -> Comparator.<String>naturalOrder().thenComparing(Comparator.reverseOrder()));
    assertThat(back.compare("a", "b")).isNegative();
  }

  @Test
  void aLambdaOfTheApplicationIsNoResult() {
    assertThatThrownBy(() -> Results.encode(new Object[] {(SerSupplier<Integer>) () -> 1}))
        .hasMessageContaining("[0]")
        .hasMessageContaining("return a value");
  }

  private enum Size {
    BIG
  }

  record Deep(Object value, Deep next) {}

  /** Values as they are, and views as plain collections of what they show. */
  @Test
  void valuesAndViewsOfTheJdkTravelBothWays() {
    Map<String, Integer> map = new TreeMap<>(Map.of("a", 1, "b", 2));
    List<Integer> list = new ArrayList<>(List.of(1, 2, 3));
    List<Object> all =
        new ArrayList<>(
            Arrays.asList(
                java.time.temporal.ChronoUnit.DAYS,
                new java.util.GregorianCalendar(2026, 1, 1),
                java.util.TimeZone.getTimeZone("Europe/Berlin"),
                java.util.Locale.GERMANY,
                java.util.Currency.getInstance("EUR"),
                java.util.UUID.randomUUID(),
                java.util.BitSet.valueOf(new long[] {5}),
                java.time.LocalDate.of(2026, 1, 1),
                java.time.ZonedDateTime.now(java.time.ZoneId.of("Europe/Berlin")),
                java.time.Duration.ofDays(1),
                java.time.DayOfWeek.MONDAY,
                new java.text.DecimalFormat("0.0"),
                java.util.Optional.of("x"),
                java.util.Optional.empty(),
                java.util.OptionalInt.of(3),
                java.util.OptionalLong.empty(),
                java.util.OptionalDouble.of(0.5),
                map.keySet(),
                map.entrySet(),
                new HashMap<>(map).keySet(),
                ((TreeMap<String, Integer>) map).headMap("b"),
                list.subList(1, 3),
                Arrays.asList(1, "a"),
                Arrays.asList(1, 2, 3).subList(0, 2),
                List.of(1, 2, 3).subList(1, 3),
                java.util.Collections.unmodifiableSet(map.keySet()),
                java.util.Collections.unmodifiableMap(map).entrySet(),
                java.util.Collections.unmodifiableMap(map),
                java.util.Collections.emptyList(),
                java.util.Collections.singletonMap("k", Size.BIG),
                Map.entry("k", 1),
                java.util.EnumSet.of(Size.BIG),
                java.util.Set.of(1, 2, 3)));
    all.add(new Holder("plain record", new ArrayList<>(all)));
    all.add(new TreeMap<>(Map.of("k", new Deep(java.util.Set.of(java.math.BigDecimal.TEN), null))));
    for (Object value : all) {
      assertThat(run(() -> value)).as(value.getClass().getName()).isEqualTo(value);
    }
    java.util.Collection<Integer> values = map.values();
    assertThat(run(() -> values)).isEqualTo(List.of(1, 2));
  }

  @Test
  void whatDoesNotTravelIsRefusedBeforeItIsSentWithARemedyForItsClass() throws Exception {
    java.net.URL url = java.net.URI.create("http://localhost/").toURL();
    assertThat(refused(() -> url.getHost()).remedy()).contains("url.toString()");
    Map<Object, String> remedies =
        Map.of(
            java.nio.file.Path.of("x"),
            "path.toString()",
            new java.net.URL("http://localhost/"),
            "url.toString()",
            List.of(1).iterator(),
            "the collection",
            new ThreadLocal<>(),
            "local.get()",
            new java.util.concurrent.CompletableFuture<>(),
            "future.get()");
    remedies.forEach(
        (value, remedy) -> {
          Map<String, Object> map = new TreeMap<>(Map.of("k", List.of(value)));
          CaptureException e = refused(() -> map);
          assertThat(e.path()).isEqualTo(".get(..)[0]");
          assertThat(e.type()).isEqualTo(value.getClass().getName());
          assertThat(e.remedy()).contains(remedy).doesNotContain("implement");
          assertThatThrownBy(() -> Results.encode(map)).hasMessageContaining(remedy);
        });
  }

  @Test
  void aRecordThatHoldsItselfIsRefused() {
    List<Object> all = new ArrayList<>();
    all.add(new Holder("in a list", List.of(all)));
    Object[] array = {null};
    array[0] = new Holder("in an array", array);
    List<Object> inner = new ArrayList<>();
    Holder within = new Holder("within another", inner);
    inner.add(List.of(1));
    inner.add(new ArrayList<>(List.of(new Object[] {within})));
    Holder[] outer = {new Holder("holds one that holds itself", within)};
    for (Object cycle : new Object[] {all.get(0), array[0], outer}) {
      Node node = new Node();
      node.value = new Object[] {cycle};
      assertThat(refused(() -> node).remedy()).contains("holds itself");
      assertThatThrownBy(() -> Results.encode(node)).hasMessageContaining("holds itself");
    }
    Holder shared = new Holder("twice", List.of(new Holder("each time", List.of(1))));
    Node fine = new Node();
    fine.value = new ArrayList<>(List.of(shared, shared));
    assertThat(((Node) run(() -> fine)).value).isEqualTo(List.of(shared, shared));
  }

  static final class Node implements Serializable {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("unused")
    Node next;

    Serializable value;
  }

  @Test
  void whatIsNestedTooDeepIsRefusedAtBothEndsAlike() {
    for (int length : new int[] {1_000, 10_000, 1_000_000}) {
      Node first = new Node();
      Node last = first;
      for (int i = 1; i < length; i++) {
        last.next = new Node();
        last = last.next;
      }
      CaptureException e = refused(() -> first);
      assertThat(e.remedy()).contains("more than 500 objects deep");
      assertThat(e.path()).startsWith(".next.next").hasSizeLessThan(300);
      assertThatThrownBy(() -> Results.encode(first))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("more than 500 objects deep");
    }
    Node first = new Node();
    Node last = first;
    for (int i = 1; i < 490; i++) {
      last.next = new Node();
      last = last.next;
    }
    assertThat(run(() -> first)).isInstanceOf(Node.class);
  }

  @Test
  void repliesHoldOnlyTheApplicationsClasses() throws Exception {
    Closures.encode(
        (Task<Integer>) () -> 1,
        Task.class,
        false); // makes dev.flamepool the application's package
    Body own =
        Results.encode(
            new ArrayList<>(List.of(new Point(1, 2), new TreeMap<>(Map.of(1, new Point(3, 4))))));
    assertThat(Closures.replies(APP).value(BodyIn.of(own))).isInstanceOf(ArrayList.class);
    for (Object foreign :
        List.of(
            new org.assertj.core.data.Index[0],
            org.assertj.core.data.Offset.offset(1),
            new IdentityHashMap<>())) {
      if (!(foreign instanceof Serializable) || foreign instanceof IdentityHashMap) {
        continue;
      }
      Body body = Results.encode((Serializable) new Object[] {foreign});
      assertThatThrownBy(() -> Closures.replies(APP).value(BodyIn.of(body)))
          .as(foreign.getClass().getName())
          .isInstanceOf(UnreadableException.class);
    }
  }

  @Test
  void countsAndDepthsBeyondTheMessageAreRefusedBeforeMemoryIsTaken() {
    for (int tag : new int[] {Tag.BYTES, Tag.INTS, Tag.STRING, Tag.ARRAY_LIST, Tag.HASH_MAP}) {
      Out out = new Out(16);
      out.u1(0);
      out.u1(tag);
      out.vint(Integer.MAX_VALUE & ~7);
      assertThatThrownBy(() -> Closures.replies(APP).value(BodyIn.of(new Body(List.of(), out))))
          .isInstanceOf(UnreadableException.class);
    }
    Out deep = new Out(16);
    deep.u1(0);
    for (int i = 0; i < 100_000; i++) {
      deep.u1(Tag.ARRAY_LIST);
      deep.vint(1);
    }
    deep.u1(Tag.NULL);
    assertThatThrownBy(() -> Closures.replies(APP).value(BodyIn.of(new Body(List.of(), deep))))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("nested");
  }

  @Test
  void aPeerThatNestsTooDeepIsToldSo() throws Exception {
    Object node = "end";
    for (int i = 0; i < 800; i++) {
      node = new Object[] {node};
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new java.io.ObjectOutputStream(bytes).writeObject(node);
    Out out = new Out(16);
    out.u1(1);
    out.vint(bytes.size());
    out.bytes(bytes.toByteArray(), 0, bytes.size());
    out.u1(0);
    out.u1(Tag.JAVA);
    assertThatThrownBy(() -> Closures.replies(APP).value(BodyIn.of(new Body(List.of(), out))))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("more than 500 objects deep");
  }

  @Test
  void stringsArriveExactly() {
    for (String half : List.of("a\uD83D", "\uDE00", "\uDE00\uD83D", "x".repeat(5_000) + "\uD800")) {
      for (String s : List.of(half, half + "grün €\uD83D\uDE00")) {
        Map<String, Object> map = new HashMap<>(Map.of(s, List.of(new Holder(s, 's'))));
        assertThat(run(() -> s)).isEqualTo(s);
        assertThat(run(() -> map)).isEqualTo(map);
      }
    }
    String whole = "\uD83D\uDE00".repeat(5_000);
    assertThat(run(() -> whole)).isEqualTo(whole);
  }

  @Test
  void recordsWithValuesOfAnyKindGoThrough() {
    Holder h = new Holder("h", new TreeMap<>(Map.of("k", 1)));
    Point p = new Point(1, 2);
    assertThat(run(() -> List.of(p, new Point(p.y(), p.x()))))
        .isEqualTo(List.of(p, new Point(2, 1)));
    assertThat(run(h::name)).isEqualTo("h");
    assertThat(run(() -> h)).isEqualTo(h);
  }

  @Test
  void aSerializedLambdaItselfNeverArrives() {
    SerializedLambda l =
        new SerializedLambda(Comparator.class, "a", "b", "c", 6, "d", "e", "f", "g", new Object[0]);
    Task<Object> smuggled = () -> l;
    Reply reply = Closures.runHere(Closures.encode(smuggled, Task.class, false), APP, null);
    assertThat(((Reply.Failed) reply).kind()).isEqualTo(Reply.Failed.Kind.CALL_NOT_READABLE);
  }

  /** Arrays in arrays, each of which promises as many elements as the stream has bytes. */
  @Test
  void nestedArraysThatPromiseMoreThanTheStreamHoldsTakeNoMemory() throws Exception {
    int promised = 100_000;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream stream = new DataOutputStream(bytes);
    stream.writeShort(ObjectStreamConstants.STREAM_MAGIC);
    stream.writeShort(ObjectStreamConstants.STREAM_VERSION);
    for (int depth = 0; depth < 400; depth++) {
      stream.writeByte(ObjectStreamConstants.TC_ARRAY);
      if (depth == 0) {
        stream.writeByte(ObjectStreamConstants.TC_CLASSDESC);
        stream.writeUTF(Object[].class.getName());
        stream.writeLong(ObjectStreamClass.lookup(Object[].class).getSerialVersionUID());
        stream.writeByte(ObjectStreamConstants.SC_SERIALIZABLE);
        stream.writeShort(0);
        stream.writeByte(ObjectStreamConstants.TC_ENDBLOCKDATA);
        stream.writeByte(ObjectStreamConstants.TC_NULL);
      } else {
        stream.writeByte(ObjectStreamConstants.TC_REFERENCE);
        stream.writeInt(ObjectStreamConstants.baseWireHandle);
      }
      stream.writeInt(promised);
    }
    stream.write(new byte[promised]);
    Out out = new Out(16);
    out.u1(1);
    out.vint(bytes.size());
    out.bytes(bytes.toByteArray(), 0, bytes.size());
    out.u1(0);
    out.u1(Tag.JAVA);
    BodyIn body = BodyIn.of(new Body(List.of(), out));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> Closures.replies(APP).value(body))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("REJECTED");
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(32L << 20);
  }

  @Test
  void collectionsThatHoldWhatTheySayAreAccepted() {
    List<Object> many = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      HashMap<Object, Object> one = new HashMap<>();
      one.put(i, new java.util.ArrayDeque<>(List.of(i)));
      many.add(new java.util.TreeMap<>(Map.of("k", one)));
    }
    assertThat(run(() -> many).toString()).isEqualTo(many.toString());
    HashMap<Object, Object> emptied = new HashMap<>(1 << 16);
    TreeMap<String, Object> holder = new TreeMap<>(Map.of("k", emptied));
    assertThat(run(() -> holder)).isEqualTo(holder);
  }
}
