package dev.flamepool.closure;

import dev.flamepool.ValueCodec;
import dev.flamepool.wire.Body;
import dev.flamepool.wire.HeapAccount;
import dev.flamepool.wire.Out;
import dev.flamepool.wire.Takes;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes values into a body. What has a {@link Form} of its own is coded by hand, each object once:
 * later mentions are its number. Everything else goes through one Java stream, which comes back
 * here for what it finds that goes by hand; so what several values share stays shared. Copies alone
 * are what {@code List.of}, {@code Set.of} and {@code Map.of} give where they lie in a field of
 * what goes by Java: the JDK puts something in their place before anybody is asked.
 */
final class ValueWriter {
  /** More would fill this process's memory; as they are, the reader of a reply refuses them. */
  private static final int MAX_COPIES = 1 << 20;

  /** Bytes of heap of an object's number. */
  private static final int NUMBERED = 24;

  private final Out out;
  private final @Nullable HeapAccount account;
  private final boolean lend;
  private final Policy policy;
  private final @Nullable List<TrackedHere<?>> tracked;
  private List<String> classes = List.of();
  private Set<String> needs = Set.of();
  private final Seen seen = new Seen();
  private int depth;
  private final @Nullable Codecs codecs = Codecs.here();

  /** The numbers of what is made whole and is not complete yet, in ascending order. */
  private int[] open = {};

  private int openSize;
  private @Nullable Bytes bytes;
  private @Nullable JavaOut java;

  /** What could go by hand, but was met in the Java stream first. */
  private final Seen javas = new Seen();

  private @Nullable IdentityHashMap<Object, Object> shown;

  ValueWriter(int room, boolean lend, Policy policy) {
    this(room, lend, policy, null, null);
  }

  /**
   * @param tracked takes the resources that the values track; null where none may be
   * @param account pays for what is written; null if nobody counts
   */
  ValueWriter(
      int room,
      boolean lend,
      Policy policy,
      @Nullable List<TrackedHere<?>> tracked,
      @Nullable HeapAccount account) {
    out = new Out(room, account);
    this.account = account;
    this.lend = lend;
    this.policy = policy;
    this.tracked = tracked;
  }

  /** All that was written. */
  Body body() {
    Body byHand = new Body(classes, out, needs);
    if (bytes == null) {
      return byHand;
    }
    int size = bytes.size();
    boolean small = size < Out.WORTH_LENDING;
    Out head = new Out(small ? size + 8 : 8, account);
    head.u1(1);
    head.vint(size);
    if (small) {
      head.bytes(bytes.array(), 0, size);
    } else {
      head.lend(bytes.array(), size);
    }
    return byHand.after(head);
  }

  /** Bytes that were looked at again after they were written. */
  long looked() {
    return bytes == null ? 0 : bytes.looked();
  }

  /** The values of one message. */
  void values(@Nullable Object[] values) throws IOException {
    out.u1(0);
    try {
      for (Object v : values) {
        value(v);
      }
    } catch (StackOverflowError e) {
      throw new RefusedValueException(new Object(), Remedy.DEPTH);
    }
    if (java != null) {
      java.finish();
    }
  }

  /** Whether the value can be sent, for finding out which one cannot. */
  static void probe(@Nullable Object value, Policy policy) throws IOException {
    new ValueWriter(64, true, policy).values(new @Nullable Object[] {value});
  }

  /** One value, where it stands. */
  void value(@Nullable Object o) throws IOException {
    if (!scalar(o) && o != null) {
      object(o);
    }
  }

  /** What stands in the Java stream for an object that is met there: itself if Java has it. */
  Object inJava(Object o) {
    Form form = form(o);
    if (form == Form.JAVA || (form == Form.TRACKED && tracked == null)) {
      return o;
    }
    if (form.isFilled() && seen.find(o) < 0) {
      javas.add(o);
      return o;
    }
    return new ByHand(o);
  }

  private boolean scalar(@Nullable Object o) {
    if (o == null) {
      out.u1(Tag.NULL);
    } else if (o instanceof String s) {
      string(s);
    } else if (o instanceof Integer i) {
      out.u1(Tag.INT);
      out.vint((i << 1) ^ (i >> 31));
    } else if (o instanceof Long l) {
      out.u1(Tag.LONG);
      out.vlong((l << 1) ^ (l >> 63));
    } else if (o instanceof Boolean b) {
      out.u1(b ? Tag.TRUE : Tag.FALSE);
    } else if (o instanceof Double d) {
      out.u1(Tag.DOUBLE);
      out.i8(Double.doubleToRawLongBits(d));
    } else {
      return rareScalar(o);
    }
    return true;
  }

  private void string(String s) {
    if (s.length() >= Tag.LONG_STRING) {
      int known = seen.find(s);
      if (known >= 0) {
        same(known);
        return;
      }
      number(s);
    }
    out.u1(Tag.STRING);
    out.exactString(s);
  }

