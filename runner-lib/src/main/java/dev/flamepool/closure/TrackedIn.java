package dev.flamepool.closure;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The tracked resources of one result being read: two mentions of one become one. */
final class TrackedIn {
  private final Map<Integer, TrackedAway<?>> known = new HashMap<>();
  private final Consumer<Object> tell;

  TrackedIn(Consumer<Object> tell) {
    this.tell = tell;
  }

  TrackedAway<?> at(int index) {
    return known.computeIfAbsent(
        index,
        i -> {
          TrackedAway<?> away = new TrackedAway<>(i);
          tell.accept(away);
          return away;
        });
  }
}
