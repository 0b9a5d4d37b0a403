package dev.flamepool.runner;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whose turn it is while callers wait for a place: each free place is granted to the next caller in
 * rotation, and while someone else waits nobody enters without a grant. Pure: times come in,
 * nothing goes out. Not thread-safe.
 *
 * @param <C> a caller
 */
final class Turns<C> {
  /** How long a place is kept for the one it was granted to. */
  static final long VALID_NANOS = 100_000_000;

  /** How many of a caller's calls wait, next in turn first. */
  private final LinkedHashMap<C, Integer> wants = new LinkedHashMap<>();

  /** When each of a caller's grants ends, oldest first. */
  private final Map<C, ArrayDeque<Long>> grants = new HashMap<>();

  private int granted;

  /** Whether nobody waits and no place is kept for anybody. */
  boolean isQuiet() {
    return wants.isEmpty() && granted == 0;
  }

  /** Places that are kept for someone. */
  int granted() {
    return granted;
  }

  /** The caller says how many of its calls wait, and keeps its turn unless that is none. */
  void want(C caller, int calls) {
    if (calls <= 0) {
      wants.remove(caller);
    } else {
      wants.put(caller, calls);
    }
  }

  /** Whether a call of the caller needs a grant, because others wait. */
  boolean needsGrant(C caller) {
    int own = grants.containsKey(caller) ? grants.get(caller).size() : 0;
    return granted > own || wants.size() > (wants.containsKey(caller) ? 1 : 0);
  }

  /** Whether a call of the caller may take a place; uses up a grant if it has one. */
  boolean takes(C caller, long now) {
    expire(now);
    return giveUp(caller) || !needsGrant(caller);
  }

  /** A grant of the caller is not needed; false if it has none. */
  boolean giveUp(C caller) {
    ArrayDeque<Long> own = grants.get(caller);
    if (own == null) {
      return false;
    }
    own.removeFirst();
    granted--;
    if (own.isEmpty()) {
      grants.remove(caller);
    }
    return true;
  }

  /**
   * Grants places in rotation.
   *
   * @param places that are neither taken nor granted
   * @return whom, once for each place
   */
  List<C> grant(int places, long now) {
    List<C> chosen = new ArrayList<>();
    for (int left = places; left > 0 && !wants.isEmpty(); left--) {
      C next = wants.keySet().iterator().next();
      int calls = wants.remove(next);
      if (calls > 1) {
        wants.put(next, calls - 1); // and to the end of the rotation
      }
      grants.computeIfAbsent(next, caller -> new ArrayDeque<>()).add(now + VALID_NANOS);
      granted++;
      chosen.add(next);
    }
    return chosen;
  }

  /** Takes back what was not used in time. */
  void expire(long now) {
    for (var all = grants.values().iterator(); all.hasNext(); ) {
      ArrayDeque<Long> own = all.next();
      while (!own.isEmpty() && own.getFirst() <= now) {
        own.removeFirst();
        granted--;
      }
      if (own.isEmpty()) {
        all.remove();
      }
    }
  }

  /** When the next grant ends, {@code Long.MAX_VALUE} if there is none. */
  long nextExpiry() {
    return grants.values().stream().mapToLong(ArrayDeque::getFirst).min().orElse(Long.MAX_VALUE);
  }

  /** The caller is gone, with all it wanted and was granted. */
  void gone(C caller) {
    wants.remove(caller);
    ArrayDeque<Long> own = grants.remove(caller);
    granted -= own == null ? 0 : own.size();
  }
}
