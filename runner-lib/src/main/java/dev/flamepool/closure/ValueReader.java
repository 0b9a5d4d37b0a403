package dev.flamepool.closure;

import dev.flamepool.wire.BodyIn;
import dev.flamepool.wire.ClassRef;
import dev.flamepool.wire.In;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.StreamCorruptedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link ValueWriter} wrote, admitting only what a policy admits and no more than the
 * body holds.
 */
final class ValueReader {
  private final BodyIn body;
  private final In in;
  private final Policy policy;
  private final @Nullable TrackedIn tracked;
  private @Nullable Object[] java = {};
  private int nextJava;

  ValueReader(BodyIn body, Policy policy) {
    this(body, policy, null);
  }

  /**
   * @param tracked makes what stands for a tracked resource; null where none is accepted
   */
  ValueReader(BodyIn body, Policy policy, @Nullable TrackedIn tracked) {
    this.body = body;
    in = body.in();
    this.policy = policy;
    this.tracked = tracked;
  }

  static Object tracked(@Nullable TrackedIn tracked, int index) throws StreamCorruptedException {
    if (tracked == null) {
      throw new StreamCorruptedException("a tracked resource that was not asked for");
    }
    return tracked.at(index);
  }

  @Nullable Object[] values(int n) throws IOException, ReflectiveOperationException {
    if (in.u1() == 1) {
      java = stream();
    }
    Object[] values = new Object[n];
    for (int i = 0; i < n; i++) {
      values[i] = value(0);
    }
    return values;
  }

  private @Nullable Object[] stream() throws IOException, ReflectiveOperationException {
    if (JavaIn.read(in.bytes(in.vint()), policy, tracked) instanceof Object[] objects) {
      return objects;
    }
    throw new StreamCorruptedException("the message's Java stream holds no values");
  }

  private @Nullable Object value(int depth) throws IOException, ReflectiveOperationException {
    int tag = in.u1();
    return switch (tag) {
      case Tag.NULL -> null;
      case Tag.STRING -> in.exactString();
      case Tag.INT -> {
        int v = in.vint();
        yield (v >>> 1) ^ -(v & 1);
      }
      case Tag.LONG -> {
        long v = in.vlong();
        yield (v >>> 1) ^ -(v & 1);
      }
      case Tag.DOUBLE -> Double.longBitsToDouble(in.i8());
      case Tag.TRUE -> true;
      case Tag.FALSE -> false;
      case Tag.BYTES -> in.bytes(in.vint());
      case Tag.RECORD -> record(depth);
      case Tag.ENUM -> enumValue();
      case Tag.JAVA -> java();
      default -> rare(tag, depth);
    };
  }

  private @Nullable Object java() throws StreamCorruptedException {
    if (nextJava >= java.length) {
      throw new StreamCorruptedException("a value that the message does not carry");
    }
    return java[nextJava++];
  }

  private Object rare(int tag, int depth) throws IOException, ReflectiveOperationException {
    return switch (tag) {
      case Tag.FLOAT -> Float.intBitsToFloat((int) in.i8());
      case Tag.SHORT -> (short) in.i8();
      case Tag.BYTE -> (byte) in.u1();
      case Tag.CHAR -> (char) in.vint();
      case Tag.INTS -> {
        ByteBuffer b = buffer(4);
        int[] a = new int[b.remaining() / 4];
        b.asIntBuffer().get(a);
        yield a;
      }
      case Tag.LONGS -> {
        ByteBuffer b = buffer(8);
        long[] a = new long[b.remaining() / 8];
        b.asLongBuffer().get(a);
        yield a;
      }
      case Tag.DOUBLES -> {
        ByteBuffer b = buffer(8);
        double[] a = new double[b.remaining() / 8];
        b.asDoubleBuffer().get(a);
        yield a;
      }
      case Tag.FLOATS -> {
        ByteBuffer b = buffer(4);
        float[] a = new float[b.remaining() / 4];
        b.asFloatBuffer().get(a);
        yield a;
      }
      case Tag.ARRAY_LIST -> list(depth);
      case Tag.LIST_OF -> List.of(list(depth).toArray());
      case Tag.HASH_MAP -> map(new HashMap<>(), depth);
      case Tag.LINKED_HASH_MAP -> map(new LinkedHashMap<>(), depth);
      case Tag.TRACKED -> tracked(tracked, in.vint());
      case Tag.MAP_OF -> Map.copyOf(map(new HashMap<>(), depth));
      default -> throw new StreamCorruptedException("value tag " + tag);
    };
  }

  private ByteBuffer buffer(int itemBytes) throws IOException {
    int length = in.vint();
    if (length % itemBytes != 0) {
      throw new StreamCorruptedException("an array of " + length + " bytes");
    }
    return ByteBuffer.wrap(in.bytes(length));
  }

  private void deeper(int depth) throws IOException {
    if (depth > Tag.MAX_DEPTH) {
      throw new StreamCorruptedException("values nested deeper than " + Tag.MAX_DEPTH);
    }
  }

  private List<@Nullable Object> list(int depth) throws IOException, ReflectiveOperationException {
    deeper(depth);
    int n = in.count(1);
    List<@Nullable Object> list = new ArrayList<>(Math.min(n, 1 << 16));
    for (int i = 0; i < n; i++) {
      list.add(value(depth + 1));
    }
    return list;
  }

  private Map<@Nullable Object, @Nullable Object> map(
      Map<@Nullable Object, @Nullable Object> map, int depth)
      throws IOException, ReflectiveOperationException {
    deeper(depth);
    int n = in.count(2);
    for (int i = 0; i < n; i++) {
      Object key = value(depth + 1);
      map.put(key, value(depth + 1));
    }
    return map;
  }

  private Object record(int depth) throws IOException, ReflectiveOperationException {
    deeper(depth);
    ClassRef ref = body.classAt(in.vint());
    RecordShape shape = ref.resolved() instanceof RecordShape s ? s : shape(ref);
    if (in.vint() != shape.size) {
      throw new InvalidClassException(ref.name(), "has another number of components here");
    }
    Object[] values = new Object[shape.size];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(depth + 1);
    }
    return shape.make(ref.name(), values);
  }

  private RecordShape shape(ClassRef ref) throws IOException, ReflectiveOperationException {
    Class<?> c = policy.load(ref.name());
    RecordShape shape = c.isRecord() ? RecordShape.cached(c) : null;
    if (shape == null) {
      throw new InvalidClassException(ref.name(), "is no record that can be made here");
    }
    ref.resolve(shape);
    return shape;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private Object enumValue() throws IOException, ReflectiveOperationException {
    ClassRef ref = body.classAt(in.vint());
    String name = in.string();
    Class<?> c = ref.resolved() instanceof Class<?> known ? known : policy.load(ref.name());
    if (!c.isEnum()) {
      throw new InvalidClassException(ref.name(), "is no enum here");
    }
    ref.resolve(c);
    try {
      return Enum.valueOf((Class) c, name);
    } catch (IllegalArgumentException e) {
      throw new InvalidClassException(ref.name(), "has no constant " + name + " here");
    }
  }
}
