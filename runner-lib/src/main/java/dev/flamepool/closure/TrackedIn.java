package dev.flamepool.closure;

import java.io.StreamCorruptedException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The tracked resources of one result being read: two mentions of one become one. */
final class TrackedIn {
  private final Map<Integer, TrackedAway<?>> known = new HashMap<>();
  private final Consumer<Object> tell;
  private int highest = -1;

  TrackedIn(Consumer<Object> tell) {
    this.tell = tell;
  }

  TrackedAway<?> at(int index) throws StreamCorruptedException {
    if (index < 0) {
      throw new StreamCorruptedException("tracked resource " + index);
    }
    highest = Math.max(highest, index);
    return known.computeIfAbsent(
        index,
        i -> {
          TrackedAway<?> away = new TrackedAway<>(i);
          tell.accept(away);
          return away;
        });
  }

  /** All have been read: they are numbered from 0. */
  void checkNumbers() throws StreamCorruptedException {
    if (highest >= known.size()) {
      throw new StreamCorruptedException(
          "tracked resource " + highest + " of " + known.size() + " in the result");
    }
  }
}
