package dev.flamepool.operator.world;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * How much is in every map and collection that can be reached from an object through what the
 * operator's own classes hold, by the field that holds it. So no memory is left out of a test that
 * was added after it.
 */
public final class Holdings {
  private static final String OWN = "dev.flamepool.";

  /** Controllers are reached through it. */
  private static final String JOSDK = "io.javaoperatorsdk.";

  private final Map<String, Integer> sizes = new TreeMap<>();
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Object> next = new ArrayDeque<>();

  private Holdings() {}

  /** Sizes by class and field; those of several objects of a class are added up. */
  public static Map<String, Integer> of(Object... roots) {
    Holdings holdings = new Holdings();
    holdings.next.addAll(Set.of(roots));
    while (!holdings.next.isEmpty()) {
      holdings.look(holdings.next.pop());
    }
    return holdings.sizes;
  }

  private void look(Object object) {
    if (!isLookedInto(object.getClass()) || !seen.add(object)) {
      return;
    }
    for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (isLookedInto(type) && !Modifier.isStatic(field.getModifiers()) && !isPlain(field)) {
          String name = isOwn(type) ? type.getSimpleName() + "." + field.getName() : "";
          hold(name, value(field, object));
        }
      }
    }
  }

  private void hold(String name, Object value) {
    if (value instanceof Map<?, ?> map) {
      count(name, map.size());
      new ArrayList<>(map.keySet()).forEach(key -> hold(name, key));
      new ArrayList<>(map.values()).forEach(entry -> hold(name, entry));
    } else if (value instanceof Collection<?> items) {
      count(name, items.size());
      new ArrayList<>(items).forEach(item -> hold(name, item));
    } else if (value instanceof Optional<?> optional) {
      optional.ifPresent(inner -> hold(name, inner));
    } else if (value != null) {
      next.push(value);
    }
  }

  private void count(String name, int size) {
    if (!name.isEmpty() && !name.contains("$$Lambda")) {
      sizes.merge(name, size, Integer::sum);
    }
  }

  private static boolean isPlain(Field field) {
    return field.getType().isPrimitive() || field.getType().isEnum();
  }

  private static boolean isLookedInto(Class<?> type) {
    return type.getName().startsWith(JOSDK) || isOwn(type);
  }

  /** Of the operator itself: a test's own fakes are not looked into. */
  private static boolean isOwn(Class<?> type) {
    return type.getName().startsWith(OWN)
        && !type.isEnum()
        && !type.getProtectionDomain().getCodeSource().getLocation().getPath().contains("test");
  }

  private static Object value(Field field, Object object) {
    try {
      field.setAccessible(true);
      return field.get(object);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