  /** From now on it is mentioned by the next number. */
  private void number(Object o) {
    out.need(NUMBERED);
    seen.add(o);
  }

  private void same(int number) {
    out.u1(Tag.SAME);
    out.vint(number);
  }

  private boolean rareScalar(Object o) {
    if (o instanceof Float f) {
      out.u1(Tag.FLOAT);
      out.i8(Float.floatToRawIntBits(f));
    } else if (o instanceof Short s) {
      out.u1(Tag.SHORT);
      out.i8(s);
    } else if (o instanceof Byte b) {
      out.u1(Tag.BYTE);
      out.u1(b);
    } else if (o instanceof Character c) {
      out.u1(Tag.CHAR);
      out.vint(c);
    } else {
      return false;
    }
    return true;
  }

  private Form form(Object o) {
    if (o instanceof Enum<?>) {
      return Form.JAVA;
    }
    Class<?> c = o.getClass();
    if (codecs != null && codecs.of(c) != null) {
      return Form.CODED;
    }
    Form form = Form.of(c);
    boolean byFields =
        form == Form.JAVA
            && !(o instanceof Serializable)
            && policy.allows(c)
            && FieldsShape.of(c) != null;
    return byFields ? Form.FIELDS : form;
  }

  private void object(Object o) throws IOException {
    Form form = form(o);
    switch (form) {
      case JAVA -> {
        if (o instanceof Enum<?> e) {
          out.u1(Tag.ENUM);
          classRef(e.getDeclaringClass());
          out.string(e.name());
        } else {
          java(o);
        }
      }
      case VIEW -> value(shown(o));
      case TRACKED -> tracked((TrackedHere<?>) o);
      default -> {
        int known = seen.find(o);
        if (known >= 0) {
          again(o, form, known);
        } else if (javas.find(o) >= 0) {
          java(o);
        } else {
          number(o);
          contents(o, form);
        }
      }
    }
  }

  private void again(Object o, Form form, int number) throws IOException {
    if (form.isMadeWhole() && Arrays.binarySearch(open, 0, openSize, number) >= 0) {
      throw new RefusedValueException(o, Remedy.CYCLE);
    }
    same(number);
  }

  private void java(Object o) throws IOException {
    JavaOut stream = java;
    if (stream == null) {
      bytes = new Bytes(account);
      stream = new JavaOut(bytes, policy, this);
      java = stream;
    }
    out.u1(Tag.JAVA);
    stream.writeObject(o);
  }

  /** One copy of each view, as long as this lives. */
  private Object shown(Object view) {
    if (shown == null) {
      shown = new IdentityHashMap<>();
    }
    if (account != null && !shown.containsKey(view)) {
      account.need(Heap.ofCopy(view));
    }
    return shown.computeIfAbsent(view, Views::copy);
  }

  private void tracked(TrackedHere<?> resource) throws IOException {
    if (tracked == null) {
      java(resource);
      return;
    }
    int at = 0;
    while (at < tracked.size() && tracked.get(at) != resource) {
      at++;
    }
    if (at == tracked.size()) {
      tracked.add(resource);
    }
    out.u1(Tag.TRACKED);
    out.vint(at);
  }

  private void contents(Object o, Form form) throws IOException {
    if (++depth > Policy.MAX_DEPTH) {
      throw new RefusedValueException(o, Remedy.DEPTH);
    }
    boolean whole = form.isMadeWhole();
    if (whole) {
      if (openSize == open.length) {
        open = Arrays.copyOf(open, openSize + 4 + openSize / 2);
      }
      open[openSize++] = seen.size() - 1;
    }
    switch (form) {
      case BYTES -> bytes((byte[]) o);
      case INTS, LONGS, DOUBLES, FLOATS -> numbers(o, form);
      case ARRAY -> array((Object[]) o);
      case RECORD -> record((Record) o);
      case CODED -> coded(o);
      case FIELDS -> fields(o);
      case HASH_MAP, LINKED_HASH_MAP, MAP_OF -> map((Map<?, ?>) o, form.tag);
      case SUBSTITUTE -> substitute(Substitute.of(o));
      default -> collection((Collection<?>) o, form);
    }
    depth--;
    if (whole) {
      openSize--;
    }
  }

  private void bytes(byte[] b) {
    out.u1(Tag.BYTES);
    block(b, !lend);
  }

  private void numbers(Object array, Form form) {
    out.u1(form.tag);
    byte[] b;
    switch (form) {
      case INTS -> {
        int[] a = (int[]) array;
        b = memory(a.length, 4);
        ByteBuffer.wrap(b).asIntBuffer().put(a);
      }
      case LONGS -> {
        long[] a = (long[]) array;
        b = memory(a.length, 8);
        ByteBuffer.wrap(b).asLongBuffer().put(a);
      }
      case DOUBLES -> {
        double[] a = (double[]) array;
        b = memory(a.length, 8);
        ByteBuffer.wrap(b).asDoubleBuffer().put(a);
      }
      default -> {
        float[] a = (float[]) array;
        b = memory(a.length, 4);
        ByteBuffer.wrap(b).asFloatBuffer().put(a);
      }
    }
    block(b, false);
  }

