package dev.flamepool.closure;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Numbers objects by identity, in the order in which they come. Few are looked for one by one, and
 * none costs nothing. Not thread-safe.
 */
final class Seen {
  private static final int FEW = 8;
  private static final Object[] NONE = {};

  private @Nullable Object[] objects = NONE;
  private int size;

  /** Numbers plus one, by identity hash; empty while there are few. */
  private int[] table = {};

  /** Its number, negative if it is not known. */
  int find(Object o) {
    if (table.length > 0) {
      return table[slot(o)] - 1;
    }
    for (int i = 0; i < size; i++) {
      if (objects[i] == o) {
        return i;
      }
    }
    return -1;
  }

  /** Gives the next number to what is not known yet. */
  void add(Object o) {
    if (size == objects.length) {
      objects = size == 0 ? new Object[FEW] : Arrays.copyOf(objects, 2 * size);
    }
    objects[size++] = o;
    if (size > FEW && 2 * size > table.length) {
      rehash();
    } else if (table.length > 0) {
      table[slot(o)] = size;
    }
  }

  /** How many there are; the last one has one less as its number. */
  int size() {
    return size;
  }

  private void rehash() {
    table = new int[4 * Integer.highestOneBit(size) * 2];
    for (int i = 0; i < size; i++) {
      Object o = objects[i];
      if (o != null) {
        table[slot(o)] = i + 1;
      }
    }
  }

  private int slot(Object o) {
    int mask = table.length - 1;
    int at = ((System.identityHashCode(o) * 0x9E3779B9) >>> 7) & mask;
    while (table[at] != 0 && objects[table[at] - 1] != o) {
      at = (at + 1) & mask;
    }
    return at;
  }
}
