package dev.flamepool.closure;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Calls a method or constructor with boxed arguments, the receiver first. Core reflection for the
 * first 64 calls, so that a booting runner spins no bytecode, then a method handle.
 */
final class Invoker {
  private static final int SWITCH = 64;
  private static final MethodType SPREAD = MethodType.methodType(Object.class, Object[].class);

  private final @Nullable Method method;
  private final @Nullable Constructor<?> constructor;
  private final boolean isStatic;
  private int calls; // races only delay the switch
  private @Nullable MethodHandle handle;

  /**
   * @throws RuntimeException if the method's module does not let us in
   */
  Invoker(Method m) {
    m.setAccessible(true);
    method = m;
    constructor = null;
    isStatic = Modifier.isStatic(m.getModifiers());
  }

  Invoker(Constructor<?> c) {
    c.setAccessible(true);
    method = null;
    constructor = c;
    isStatic = true;
  }

  /** A handle that is already there. */
  Invoker(MethodHandle h) {
    method = null;
    constructor = null;
    isStatic = true;
    handle = spread(h);
  }

  private static MethodHandle spread(MethodHandle h) {
    return h.asFixedArity().asSpreader(Object[].class, h.type().parameterCount()).asType(SPREAD);
  }

  @Nullable Object call(@Nullable Object... args) throws Throwable {
    MethodHandle h = handle;
    if (h != null) {
      return h.invokeExact(args);
    }
    if (calls++ >= SWITCH) {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      h =
          spread(
              constructor != null
                  ? lookup.unreflectConstructor(constructor)
                  : lookup.unreflect(method));
      handle = h;
      return h.invokeExact(args);
    }
    try {
      if (constructor != null) {
        return constructor.newInstance(args);
      }
      Method m = method;
      if (m == null) {
        throw new IllegalStateException();
      }
      return isStatic
          ? m.invoke(null, args)
          : m.invoke(args[0], Arrays.copyOfRange(args, 1, args.length));
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
