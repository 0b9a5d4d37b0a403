package dev.flamepool.operator.backend;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A queue that is fair between flows: the first of each flow in turn, however many wait in one. Not
 * thread-safe.
 *
 * @param <F> a flow, such as a pool
 * @param <E> who waits, by equality
 */
final class FairQueue<F, E> {
  /** Flows in the order in which it is their turn; none is empty. */
  private final Map<F, Deque<E>> flows = new LinkedHashMap<>();

  /** Joins at the end of a flow; a new flow comes after all others. */
  void add(F flow, E element) {
    flows.computeIfAbsent(flow, f -> new ArrayDeque<>()).add(element);
  }

  /** Whose turn it is; empty when nobody waits. */
  Optional<E> first() {
    return flows.values().stream().findFirst().map(Deque::element);
  }

  /** Takes out whose turn it is; then it is the next flow's. */
  Optional<E> poll() {
    Iterator<Map.Entry<F, Deque<E>>> all = flows.entrySet().iterator();
    if (!all.hasNext()) {
      return Optional.empty();
    }
    Map.Entry<F, Deque<E>> served = all.next();
    F flow = served.getKey();
    Deque<E> waiting = served.getValue();
    E first = waiting.remove();
    all.remove();
    if (!waiting.isEmpty()) {
      flows.put(flow, waiting);
    }
    return Optional.of(first);
  }

  /** Takes somebody out who waits no more; the turns of all others stay. */
  boolean remove(F flow, E element) {
    Deque<E> waiting = flows.get(flow);
    if (waiting == null || !waiting.remove(element)) {
      return false;
    }
    if (waiting.isEmpty()) {
      flows.remove(flow);
    }
    return true;
  }

  int size() {
    return flows.values().stream().mapToInt(Deque::size).sum();
  }

  boolean isEmpty() {
    return flows.isEmpty();
  }
}
