package dev.flamepool.closure;

import java.lang.reflect.Method;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What Kotlin's and Scala's own libraries have of values and of collections of such. */
final class Languages {
  static final Set<String> PACKAGES =
      Set.of(
          "kotlin.collections",
          "kotlin.collections.builders",
          "kotlin.text",
          "kotlin.time",
          "scala.collection.convert",
          "scala.collection.generic",
          "scala.collection.immutable",
          "scala.collection.mutable",
          "scala.concurrent.duration",
          "scala.math");

  /** With the classes nested in them. */
  static final Set<String> CLASSES =
      Set.of(
          "kotlin.Pair",
          "kotlin.Triple",
          "kotlin.Unit",
          "scala.Enumeration",
          "scala.None",
          "scala.Option",
          "scala.Some",
          "scala.Symbol",
          "scala.collection.BitSet",
          "scala.collection.EvidenceIterableFactory",
          "scala.collection.IterableFactory",
          "scala.collection.MapFactory",
          "scala.collection.SeqFactory",
          "scala.collection.SortedMapFactory",
          "scala.collection.SpecificIterableFactory",
          "scala.runtime.BoxedUnit",
          "scala.runtime.ModuleSerializationProxy",
          "scala.util.Either",
          "scala.util.Left",
          "scala.util.Right",
          "scala.util.Success",
          "scala.util.Failure",
          "scala.util.Try");

  /** Boxes of Kotlin's around one value each, none of which is Serializable but the last one. */
  static final Set<String> INLINE =
      Set.of(
          "kotlin.UByte",
          "kotlin.UByteArray",
          "kotlin.UInt",
          "kotlin.UIntArray",
          "kotlin.ULong",
          "kotlin.ULongArray",
          "kotlin.UShort",
          "kotlin.UShortArray",
          "kotlin.time.Duration",
          "kotlin.Result");

  /** A collection that many declare as it is; it is not Serializable. */
  static final String DEQUE = "kotlin.collections.ArrayDeque";

  /** They compute what they hold when somebody looks, by functions that came along. */
  private static final Set<String> LAZY =
      Set.of(
          "scala.collection.immutable.LazyList",
          "scala.collection.immutable.LazyListIterable",
          "scala.collection.immutable.Stream");

  private Languages() {}

  static boolean isValue(Class<?> c) {
    String name = outer(c.getName());
    if (LAZY.contains(name)) {
      return false;
    }
    return PACKAGES.contains(c.getPackageName())
        || CLASSES.contains(name)
        || name.startsWith("scala.Tuple");
  }

  /** Whether {@link Substitute} takes it apart. */
  static boolean isTakenApart(Class<?> c) {
    String name = c.getName();
    return name.startsWith("kotlin.")
        && (name.equals("kotlin.Unit") || name.equals(DEQUE) || INLINE.contains(name));
  }

  static @Nullable Object unboxed(Object box) throws ReflectiveOperationException {
    return box.getClass().getMethod("unbox-impl").invoke(box);
  }

  /**
   * The box around a value.
   *
   * @throws ReflectiveOperationException if that value is none for it
   */
  static Object boxed(String name, @Nullable Object value, ClassLoader application)
      throws ReflectiveOperationException {
    if (!INLINE.contains(name)) {
      throw new ClassNotFoundException(name);
    }
    for (Method m : Class.forName(name, true, application).getMethods()) {
      if (m.getName().equals("box-impl")) {
        return m.invoke(null, value);
      }
    }
    throw new NoSuchMethodException(name);
  }

  /** Of a language's own library: nobody can make it Serializable. */
  static boolean isTheirs(String className) {
    return className.startsWith("kotlin.") || className.startsWith("scala.");
  }

  private static String outer(String name) {
    int dollar = name.indexOf('$');
    return dollar < 0 ? name : name.substring(0, dollar);
  }
}
