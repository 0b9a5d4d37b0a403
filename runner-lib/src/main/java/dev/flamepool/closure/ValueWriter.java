package dev.flamepool.closure;

import dev.flamepool.wire.Body;
import dev.flamepool.wire.Out;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes values into a body. Common value types are coded by hand; everything else goes together
 * into one Java stream at the body's start, so that what several values share stays shared. Arrays
 * and JDK collections coded by hand are values: two mentions of one mutable collection arrive as
 * two.
 */
final class ValueWriter {
  private static final Class<?> LIST_12 = List.of(1).getClass();
  private static final Class<?> LIST_N = List.of(1, 2, 3).getClass();
  private static final Class<?> MAP_1 = Map.of(1, 1).getClass();
  private static final Class<?> MAP_N = Map.of(1, 1, 2, 2).getClass();

  private final Out out;
  private final boolean lend;
  private final Policy policy;
  private final @Nullable List<TrackedHere<?>> tracked;
  private List<String> classes = List.of();
  private Set<String> needs = Set.of();

  ValueWriter(int room, boolean lend, Policy policy) {
    this(room, lend, policy, null);
  }

  /**
   * @param tracked takes the resources that the values track; null where none may be
   */
  ValueWriter(int room, boolean lend, Policy policy, @Nullable List<TrackedHere<?>> tracked) {
    out = new Out(room);
    this.lend = lend;
    this.policy = policy;
    this.tracked = tracked;
  }

  static int track(TrackedHere<?> resource, List<TrackedHere<?>> tracked) {
    for (int i = 0; i < tracked.size(); i++) {
      if (tracked.get(i) == resource) {
        return i;
      }
    }
    tracked.add(resource);
    return tracked.size() - 1;
  }

  Body body() {
    return new Body(classes, out, needs);
  }

  /**
   * Thrown inside a record or collection that holds something that must go by Java serialization:
   * all of it does.
   */
  private static final class NotPlain extends RuntimeException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("StaticAssignmentOfThrowable") // a signal without trace or message
    static final NotPlain SIGNAL = new NotPlain();

