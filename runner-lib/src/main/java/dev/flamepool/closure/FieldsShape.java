package dev.flamepool.closure;

import java.io.InvalidClassException;
import java.io.InvalidObjectException;
import java.io.ObjectStreamException;
import java.io.Serializable;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How to take an object apart by its fields, and to put it together without its constructor. */
final class FieldsShape {
  private static final ClassValue<Object> CACHE =
      new ClassValue<>() {
        @Override
        protected Object computeValue(Class<?> c) {
          FieldsShape s = find(c);
          return s == null ? NONE : s;
        }
      };
  private static final Object NONE = new Object();

  private final Class<?> type;
  private final Map<String, Field> fields;
  private final Constructor<?> make;

  private FieldsShape(Class<?> type, Map<String, Field> fields, Constructor<?> make) {
    this.type = type;
    this.fields = fields;
    this.make = make;
  }

  /** Null where that cannot be done, or must not. */
  static @Nullable FieldsShape of(Class<?> c) {
    return CACHE.get(c) instanceof FieldsShape s ? s : null;
  }

  private static @Nullable FieldsShape find(Class<?> c) {
    if (Serializable.class.isAssignableFrom(c)
        || Standing.isJdk(c)
        || c.isRecord()
        || c.isHidden()
        || c.isSynthetic()
        || c.isInterface()
        || c.isArray()
        || Modifier.isAbstract(c.getModifiers())) {
      return null;
    }
    try {
      Map<String, Field> fields = new LinkedHashMap<>();
      for (Class<?> k = c; k != Object.class; k = k.getSuperclass()) {
        if (Standing.isJdk(k) || isFinalized(k)) {
          return null; // its state is the JDK's, or it acts when nobody needs it any more
        }
        for (Field f : k.getDeclaredFields()) {
          if ((f.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0) {
            f.setAccessible(true);
            fields.put(k.getName() + "." + f.getName(), f);
          }
        }
      }
      return new FieldsShape(c, fields, JdkSerialization.constructor(c));
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      return null; // a closed module
    }
  }

  private static boolean isFinalized(Class<?> c) {
    try {
      return c.getDeclaredMethod("finalize") != null;
    } catch (NoSuchMethodException e) {
      return false;
    }
  }

  /** Bytes of heap of such an object without what it holds. */
  long heap() {
    return Heap.of(type);
  }

  String[] names() {
    return fields.keySet().toArray(new String[0]);
  }

  @Nullable Object[] values(Object o) throws ObjectStreamException {
    Object[] values = new Object[fields.size()];
    try {
      int i = 0;
      for (Field f : fields.values()) {
        values[i++] = f.get(o);
      }
    } catch (IllegalAccessException e) {
      throw failed("could not be read", e);
    }
    return values;
  }

  /** An object without values. */
  Object make() throws ObjectStreamException {
    try {
      return make.newInstance();
    } catch (ReflectiveOperationException e) {
      throw failed("cannot be made", e);
    }
  }

  void set(Object made, String name, @Nullable Object value) throws ObjectStreamException {
    Field f = fields.get(name);
    if (f == null) {
      throw new InvalidClassException(type.getName(), "has no field " + name + " here");
    }
    if (value == null && f.getType().isPrimitive()) {
      throw new InvalidObjectException(type.getName() + " has nothing as its " + name);
    }
    try {
      f.set(made, value);
    } catch (IllegalAccessException | IllegalArgumentException e) {
      throw failed("cannot be made of these fields", e);
    }
  }

  private ObjectStreamException failed(String what, Exception cause) {
    ObjectStreamException e =
        new InvalidObjectException(type.getName() + " " + what + ": " + cause);
    e.initCause(cause);
    return e;
  }
}
