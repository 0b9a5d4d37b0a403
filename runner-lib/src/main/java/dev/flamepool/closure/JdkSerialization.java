package dev.flamepool.closure;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Constructor;
import org.jspecify.annotations.Nullable;

/**
 * What the JDK does for whoever serializes, with rights that modules give to nobody else. It is in
 * the module jdk.unsupported: each method throws where that is not there.
 */
final class JdkSerialization {
  private JdkSerialization() {}

  /** Null where the class has no such method. */
  static @Nullable Invoker writeReplace(Class<?> c) throws ReflectiveOperationException {
    return invoker("writeReplaceForSerialization", c);
  }

  /** Null where the class has no such method. */
  static @Nullable Invoker readResolve(Class<?> c) throws ReflectiveOperationException {
    return invoker("readResolveForSerialization", c);
  }

  /** Makes an object without running a constructor of its own. */
  static Constructor<?> constructor(Class<?> c) throws ReflectiveOperationException {
    Object factory = factory();
    return (Constructor<?>)
        factory
            .getClass()
            .getMethod("newConstructorForSerialization", Class.class, Constructor.class)
            .invoke(factory, c, Object.class.getDeclaredConstructor());
  }

  private static @Nullable Invoker invoker(String method, Class<?> c)
      throws ReflectiveOperationException {
    Object factory = factory();
    Object handle = factory.getClass().getMethod(method, Class.class).invoke(factory, c);
    return handle == null ? null : new Invoker((MethodHandle) handle);
  }

  private static Object factory() throws ReflectiveOperationException {
    return Class.forName("sun.reflect.ReflectionFactory")
        .getMethod("getReflectionFactory")
        .invoke(null);
  }
}
