package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePool;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Records in which every field is set, and every text is one that somebody may mistake. */
final class HostileValues {
  /** What HTML, Go, JavaScript, shells, templates and charsets treat in ways of their own. */
  static final String TEXT =
      "jdbc:db?a=1&ssl=<true>\"'\\\n\r\t\0$(HOME)${x}%s{{y}}\u2028\u2029\u00e9\ud83d\ude00\uffff";

  private HostileValues() {}

  /** A record with every field set. */
  static <T> T of(Class<T> type) {
    return type.cast(value(type));
  }

  private static Object value(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type last = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
      return generic.getRawType() == List.class ? List.of(value(last)) : Map.of(TEXT, value(last));
    }
    Class<?> plain = (Class<?>) type;
    if (plain == String.class) {
      return TEXT;
    } else if (plain == Object.class) {
      return Map.of(TEXT, List.of(TEXT, 1, 1.5, true));
    } else if (plain == Integer.class) {
      return 1;
    } else if (plain == Long.class) {
      return 1L;
    } else if (plain == Boolean.class) {
      return true;
    } else if (plain.isEnum()) {
      return plain.getEnumConstants()[0];
    } else if (plain.isRecord() && plain.getPackage() == FlamePool.class.getPackage()) {
      return record(plain);
    }
    throw new IllegalStateException("a field of a type that this test does not know: " + type);
  }

  private static Object record(Class<?> type) {
    RecordComponent[] fields = type.getRecordComponents();
    try {
      Constructor<?> whole =
          type.getDeclaredConstructor(
              Stream.of(fields).map(RecordComponent::getType).toArray(Class<?>[]::new));
      return whole.newInstance(
          Stream.of(fields).map(field -> value(field.getGenericType())).toArray());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type.toString(), e);
    }
  }
}
