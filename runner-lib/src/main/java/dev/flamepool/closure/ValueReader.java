package dev.flamepool.closure;

import dev.flamepool.wire.BodyIn;
import dev.flamepool.wire.ClassRef;
import dev.flamepool.wire.Fatal;
import dev.flamepool.wire.In;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectStreamException;
import java.io.StreamCorruptedException;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link ValueWriter} wrote, admitting only what a policy admits and no more than the
 * body holds.
 */
final class ValueReader {
  private static final Object[] NONE = {};

  /** Elements that memory is taken for because a count says so, before they are there. */
  private static final int ON_TRUST = 4_096;

  private final BodyIn body;
  private final In in;
  private final Policy policy;
  private final @Nullable TrackedIn tracked;
  private byte @Nullable [] stream;
  private @Nullable JavaIn java;

  /** What can be mentioned again, by its number; null while it is not complete. */
  private @Nullable Object[] seen = NONE;

  private int seenSize;
  private int depth;
  private @Nullable HashWork work;

  /** Elements of open containers that are still to come: each takes a byte at least. */
  private long promised;

  /** Elements of arrays that may still be made before they are there. */
  private int trust = 1 << 20;

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

  /**
   * Reads the values of one message.
   *
   * @throws ObjectStreamException for whatever is wrong with the bytes
   */
  @Nullable Object[] values(int n) throws IOException, ReflectiveOperationException {
    if (in.u1() == 1) {
      stream = in.bytes(in.vint());
      in.u1();
    }
    @Nullable Object[] values = new Object[n];
    try {
      for (int i = 0; i < n; i++) {
        values[i] = value();
      }
    } catch (StackOverflowError e) {
      throw refused(Remedy.DEPTH, e);
    } catch (RuntimeException | Error e) { // of what a class does when one of it is made
      Fatal.rethrow(e);
      throw refused(String.valueOf(e), e);
    }
    return values;
  }

  static ObjectStreamException refused(String why, Throwable cause) {
    return (ObjectStreamException) new StreamCorruptedException(why).initCause(cause);
  }

  /** The next value. */
  @Nullable Object value() throws IOException, ReflectiveOperationException {
    int tag = in.u1();
    return switch (tag) {
      case Tag.NULL -> null;
      case Tag.STRING -> {
        String s = in.exactString();
        if (s.length() >= Tag.LONG_STRING) {
          keep(s);
        }
        yield s;
      }
      case Tag.INT -> {
        in.take(Heap.INT);
        int v = in.vint();
        yield (v >>> 1) ^ -(v & 1);
      }
      case Tag.LONG -> {
        in.take(Heap.LONG);
        long v = in.vlong();
        yield (v >>> 1) ^ -(v & 1);
      }
      case Tag.DOUBLE -> {
        in.take(Heap.LONG);
        yield Double.longBitsToDouble(in.i8());
      }
      case Tag.TRUE -> true;
      case Tag.FALSE -> false;
      case Tag.ENUM -> enumValue();
      case Tag.SAME -> same();
      case Tag.JAVA -> java();
      default -> rare(tag);
    };
  }

  private @Nullable Object java() throws IOException, ReflectiveOperationException {
    JavaIn reader = java;
    if (reader == null) {
      byte[] bytes = stream;
      if (bytes == null) {
        throw new StreamCorruptedException("a value that the message does not carry");
      }
      reader = JavaIn.of(bytes, policy, this);
      java = reader;
    }
    return reader.next();
  }

  private Object same() throws IOException {
    int number = in.vint();
    if (number < 0 || number >= seenSize) {
      throw new StreamCorruptedException("a value that has not come before");
    }
    Object known = seen[number];
    if (known == null) {
      throw new StreamCorruptedException("a value that holds itself and cannot be made");
    }
    return known;
  }

  private int keep(@Nullable Object o) throws IOException {
    in.take(Heap.MENTION);
    if (seenSize == seen.length) {
      seen = Arrays.copyOf(seen, 4 + 2 * seenSize);
    }
    seen[seenSize] = o;
    return seenSize++;
  }

  private Object kept(Object o) throws IOException {
    keep(o);
    return o;
  }

  private @Nullable Object rare(int tag) throws IOException, ReflectiveOperationException {
    return switch (tag) {
      case Tag.FLOAT -> Float.intBitsToFloat((int) in.i8());
      case Tag.SHORT -> (short) in.i8();
      case Tag.BYTE -> (byte) in.u1();
      case Tag.CHAR -> (char) in.vint();
      case Tag.BYTES -> kept(in.bytes(in.vint()));
      case Tag.INTS, Tag.LONGS, Tag.DOUBLES, Tag.FLOATS -> kept(numbers(tag));
      case Tag.TRACKED -> tracked();
      case Tag.CODED -> kept(coded());
      default -> {
        if (++depth > Policy.MAX_DEPTH) {
          throw new StreamCorruptedException(Remedy.DEPTH);
        }
        in.goesOn();
        in.take(Heap.CONTAINER);
        Object o = container(tag);
        depth--;
        yield o;
      }
    };
  }

