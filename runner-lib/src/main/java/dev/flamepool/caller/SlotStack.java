package dev.flamepool.caller;

import dev.flamepool.wire.SlotConnection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The idle slots of a runner: the last one used is the next one used, so that the rest grow old.
 */
final class SlotStack {
  private record Idle(SlotConnection slot, long since) {}

  private final ArrayDeque<Idle> idle = new ArrayDeque<>();
  private boolean closed;

  synchronized @Nullable SlotConnection pop() {
    Idle top = idle.pollFirst();
    return top == null ? null : top.slot();
  }

  /** False if it is closed: then the slot is the giver's to close. */
  synchronized boolean push(SlotConnection slot) {
    if (!closed) {
      idle.addFirst(new Idle(slot, Ticks.now()));
    }
    return !closed;
  }

  synchronized boolean isEmpty() {
    return idle.isEmpty();
  }

  /** Takes out those idle since before then, but for the one ahead of need if asked to. */
  synchronized List<SlotConnection> idleSince(long before, boolean keepOne) {
    List<SlotConnection> old = new ArrayList<>();
    while (idle.size() > (keepOne ? 1 : 0) && idle.getLast().since() <= before) {
      old.add(idle.removeLast().slot());
    }
    return old;
  }

  /** Takes out all; nothing comes in any more. */
  synchronized List<SlotConnection> close() {
    closed = true;
    return idleSince(Ticks.NEVER, false);
  }
}
