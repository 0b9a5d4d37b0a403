package dev.flamepool.runner;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/**
 * Gives every call thread-locals of its own, empty at its start and forgotten at its end, and puts
 * those of the slot's own thread (its I/O buffers) back. The JDK has no way to do that, so its
 * fields are exchanged: through {@code --add-opens java.base/java.lang=ALL-UNNAMED} where the
 * runner was started with it, else through {@code sun.misc.Unsafe}, which complains from Java 24 on
 * and is left alone there. Where neither works a call's thread-locals stay on its thread. One per
 * slot; not thread-safe.
 */
final class ThreadLocals {
  private static final int UNSAFE_WARNS = 24;
  private static final Access OWN = Access.to("threadLocals");
  private static final Access INHERITABLE = Access.to("inheritableThreadLocals");

  private @Nullable Object own;
  private @Nullable Object inheritable;

  /** Whether this JVM lets us. */
  static boolean canBeSetAside() {
    return OWN.get != null && INHERITABLE.get != null;
  }

  /** A call begins on this thread. */
  void setAside(Thread current) {
    own = OWN.exchange(current, null);
    inheritable = INHERITABLE.exchange(current, null);
  }

  /** It is over. */
  void putBack(Thread current) {
    OWN.exchange(current, own);
    INHERITABLE.exchange(current, inheritable);
    own = null;
    inheritable = null;
  }

  /** One field of Thread. */
  private record Access(@Nullable MethodHandle get, @Nullable MethodHandle set) {
    private static final MethodType GET = MethodType.methodType(Object.class, Thread.class);
    private static final MethodType SET =
        MethodType.methodType(void.class, Thread.class, Object.class);

    static Access to(String name) {
      try {
        Field field = Thread.class.getDeclaredField(name);
        if (Thread.class.getModule().isOpen("java.lang", ThreadLocals.class.getModule())) {
          field.setAccessible(true);
          MethodHandles.Lookup lookup = MethodHandles.lookup();
          return new Access(
              lookup.unreflectGetter(field).asType(GET), lookup.unreflectSetter(field).asType(SET));
        }
        if (Runtime.version().feature() < UNSAFE_WARNS) {
          return unsafe(field);
        }
      } catch (ReflectiveOperationException | RuntimeException e) {
        // as if it were closed
      }
      return new Access(null, null);
    }

    private static Access unsafe(Field field) throws ReflectiveOperationException {
      Class<?> type = Class.forName("sun.misc.Unsafe");
      Field instance = type.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      Object unsafe = instance.get(null);
      long offset = (Long) type.getMethod("objectFieldOffset", Field.class).invoke(unsafe, field);
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      MethodHandle get =
          lookup.findVirtual(
              type, "getObject", MethodType.methodType(Object.class, Object.class, long.class));
      MethodHandle set =
          lookup.findVirtual(
              type,
              "putObject",
              MethodType.methodType(void.class, Object.class, long.class, Object.class));
      return new Access(
          MethodHandles.insertArguments(get.bindTo(unsafe), 1, offset).asType(GET),
          MethodHandles.insertArguments(set.bindTo(unsafe), 1, offset).asType(SET));
    }

    @Nullable Object exchange(Thread thread, @Nullable Object value) {
      if (get == null || set == null) {
        return null;
      }
      try {
        Object old = (Object) get.invokeExact(thread);
        set.invokeExact(thread, value);
        return old;
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
