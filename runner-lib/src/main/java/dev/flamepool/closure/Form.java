package dev.flamepool.closure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How the objects of one class travel. What is not {@link #JAVA} goes by hand, also inside what
 * goes by Java serialization: so each object has one identity. Only what {@link #isFilled} goes the
 * way on which it is met first.
 */
enum Form {
  BYTES(Tag.BYTES),
  INTS(Tag.INTS),
  LONGS(Tag.LONGS),
  DOUBLES(Tag.DOUBLES),
  FLOATS(Tag.FLOATS),
  ARRAY(Tag.ARRAY),
  ARRAY_LIST(Tag.ARRAY_LIST),
  LIST_OF(Tag.LIST_OF),

  /** Many mentions of one thing, told by a number. */
  COPIES(Tag.LIST_WITH_NULLS),
  HASH_SET(Tag.HASH_SET),
  LINKED_HASH_SET(Tag.LINKED_HASH_SET),
  SET_OF(Tag.SET_OF),
  HASH_MAP(Tag.HASH_MAP),
  LINKED_HASH_MAP(Tag.LINKED_HASH_MAP),
  MAP_OF(Tag.MAP_OF),
  RECORD(Tag.RECORD),
  SUBSTITUTE(Tag.SUBSTITUTE),
  TRACKED(Tag.TRACKED),

  /** As its codec writes it; found by {@link ValueWriter}, as is the next. */
  CODED(Tag.CODED),
  FIELDS(Tag.FIELDS),

  /** As a collection of what it shows. */
  VIEW(-1),

  /** By Java serialization, or not at all. */
  JAVA(Tag.JAVA);

  private static final Map<Class<?>, Form> KNOWN = new HashMap<>();

  static {
    KNOWN.put(byte[].class, BYTES);
    KNOWN.put(int[].class, INTS);
    KNOWN.put(long[].class, LONGS);
    KNOWN.put(double[].class, DOUBLES);
    KNOWN.put(float[].class, FLOATS);
    KNOWN.put(ArrayList.class, ARRAY_LIST);
    KNOWN.put(List.of(1).getClass(), LIST_OF);
    KNOWN.put(List.of(1, 2, 3).getClass(), LIST_OF);
    KNOWN.put(Collections.nCopies(2, 1).getClass(), COPIES);
    KNOWN.put(HashSet.class, HASH_SET);
    KNOWN.put(LinkedHashSet.class, LINKED_HASH_SET);
    KNOWN.put(Set.of(1).getClass(), SET_OF);
    KNOWN.put(Set.of(1, 2, 3).getClass(), SET_OF);
    KNOWN.put(HashMap.class, HASH_MAP);
    KNOWN.put(LinkedHashMap.class, LINKED_HASH_MAP);
    KNOWN.put(Map.of(1, 1).getClass(), MAP_OF);
    KNOWN.put(Map.of(1, 1, 2, 2).getClass(), MAP_OF);
    KNOWN.put(Optional.class, SUBSTITUTE);
    KNOWN.put(OptionalInt.class, SUBSTITUTE);
    KNOWN.put(OptionalLong.class, SUBSTITUTE);
    KNOWN.put(OptionalDouble.class, SUBSTITUTE);
    KNOWN.put(Pattern.class, SUBSTITUTE);
    KNOWN.put(TrackedHere.class, TRACKED);
  }

  private static final ClassValue<Form> FORMS =
      new ClassValue<>() {
        @Override
        protected Form computeValue(Class<?> c) {
          return decide(c);
        }
      };

  final int tag;

  Form(int tag) {
    this.tag = tag;
  }

  static Form of(Class<?> c) {
    return FORMS.get(c);
  }

  /** Whether it is made whole, of all that it holds: so it cannot be made if it holds itself. */
  boolean isMadeWhole() {
    return switch (this) {
      case RECORD, LIST_OF, COPIES, SET_OF, MAP_OF, SUBSTITUTE -> true;
      default -> false;
    };
  }

  /** Whether it is there before what it holds, whoever makes it. */
  boolean isFilled() {
    return switch (this) {
      case ARRAY, ARRAY_LIST, HASH_SET, LINKED_HASH_SET, HASH_MAP, LINKED_HASH_MAP -> true;
      default -> false;
    };
  }

  private static Form decide(Class<?> c) {
    Form known = KNOWN.get(c);
    if (known != null) {
      return known;
    }
    if (c.isArray()) {
      return c.getComponentType().isPrimitive() ? JAVA : ARRAY;
    }
    if (c.isRecord()) {
      return RecordShape.cached(c) == null ? JAVA : RECORD;
    }
    if (Languages.isTakenApart(c) || Parts.has(c)) {
      return SUBSTITUTE;
    }
    return Views.isOne(c) ? VIEW : JAVA;
  }
}
