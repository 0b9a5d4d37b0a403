package dev.flamepool.caller;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Calls that wait for a runner with room, in the order in which they were made: one that comes back
 * because its runner refused it takes its old place. Not thread-safe; {@link #isEmpty} alone may be
 * asked by any thread.
 */
final class CallQueue {
  private final TreeMap<Long, Call> waiting = new TreeMap<>();
  private final QueueRoom.Share room;
  private volatile boolean empty = true;

  /** With that much room. */
  CallQueue(QueueRoom.Share room) {
    this.room = room;
  }

  boolean isEmpty() {
    return empty;
  }

  int size() {
    return waiting.size();
  }

  /** What it holds. */
  QueueRoom.Share room() {
    return room;
  }

  void add(Call call) {
    if (waiting.put(call.id, call) == null) {
      room.add(call);
    }
    empty = false;
  }

  @Nullable Call peek() {
    var first = waiting.firstEntry();
    return first == null ? null : first.getValue();
  }

  /** Takes that call out; false if it is no longer there. */
  boolean remove(Call call) {
    if (waiting.remove(call.id) == null) {
      return false;
    }
    room.remove(call);
    empty = waiting.isEmpty();
    return true;
  }

  /** Takes all out, in order. */
  List<Call> removeAll() {
    List<Call> all = new ArrayList<>(waiting.values());
    waiting.clear();
    all.forEach(room::remove);
    empty = true;
    return all;
  }

  Iterable<Call> calls() {
    return waiting.values();
  }
}
