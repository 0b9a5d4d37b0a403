package dev.flamepool.operator.backend;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Many values that are looked for at once: one pass over a text, however many they are. */
final class Needles {
  /** All are at least so long; what they begin with leads to them. */
  private static final int HEAD = 6;

  private static final long HEAD_BITS = (1L << (8 * HEAD)) - 1;
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final Map<Long, List<byte[]>> byHead = new HashMap<>();
  private final BitSet heads = new BitSet(1 << 16);

  Needles(List<byte[]> values) {
    for (byte[] value : values) {
      if (value.length >= HEAD) {
        long head = 0;
        for (int i = 0; i < HEAD; i++) {
          head = next(head, value[i]);
        }
        byHead.computeIfAbsent(head, h -> new ArrayList<>()).add(value);
        heads.set(slot(head));
      }
    }
  }

  /** Marks where in the original a reading holds one of them. */
  void mark(Reading reading, BitSet found) {
    long head = 0;
    for (int end = 1; end <= reading.size(); end++) {
      head = next(head, reading.at(end - 1));
      if (end >= HEAD && heads.get(slot(head))) {
        for (byte[] value : byHead.getOrDefault(head, List.of())) {
          markAt(reading, end - HEAD, value, found);
        }
      }
    }
  }

  private static void markAt(Reading reading, int start, byte[] value, BitSet found) {
    int last = start + value.length - 1;
    if (last < reading.size() && reading.holds(value, start)) {
      found.set(reading.from(start), reading.to(last));
    }
  }

  private static long next(long head, byte one) {
    return ((head << 8) | (one & 0xff)) & HEAD_BITS;
  }

  private static int slot(long head) {
    return (int) ((head * SPREAD) >>> 48);
  }
}
