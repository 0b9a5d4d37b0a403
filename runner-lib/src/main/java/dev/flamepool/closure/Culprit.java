package dev.flamepool.closure;

import dev.flamepool.Placed;
import java.io.NotSerializableException;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What in a value cannot be serialized, and where: Java's own exception says only the class.
 *
 * @param path fields and elements from the value to the culprit; empty for the value itself
 * @param type the culprit's class
 * @param remedy what to do
 */
record Culprit(String path, String type, String remedy) {
  private static final int MAX_OBJECTS = 100_000;

  private static final Pattern CLASS = Pattern.compile("[^\\s]+");

  /** Characters of a path that are read at either end. */
  private static final int LEGIBLE = 100;

  /** In the paths to what orders a collection. */
  private static final String ORDERED = ".comparator()";

  private record Step(Object value, String path) {}

  /**
   * Finds it.
   *
   * @param result whether a call returned {@code root}, or captured it
   */
  static Culprit find(@Nullable Object root, Exception failure, boolean result) {
    RefusedValueException refused = failure instanceof RefusedValueException r ? r : null;
    if (root == null || (refused == null && !(failure instanceof NotSerializableException))) {
      String type = root == null ? "null" : nameOf(root.getClass());
      return new Culprit("", type, "its serialization failed with " + failure);
    }
    String bad = failure.getMessage();
    // Java names a class; what refuses itself may say whatever it likes.
    boolean named = bad != null && CLASS.matcher(bad).matches();
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    ArrayDeque<Step> queue = new ArrayDeque<>();
    queue.add(new Step(root, ""));
    seen.add(root);
    while (!queue.isEmpty() && seen.size() < MAX_OBJECTS) {
      Step step = queue.remove();
      Class<?> c = step.value.getClass();
      if (refused != null && refused.isAbout(step.value)) {
        String remedy =
            step.value instanceof Class<?>
                ? Remedy.CLASS
                : result && step.path.contains(ORDERED) ? Remedy.ORDER : refused.remedy();
        return new Culprit(shortened(step.path), nameOf(step.value), remedy);
      }
      if (refused == null && (named ? c.getName().equals(bad) : Advice.on(c) != null)) {
        String remedy =
            result && step.path.contains(ORDERED) ? Remedy.ORDER : remedy(c, step.path, result);
        return new Culprit(shortened(step.path), nameOf(step.value), remedy);
      }
      inside(step, seen, queue);
    }
    if (refused != null) {
      Class<?> type = refused.type();
      boolean inRoot = type == null || type == Object.class;
      return new Culprit("", nameOf(inRoot ? root.getClass() : type), refused.remedy());
    }
    return named
        ? new Culprit("", bad, "make it implement java.io.Serializable, or do not capture it")
        : new Culprit("", nameOf(root.getClass()), "its serialization failed with " + failure);
  }

  /** The way to what lies deep, from both its ends. */
  private static String shortened(String path) {
    int n = path.length();
    return n <= 2 * LEGIBLE
        ? path
        : path.substring(0, LEGIBLE) + "..." + path.substring(n - LEGIBLE);
  }

  private static void inside(Step step, Set<Object> seen, ArrayDeque<Step> queue) {
    Object o = step.value;
    Class<?> c = o.getClass();
    Object order = Ordered.by(o);
    if (order != null) {
      add(order, step.path + ORDERED, seen, queue);
    }
    if (c.isArray()) {
      for (int i = 0; !c.getComponentType().isPrimitive() && i < Array.getLength(o); i++) {
        add(Array.get(o, i), step.path + "[" + i + "]", seen, queue);
      }
    } else if (o instanceof Collection<?> all) {
      int i = 0;
      for (Object e : all) {
        add(e, step.path + "[" + i++ + "]", seen, queue);
      }
    } else if (o instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> e : map.entrySet()) {
        add(e.getKey(), step.path + ".key(" + label(e.getKey()) + ")", seen, queue);
        add(e.getValue(), step.path + ".get(" + label(e.getKey()) + ")", seen, queue);
      }
    } else if (o instanceof Optional<?> optional) {
      add(optional.orElse(null), step.path + ".get()", seen, queue);
    } else if (o instanceof AtomicReference<?> reference) {
      add(reference.get(), step.path + ".get()", seen, queue);
    } else if (o instanceof Map.Entry<?, ?> e) {
      add(e.getKey(), step.path + ".getKey()", seen, queue);
      add(e.getValue(), step.path + ".getValue()", seen, queue);
    } else if (Policy.isJdk(c) || c.isSynthetic() || c.isHidden()) {
      Opaque.inside(o).forEach((part, name) -> add(part, step.path + name, seen, queue));
    } else {
      for (Class<?> k = c; k != null && !Policy.isJdk(k); k = k.getSuperclass()) {
        fields(step, k, seen, queue);
      }
    }
  }

  private static void fields(Step step, Class<?> c, Set<Object> seen, ArrayDeque<Step> queue) {
    for (Field f : c.getDeclaredFields()) {
      if (f.getType().isPrimitive()
          || (f.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) != 0) {
        continue;
      }
      try {
        f.setAccessible(true);
        add(f.get(step.value), step.path + "." + f.getName(), seen, queue);
      } catch (ReflectiveOperationException | RuntimeException e) {
        // a closed module: what lies behind it stays unnamed
      }
    }
  }

  private static void add(
      @Nullable Object o, String path, Set<Object> seen, ArrayDeque<Step> queue) {
    if (o != null && seen.add(o)) {
      queue.add(new Step(o, path));
    }
  }

  /** Only the kinds of key that hold no secret by nature are printed whole. */
  private static String label(@Nullable Object key) {
    return key instanceof Number || key instanceof Enum<?>
        ? key.toString()
        : key == null ? "null" : "..";
  }

  /** Of a lambda also where it stands. */
  private static String nameOf(Object o) {
    if (o instanceof Class<?> c) {
      return "java.lang.Class of " + nameOf(c);
    }
    Class<?> secret = Keys.secret(o);
    if (secret != null) {
      return secret.getName();
    }
    return o instanceof SerializedLambda l
        ? "lambda of type "
            + l.getFunctionalInterfaceClass().replace('/', '.')
            + in(l.getCapturingClass().replace('/', '.'))
        : nameOf(o.getClass());
  }

  /** As one writes it. */
  static String nameOf(Class<?> c) {
    if (c.isArray()) {
      return nameOf(c.getComponentType()) + "[]";
    }
    if (c == SerializedLambda.class) {
      return "lambda";
    }
    if (c.isSynthetic() || c.isHidden()) {
      Class<?>[] types = c.getInterfaces();
      int end = c.getName().indexOf("$$Lambda");
      return "lambda"
          + (types.length == 0 ? "" : " of type " + types[0].getName())
          + (end < 0 ? "" : in(c.getName().substring(0, end)));
    }
    return c.getName();
  }

  private static String in(String className) {
    return " in " + className;
  }

  private static String remedy(Class<?> c, String path, boolean result) {
    if (c.isSynthetic() || c.isHidden()) {
      return Remedy.ofLambda(c);
    }
    if (c == TrackedHere.class) {
      return "let results hold what stays on the runner: pool.with(o -> o.trackResources(true))";
    }
    if (Placed.class.isAssignableFrom(c)) {
      return "what it stands for lives on its runner: call it there, placed.call(x -> ...)";
    }
    if (c.isRecord() && !c.getModule().isOpen(c.getPackageName(), Culprit.class.getModule())) {
      return "make it implement java.io.Serializable, or " + Modules.opening(c);
    }
    return Remedy.of(c, path, result);
  }
}
