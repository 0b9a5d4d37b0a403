package dev.flamepool.closure;

import java.io.ObjectStreamException;
import java.io.Serializable;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/** How to take a record apart and to put it together through its canonical constructor. */
final class RecordShape {
  private static final ClassValue<Object> CACHE =
      new ClassValue<>() {
        @Override
        protected Object computeValue(Class<?> c) {
          RecordShape s = hasOwnForm(c) ? null : of(c);
          return s == null ? CACHE_MISS : s;
        }
      };
  private static final Object CACHE_MISS = new Object();

  final int size;
  private final Invoker[] get;
  private final Invoker make;

  /**
   * Null for a record that cannot be coded by component: its module is closed, or it replaces
   * itself when serialized.
   */
  static @Nullable RecordShape cached(Class<?> c) {
    return CACHE.get(c) instanceof RecordShape s ? s : null;
  }

  private RecordShape(Invoker[] get, Invoker make) {
    this.get = get;
    this.make = make;
    size = get.length;
  }

  private static boolean hasOwnForm(Class<?> c) {
    if (!Serializable.class.isAssignableFrom(c)) {
      return false;
    }
    for (Method m : c.getDeclaredMethods()) {
      if (m.getParameterCount() == 0
          && (m.getName().equals("writeReplace") || m.getName().equals("readResolve"))) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable RecordShape of(Class<?> c) {
    try {
      RecordComponent[] components = c.getRecordComponents();
      Invoker[] get = new Invoker[components.length];
      Class<?>[] types = new Class<?>[components.length];
      for (int i = 0; i < get.length; i++) {
        get[i] = new Invoker(components[i].getAccessor());
        types[i] = components[i].getType();
      }
      return new RecordShape(get, new Invoker(c.getDeclaredConstructor(types)));
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null;
    }
  }

  @Nullable Object get(Object record, int i) throws ObjectStreamException {
    try {
      return get[i].call(record);
    } catch (Throwable e) {
      throw failed("a component of " + record.getClass().getName() + " could not be read", e);
    }
  }

  Object make(String name, @Nullable Object[] values) throws ObjectStreamException {
    Object made;
    try {
      made = make.call(values);
    } catch (Throwable e) {
      throw failed(name + " does not accept these components", e);
    }
    if (made == null) {
      throw new IllegalStateException();
    }
    return made;
  }

  private static ObjectStreamException failed(String what, Throwable cause) {
    if (cause instanceof VirtualMachineError e) {
      throw e;
    }
    ObjectStreamException e = new java.io.InvalidObjectException(what + ": " + cause);
    e.initCause(cause);
    return e;
  }
}