    private NotPlain() {
      super("", null, false, false);
    }
  }

  /** Writes one value; says whether that could be done by hand. If not, nothing was written. */
  private boolean tryPlain(@Nullable Object o) throws IOException {
    if (scalar(o)) {
      return true;
    }
    Out.Mark mark = out.mark();
    int known = classes.size();
    try {
      structure(o, 0);
      return true;
    } catch (NotPlain e) {
      out.rewind(mark);
      if (classes.size() > known) {
        classes.subList(known, classes.size()).clear();
      }
      return false;
    }
  }

  /** The values of one message. */
  void values(@Nullable Object[] values) throws IOException {
    List<Object> java = null;
    Out.Mark first = out.mark();
    out.u1(0);
    for (Object v : values) {
      if (!tryPlain(v)) {
        java = java == null ? new ArrayList<>(2) : java;
        java.add(v);
        out.u1(Tag.JAVA);
      }
    }
    if (java != null) {
      rewrite(values, java, first);
    }
  }

  /**
   * The rare case, written again: the Java stream comes first, because the reader needs it first.
   */
  private void rewrite(@Nullable Object[] values, List<Object> java, Out.Mark first)
      throws IOException {
    out.rewind(first);
    classes = List.of();
    out.u1(1);
    stream(java.toArray());
    int next = 0;
    for (Object v : values) {
      if (next < java.size() && v == java.get(next)) {
        next++;
        out.u1(Tag.JAVA);
      } else {
        tryPlain(v);
      }
    }
  }

  private void stream(Object[] objects) throws IOException {
    Bytes bytes = new Bytes();
    needs = write(objects, bytes, policy, tracked);
    out.vint(bytes.size());
    out.bytes(bytes.array(), 0, bytes.size());
  }

  private static Set<String> write(
      @Nullable Object o, OutputStream bytes, Policy policy, @Nullable List<TrackedHere<?>> tracked)
      throws IOException {
    try (JavaOut stream = new JavaOut(bytes, policy, tracked)) {
      stream.writeObject(o);
      return stream.needs();
    } catch (StackOverflowError e) {
      throw new RefusedValueException(new Object(), Remedy.DEPTH);
    }
  }

  static byte[] javaBytes(Object o) throws IOException {
    Bytes bytes = new Bytes();
    write(o, bytes, Policy.RESULTS, null);
    return bytes.toByteArray();
  }

  /** Whether the value can be sent by Java serialization, for finding out which one cannot. */
  static void probe(@Nullable Object value, Policy policy) throws IOException {
    write(value, OutputStream.nullOutputStream(), policy, null);
  }

  private static final class Bytes extends ByteArrayOutputStream {
    Bytes() {
      super(512);
    }

    byte[] array() {
      return buf;
    }
  }

  private boolean scalar(@Nullable Object o) throws RefusedValueException {
    if (o == null) {
      out.u1(Tag.NULL);
    } else if (o instanceof String s) {
      out.u1(Tag.STRING);
      out.exactString(s);
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
    } else if (o instanceof byte[] b) {
      out.u1(Tag.BYTES);
      bytes(b, !lend);
    } else if (o instanceof Enum<?> e) {
      out.u1(Tag.ENUM);
      classRef(e.getDeclaringClass());
      out.string(e.name());
    } else {
      return rareScalar(o);
    }
    return true;
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
    } else if (o instanceof int[] a) {
      out.u1(Tag.INTS);
      ByteBuffer b = ByteBuffer.allocate(Math.multiplyExact(a.length, 4));
      b.asIntBuffer().put(a);
      bytes(b.array(), false);
    } else if (o instanceof long[] a) {
      out.u1(Tag.LONGS);
      ByteBuffer b = ByteBuffer.allocate(Math.multiplyExact(a.length, 8));
      b.asLongBuffer().put(a);
      bytes(b.array(), false);
    } else if (o instanceof double[] a) {
      out.u1(Tag.DOUBLES);
      ByteBuffer b = ByteBuffer.allocate(Math.multiplyExact(a.length, 8));
      b.asDoubleBuffer().put(a);
      bytes(b.array(), false);
    } else if (o instanceof float[] a) {
      out.u1(Tag.FLOATS);
      ByteBuffer b = ByteBuffer.allocate(Math.multiplyExact(a.length, 4));
      b.asFloatBuffer().put(a);
      bytes(b.array(), false);
    } else if (tracked != null && o instanceof TrackedHere<?> resource) {
      out.u1(Tag.TRACKED);
      out.vint(track(resource, tracked));
    } else {
      return false;
    }
    return true;
  }

  private void bytes(byte[] b, boolean copy) {
    out.vint(b.length);
    if (b.length < Out.WORTH_LENDING) {
      out.bytes(b, 0, b.length);
    } else {
      out.lend(copy ? b.clone() : b);
    }
  }

  private void plain(@Nullable Object o, int depth) throws IOException {
    if (!scalar(o)) {
      structure(o, depth);
    }
  }

  private void structure(@Nullable Object o, int depth) throws IOException {
    if (o == null || depth > Tag.MAX_DEPTH) {
      throw NotPlain.SIGNAL;
    }
    if (o instanceof Record r) {
      record(r, depth);
      return;
    }
    Class<?> c = o.getClass();
    if (c == ArrayList.class) {
      list((List<?>) o, Tag.ARRAY_LIST, depth);
    } else if (c == LIST_12 || c == LIST_N) {
      list((List<?>) o, Tag.LIST_OF, depth);
    } else if (c == HashMap.class) {
      map((Map<?, ?>) o, Tag.HASH_MAP, depth);
    } else if (c == LinkedHashMap.class) {
      map((Map<?, ?>) o, Tag.LINKED_HASH_MAP, depth);
    } else if (c == MAP_1 || c == MAP_N) {
      map((Map<?, ?>) o, Tag.MAP_OF, depth);
    } else {
      throw NotPlain.SIGNAL;
    }
  }

  private void record(Record r, int depth) throws IOException {
    RecordShape shape = RecordShape.cached(r.getClass());
    if (shape == null) {
      throw NotPlain.SIGNAL;
    }
    out.u1(Tag.RECORD);
    classRef(r.getClass());
    out.vint(shape.size);
    for (int i = 0; i < shape.size; i++) {
      plain(shape.get(r, i), depth + 1);
    }
  }

  private void list(List<?> list, int tag, int depth) throws IOException {
    out.u1(tag);
    Object[] elements = list.toArray();
    out.vint(elements.length);
    for (Object e : elements) {
      if (e == null && tag == Tag.LIST_OF) {
        throw NotPlain.SIGNAL; // what Stream.toList() gives may hold null, List.of may not
      }
      plain(e, depth + 1);
    }
  }

  private void map(Map<?, ?> map, int tag, int depth) throws IOException {
    out.u1(tag);
    out.vint(map.size());
    for (Map.Entry<?, ?> e : map.entrySet()) {
      plain(e.getKey(), depth + 1);
      plain(e.getValue(), depth + 1);
    }
  }

  private void classRef(Class<?> c) throws RefusedValueException {
    String name = c.getName();
    if (classes.isEmpty()) {
      classes = new ArrayList<>(4);
    }
    int at = classes.indexOf(name);
    if (at < 0) {
      if (!policy.accepts(c)) {
        throw new RefusedValueException(c, Remedy.refused(c, ""));
      }
      at = classes.size();
      classes.add(name);
    }
    out.vint(at);
  }
}