  private Object numbers(int tag) throws IOException {
    switch (tag) {
      case Tag.INTS -> {
        ByteBuffer b = buffer(4);
        int[] a = new int[b.remaining() / 4];
        b.asIntBuffer().get(a);
        return a;
      }
      case Tag.LONGS -> {
        ByteBuffer b = buffer(8);
        long[] a = new long[b.remaining() / 8];
        b.asLongBuffer().get(a);
        return a;
      }
      case Tag.DOUBLES -> {
        ByteBuffer b = buffer(8);
        double[] a = new double[b.remaining() / 8];
        b.asDoubleBuffer().get(a);
        return a;
      }
      default -> {
        ByteBuffer b = buffer(4);
        float[] a = new float[b.remaining() / 4];
        b.asFloatBuffer().get(a);
        return a;
      }
    }
  }

  private ByteBuffer buffer(int itemBytes) throws IOException {
    int length = in.vint();
    if (length % itemBytes != 0) {
      throw new StreamCorruptedException("an array of " + length + " bytes");
    }
    in.take(Math.max(0, length)); // the array, and its bytes
    return ByteBuffer.wrap(in.bytes(length));
  }

  private Object tracked() throws IOException {
    if (tracked == null) {
      throw new StreamCorruptedException("a tracked resource that was not asked for");
    }
    return tracked.at(in.vint());
  }

  private Object container(int tag) throws IOException, ReflectiveOperationException {
    return switch (tag) {
      case Tag.RECORD -> record();
      case Tag.FIELDS -> fields();
      case Tag.ARRAY -> array();
      case Tag.ARRAY_LIST -> list();
      case Tag.HASH_SET -> fill(new HashSet<>());
      case Tag.LINKED_HASH_SET -> fill(new LinkedHashSet<>());
      case Tag.HASH_MAP -> fill(new HashMap<>());
      case Tag.LINKED_HASH_MAP -> fill(new LinkedHashMap<>());
      default -> whole(tag);
    };
  }

  /** What is made of all that it holds. */
  private Object whole(int tag) throws IOException, ReflectiveOperationException {
    int number = keep(null);
    Object made =
        switch (tag) {
          case Tag.LIST_OF -> List.of(withoutNull(items(count(1))));
          case Tag.LIST_WITH_NULLS -> Arrays.stream(items(count(1))).toList();
          case Tag.SET_OF -> {
            Set<Object> set = new HashSet<>();
            add(set, withoutNull(items(count(1))));
            yield Set.copyOf(set);
          }
          case Tag.MAP_OF -> {
            Map<Object, Object> map = new HashMap<>();
            put(map, withoutNull(items(2 * count(2))));
            yield Map.copyOf(map);
          }
          case Tag.SUBSTITUTE -> substitute();
          default -> throw new StreamCorruptedException("value tag " + tag);
        };
    seen[number] = made;
    return made;
  }

  private static Object[] withoutNull(@Nullable Object[] items) throws StreamCorruptedException {
    for (Object o : items) {
      if (o == null) {
        throw new StreamCorruptedException("null in a collection that cannot hold it");
      }
    }
    return items;
  }

  private Object substitute() throws IOException, ReflectiveOperationException {
    Substitute.Kind kind = Substitute.Kind.of(in.u1());
    @Nullable Object content = value();
    in.take(Heap.ofSubstitute(kind, content));
    return new Substitute(kind, content).resolve(policy);
  }

  /** A count of elements of so many values, each of which takes a byte at least. */
  private int count(int values) throws IOException {
    int n = in.count(values);
    if ((long) n * values + promised > in.remaining()) {
      throw new StreamCorruptedException("containers that promise more than the message holds");
    }
    return n;
  }

  private @Nullable Object next() throws IOException, ReflectiveOperationException {
    promised--;
    return value();
  }

  private @Nullable Object[] items(int n) throws IOException, ReflectiveOperationException {
    in.take((long) Heap.ITEM * n);
    promised += n;
    @Nullable Object[] items = new Object[Math.min(n, ON_TRUST)];
    for (int i = 0; i < n; i++) {
      if (i == items.length) {
        items = Arrays.copyOf(items, (int) Math.min(n, 2L * i));
      }
      items[i] = next();
    }
    return items;
  }

  private Object list() throws IOException, ReflectiveOperationException {
    int n = count(1);
    in.take((long) Heap.ITEM * n);
    promised += n;
    List<@Nullable Object> list = new ArrayList<>(Math.min(n, ON_TRUST));
    keep(list);
    for (int i = 0; i < n; i++) {
      list.add(next());
    }
    return list;
  }

