package dev.flamepool.caller;

import dev.flamepool.wire.Slot;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/**
 * The idle slots of a runner: the last one used is the next one used, so that the rest grow old.
 * Without a lock, because every call comes by twice: under a monitor 64 callers on two cores spent
 * more time waiting for it than calling.
 */
final class SlotStack {
  private record Idle(Slot slot, long since) {}

  private final ConcurrentLinkedDeque<Idle> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  @Nullable Slot pop() {
    Idle top = idle.pollFirst();
    return top == null ? null : top.slot();
  }

  /** False if it is closed: then the slot is the giver's to close. */
  boolean push(Slot slot) {
    Idle top = new Idle(slot, Ticks.now());
    idle.addFirst(top);
    // If it was closed meanwhile, whoever takes the slot out closes it.
    return !closed || !idle.removeFirstOccurrence(top);
  }

  boolean isEmpty() {
    return idle.isEmpty();
  }

  /**
   * Takes out those idle since before then, oldest first, at most so many, and not the one ahead of
   * need if asked so.
   */
  List<Slot> idleSince(long before, boolean keepOne, int atMost) {
    List<Slot> old = new ArrayList<>();
    for (Iterator<Idle> oldestFirst = idle.descendingIterator();
        old.size() < atMost && oldestFirst.hasNext(); ) {
      Idle next = oldestFirst.next();
      if (next.since() > before || (keepOne && next.equals(idle.peekFirst()))) {
        break;
      }
      if (idle.removeLastOccurrence(next)) {
        old.add(next.slot());
      }
    }
    return old;
  }

  /** Takes out all; nothing comes in any more. */
  List<Slot> close() {
    closed = true;
    return idleSince(Ticks.NEVER, false, Integer.MAX_VALUE);
  }
}
