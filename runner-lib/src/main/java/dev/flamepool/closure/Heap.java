package dev.flamepool.closure;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of heap that values take, about: as a JVM lays them out whose references have four bytes.
 */
final class Heap {
  static final int REFERENCE = 4;
  static final int INT = 16;
  static final int LONG = 24;

  /** Of a field, whatever its type. */
  static final int FIELD = 8;

  /** A number for what can be mentioned again, in an array that grows. */
  static final int MENTION = 8;

  /** A collection, a map, a record or an array without what they hold. */
  static final int CONTAINER = 64;

  /** An element of a list that grows, and of the array that it is read into. */
  static final int ITEM = 8;

  /** A node of a map or a set, and its share of the table. */
  static final int ENTRY = 56;

  /** An object's number in a Java stream, and a node if it is a key. */
  static final int IN_JAVA = 32;

  private static final int OBJECT = 16;

  /** A set of characters is a table of 256, and three characters say it. */
  private static final int PATTERN_CHARACTER = 128;

  private static final int PATTERN = 512;

  private static final ClassValue<Integer> SHALLOW =
      new ClassValue<>() {
        @Override
        protected Integer computeValue(Class<?> c) {
          return shallow(c);
        }
      };

  private Heap() {}

  /** Of an object of that class without what it holds. */
  static int of(Class<?> c) {
    return SHALLOW.get(c);
  }

  /** Of an array of that class. */
  static long ofArray(Class<?> c, long length) {
    return OBJECT + (long) width(c.getComponentType()) * length;
  }

  /** Of what a Java stream made beside arrays, which are counted before. */
  static long inJava(Object o) {
    if (o instanceof String s) {
      return 2L * s.length() + IN_JAVA + 2 * OBJECT;
    }
    if (o instanceof java.util.regex.Pattern p) {
      return ofPattern(p.pattern());
    }
    long own = o.getClass().isArray() ? 0 : of(o.getClass());
    return IN_JAVA + own;
  }

  /** Of a copy of what a view shows. */
  static long ofCopy(Object view) {
    int size =
        view instanceof Collection<?> c ? c.size() : view instanceof Map<?, ?> m ? m.size() : 1;
    long each = view instanceof List<?> ? ITEM : ENTRY;
    return CONTAINER + each * size;
  }

  /** Of what {@link Substitute} makes. */
  static long ofSubstitute(Substitute.Kind kind, @Nullable Object content) {
    if (content instanceof Collection<?> all) {
      return CONTAINER + (long) ITEM * all.size() + ofPattern(kind, content);
    }
    return ofPattern(kind, content);
  }

  private static long ofPattern(Substitute.Kind kind, @Nullable Object content) {
    boolean compiles =
        kind == Substitute.Kind.PATTERN
            && content instanceof List<?> parts
            && !parts.isEmpty()
            && parts.get(0) instanceof String;
    return compiles ? ofPattern((String) ((List<?>) content).get(0)) : LONG;
  }

  private static long ofPattern(String text) {
    return PATTERN + (long) PATTERN_CHARACTER * text.length();
  }

  private static int shallow(Class<?> c) {
    int bytes = OBJECT;
    try {
      for (Class<?> k = c; k != null; k = k.getSuperclass()) {
        for (Field f : k.getDeclaredFields()) {
          if (!Modifier.isStatic(f.getModifiers())) {
            bytes += width(f.getType());
          }
        }
      }
    } catch (LinkageError e) { // of a field's class that is not there
      bytes += CONTAINER;
    }
    return bytes;
  }

  private static int width(Class<?> type) {
    if (type == byte.class || type == boolean.class) {
      return 1;
    }
    if (type == short.class || type == char.class) {
      return 2;
    }
    return type == long.class || type == double.class ? FIELD : REFERENCE;
  }
}
