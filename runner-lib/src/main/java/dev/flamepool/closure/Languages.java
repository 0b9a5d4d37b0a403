package dev.flamepool.closure;

import java.util.Set;

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

  /** Of a language's own library: nobody can make it Serializable. */
  static boolean isTheirs(String className) {
    return className.startsWith("kotlin.") || className.startsWith("scala.");
  }

  private static String outer(String name) {
    int dollar = name.indexOf('$');
    return dollar < 0 ? name : name.substring(0, dollar);
  }
}