  private byte[] memory(int length, int itemBytes) {
    int bytes = Math.multiplyExact(length, itemBytes);
    out.need(bytes);
    return new byte[bytes];
  }

  private void block(byte[] b, boolean copy) {
    if (copy && b.length >= Out.WORTH_LENDING) {
      out.need(b.length);
      block(b.clone(), b.length);
    } else {
      block(b, b.length);
    }
  }

  private void block(byte[] b, int length) {
    out.vint(length);
    if (length < Out.WORTH_LENDING) {
      out.bytes(b, 0, length);
    } else {
      out.lend(b, length);
    }
  }

  private void array(Object[] array) throws IOException {
    out.u1(Tag.ARRAY);
    classRef(array.getClass());
    out.vint(array.length);
    for (Object e : array) {
      value(e);
    }
  }

  private void record(Record r) throws IOException {
    RecordShape shape = RecordShape.cached(r.getClass());
    if (shape == null) {
      throw new IllegalStateException(r.getClass().getName());
    }
    out.u1(Tag.RECORD);
    classRef(r.getClass());
    out.vint(shape.size);
    for (int i = 0; i < shape.size; i++) {
      value(shape.get(r, i));
    }
  }

  private void coded(Object o) throws IOException {
    ValueCodec<Object> codec =
        Objects.requireNonNull(Objects.requireNonNull(codecs).of(o.getClass()));
    String need = Takes.codec(codec.name());
    if (!policy.readerHas(need)) {
      throw new RefusedValueException(
          o, "its codec is not at the caller; " + Takes.remedy(codec.name()));
    }
    need(need);
    Coded coded = new Coded(codec, o.getClass());
    Bytes written = new Bytes(account);
    coded.write(o, written);
    out.u1(Tag.CODED);
    nameRef(coded.ref());
    block(written.array(), written.size());
  }

  private void fields(Object o) throws IOException {
    FieldsShape shape = Objects.requireNonNull(FieldsShape.of(o.getClass()));
    String[] names = shape.names();
    @Nullable Object[] values = shape.values(o);
    out.u1(Tag.FIELDS);
    classRef(o.getClass());
    out.vint(names.length);
    for (int i = 0; i < names.length; i++) {
      out.string(names[i]);
      value(values[i]);
    }
  }

  private void substitute(Substitute s) throws IOException {
    out.u1(Tag.SUBSTITUTE);
    out.u1(s.kind().code);
    value(s.content());
  }

  private void collection(Collection<?> all, Form form) throws IOException {
    if (form == Form.COPIES && all.size() > MAX_COPIES) {
      throw new RefusedValueException(all, "it holds more than " + MAX_COPIES + " copies");
    }
    Object[] elements = all.toArray();
    // what Stream.toList() gives may hold null, List.of may not
    boolean nulls = form == Form.LIST_OF && Arrays.asList(elements).contains(null);
    out.u1(nulls ? Tag.LIST_WITH_NULLS : form.tag);
    out.vint(elements.length);
    for (Object e : elements) {
      value(e);
    }
  }

  private void map(Map<?, ?> map, int tag) throws IOException {
    out.u1(tag);
    out.vint(map.size());
    for (Map.Entry<?, ?> e : map.entrySet()) {
      value(e.getKey());
      value(e.getValue());
    }
  }

  private void classRef(Class<?> c) throws IOException {
    String name = c.getName();
    if (classes.isEmpty()) {
      classes = new ArrayList<>(4);
    }
    int at = classes.indexOf(name);
    if (at < 0) {
      admit(c);
      at = classes.size();
      classes.add(name);
    }
    out.vint(at);
  }

  /** Refuses a class that no reader takes, and keeps in mind one that each reader has to allow. */
  void admit(Class<?> c) throws RefusedValueException {
    if (!policy.accepts(c)) {
      throw policy.refusal(c);
    }
    String needed = Standing.needed(c);
    if (needed != null) {
      need(needed);
    }
  }

  /** Refuses a key that is secret where nobody allowed its kind. */
  void reveal(Class<?> secret) throws RefusedValueException {
    if (!policy.allows(secret)) {
      throw new RefusedValueException(secret, policy.reasonOfSecret(secret));
    }
    need(secret.getName());
  }

  private void need(String what) {
    needs = needs.isEmpty() ? new TreeSet<>() : needs;
    needs.add(what);
  }

  private void nameRef(String name) {
    if (classes.isEmpty()) {
      classes = new ArrayList<>(4);
    }
    int at = classes.indexOf(name);
    if (at < 0) {
      at = classes.size();
      classes.add(name);
    }
    out.vint(at);
  }
}
