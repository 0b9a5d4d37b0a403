package dev.flamepool.closure;

import org.jspecify.annotations.Nullable;

/**
 * What {@code List.of}, {@code Set.of} and {@code Map.of} put in their place in a Java stream,
 * which goes by hand there too: so whether one of them holds itself is seen.
 */
final class Immutables {
  private static final String STAND_IN = "java.util.CollSer";
  private static final @Nullable Invoker RESOLVE = readResolve(STAND_IN);

  private Immutables() {}

  static boolean isStandIn(Object o) {
    return o.getClass().getName().equals(STAND_IN);
  }

  /** A collection of the same elements; null where the JDK does not let us have it. */
  static @Nullable Object of(Object standIn) {
    if (RESOLVE == null) {
      return null;
    }
    try {
      return RESOLVE.call(standIn);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      return null;
    }
  }

  /** How a class of the JDK gives what its objects stand for; null where that is closed to us. */
  static @Nullable Invoker readResolve(String className) {
    try {
      return JdkSerialization.readResolve(Class.forName(className));
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }
}