  private Object fill(Set<@Nullable Object> set) throws IOException, ReflectiveOperationException {
    keep(set);
    add(set, items(count(1)));
    return set;
  }

  private Object fill(Map<@Nullable Object, @Nullable Object> map)
      throws IOException, ReflectiveOperationException {
    keep(map);
    put(map, items(2 * count(2)));
    return map;
  }

  private void add(Collection<? super Object> set, @Nullable Object[] items) throws IOException {
    in.take((long) Heap.ENTRY * items.length);
    hashWork().hash(Arrays.asList(items));
    for (Object o : items) {
      in.goesOn();
      set.add(o);
    }
  }

  private void put(Map<? super Object, ? super Object> map, @Nullable Object[] items)
      throws IOException {
    in.take(Heap.ENTRY * (items.length / 2L));
    for (int i = 0; i < items.length; i += 2) {
      if (HashWork.hashesOthers(items[i])) {
        List<@Nullable Object> keys = new ArrayList<>();
        for (int k = 0; k < items.length; k += 2) {
          keys.add(items[k]);
        }
        hashWork().hash(keys);
        break;
      }
    }
    for (int i = 0; i < items.length; i += 2) {
      in.goesOn();
      map.put(items[i], items[i + 1]);
    }
  }

  /** What hashing may still cost. */
  HashWork hashWork() {
    HashWork known = work;
    if (known == null) {
      known = new HashWork(in.remaining());
      work = known;
    }
    return known;
  }

  /**
   * Asked for every few objects.
   *
   * @throws IOException if nobody waits for the end of this any more
   */
  void goesOn() throws IOException {
    in.goesOn();
  }

  /** To be asked before so many bytes of heap are taken. */
  void take(long bytes) throws IOException {
    in.take(bytes);
  }

  private Object array() throws IOException, ReflectiveOperationException {
    ClassRef ref = body.classAt(in.vint());
    Class<?> c = ref.resolved() instanceof Class<?> known ? known : policy.load(ref.name());
    Class<?> component = c.getComponentType();
    if (component == null || component.isPrimitive()) {
      throw new InvalidClassException(ref.name(), "is no array of objects here");
    }
    ref.resolve(c);
    int n = count(1);
    try {
      return n <= trust ? array(component, n) : large(component, n);
    } catch (ArrayStoreException e) {
      throw refused("an element that is no " + component.getName(), e);
    }
  }

  private Object array(Class<?> component, int n) throws IOException, ReflectiveOperationException {
    in.take((long) Heap.REFERENCE * n);
    trust -= n;
    promised += n;
    @Nullable Object[] array = (Object[]) Array.newInstance(component, n);
    keep(array);
    for (int i = 0; i < n; i++) {
      array[i] = next();
    }
    return array;
  }

  private Object large(Class<?> component, int n) throws IOException, ReflectiveOperationException {
    int number = keep(null);
    Object[] array = (Object[]) Array.newInstance(component, 0);
    @Nullable Object[] items = items(n);
    Object[] made = Arrays.copyOf(items, n, arrayType(array));
    seen[number] = made;
    return made;
  }

  @SuppressWarnings("unchecked")
  private static Class<? extends Object[]> arrayType(Object[] array) {
    return (Class<? extends Object[]>) array.getClass();
  }

  private Object record() throws IOException, ReflectiveOperationException {
    ClassRef ref = body.classAt(in.vint());
    RecordShape shape = ref.resolved() instanceof RecordShape s ? s : shape(ref);
    if (in.vint() != shape.size) {
      throw new InvalidClassException(ref.name(), "has another number of components here");
    }
    int number = keep(null);
    in.take((Heap.REFERENCE + Heap.FIELD) * (long) shape.size);
    @Nullable Object[] values = new Object[shape.size];
    for (int i = 0; i < values.length; i++) {
      values[i] = value();
    }
    Object made = shape.make(ref.name(), values);
    seen[number] = made;
    return made;
  }

  private Object coded() throws IOException, ReflectiveOperationException {
    ClassRef ref = body.classAt(in.vint());
    byte[] bytes = in.bytes(in.vint());
    Coded coded =
        ref.resolved() instanceof Coded known ? known : Coded.of(ref.name(), policy.application());
    ref.resolve(coded);
    return coded.read(bytes);
  }

  private Object fields() throws IOException, ReflectiveOperationException {
    ClassRef ref = body.classAt(in.vint());
    Class<?> c = policy.load(ref.name());
    FieldsShape shape = policy.allows(c) ? FieldsShape.of(c) : null;
    if (shape == null) {
      throw new InvalidClassException(ref.name(), "does not go by its fields here");
    }
    int n = in.count(2);
    in.take(shape.heap());
    Object made = shape.make();
    keep(made);
    for (int i = 0; i < n; i++) {
      String name = in.string();
      shape.set(made, name, value());
    }
    return made;
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
