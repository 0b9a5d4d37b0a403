package dev.flamepool.operator.backend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Many values that are looked for at once: one pass over a text, however many they are and however
 * alike they begin.
 */
final class Needles {
  /** All are at least so long; what they begin with leads to them. */
  private static final int HEAD = 6;

  private static final long HEAD_BITS = (1L << (8 * HEAD)) - 1;
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  /** Sorted: values that begin alike stand side by side, the shortest first. */
  private final Map<Long, byte[][]> byHead = new HashMap<>();

  private final BitSet heads = new BitSet(1 << 16);

  Needles(List<byte[]> values) {
    Map<Long, List<byte[]>> groups = new HashMap<>();
    for (byte[] value : values) {
      if (value.length >= HEAD) {
        long head = 0;
        for (int i = 0; i < HEAD; i++) {
          head = next(head, value[i]);
        }
        groups.computeIfAbsent(head, h -> new ArrayList<>()).add(value);
        heads.set(slot(head));
      }
    }
    groups.forEach(
        (head, group) -> {
          group.sort(Arrays::compare);
          byHead.put(head, group.toArray(byte[][]::new));
        });
  }

  /** Marks where in the original a reading holds one of them. */
  void mark(Reading reading, BitSet found) {
    long head = 0;
    for (int end = 1; end <= reading.size(); end++) {
      head = next(head, reading.at(end - 1));
      if (end >= HEAD && heads.get(slot(head))) {
        byte[][] group = byHead.get(head);
        if (group != null) {
          markLongest(reading, end - HEAD, group, found);
        }
      }
    }
  }

  /** Each further byte leaves fewer of the values that begin as the reading does here. */
  private static void markLongest(Reading reading, int start, byte[][] group, BitSet found) {
    int from = 0;
    int to = group.length;
    for (int length = HEAD; from < to; length++) {
      if (group[from].length == length) {
        found.set(reading.from(start), reading.to(start + length - 1));
        while (from < to && group[from].length == length) {
          from++;
        }
      }
      if (start + length == reading.size()) {
        return;
      }
      byte next = reading.at(start + length);
      from = firstAfter(group, from, to, length, next - 1);
      to = firstAfter(group, from, to, length, next);
    }
  }

  /** Where the values begin whose byte at a place is larger than one. */
  private static int firstAfter(byte[][] group, int from, int to, int place, int one) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (group[middle][place] > one) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private static long next(long head, byte one) {
    return ((head << 8) | (one & 0xff)) & HEAD_BITS;
  }

  private static int slot(long head) {
    return (int) ((head * SPREAD) >>> 48);
  }
}
