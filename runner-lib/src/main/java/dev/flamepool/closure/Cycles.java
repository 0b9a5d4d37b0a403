package dev.flamepool.closure;

import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Knows which objects hold themselves, by way of others. Tarjan's search for strongly connected
 * components: each object is looked into once, whatever is asked. What JDK types other than
 * collections hold is not seen, nor is what comes after 100,000 objects. Not thread-safe.
 */
final class Cycles {
  private static final int MAX_OBJECTS = 100_000;

  private static final class Node {
    final int index;
    final Iterator<Object> inside;

    /** The earliest object that it leads back to. */
    int low;

    boolean open = true;
    boolean holdsItself;

    Node(int index, Iterator<Object> inside) {
      this.index = index;
      this.inside = inside;
      this.low = index;
    }
  }

  private final IdentityHashMap<Object, Node> nodes = new IdentityHashMap<>();

  /** Those whose component is not complete yet. */
  private final ArrayDeque<Node> open = new ArrayDeque<>();

  boolean holdsItself(Object o) {
    Node known = nodes.get(o);
    return (known == null ? search(o) : known).holdsItself;
  }

  private Node search(Object root) {
    ArrayDeque<Node> way = new ArrayDeque<>();
    Node first = enter(root, way);
    for (Node n = first; n != null; n = way.peek()) {
      if (n.inside.hasNext()) {
        follow(n, n.inside.next(), way);
      } else {
        leave(n, way);
      }
    }
    return first;
  }

  private Node enter(Object o, ArrayDeque<Node> way) {
    Node n = new Node(nodes.size(), Culprit.children(o).iterator());
    nodes.put(o, n);
    open.push(n);
    way.push(n);
    return n;
  }

  private void follow(Node n, Object child, ArrayDeque<Node> way) {
    Node known = nodes.get(child);
    if (known == null) {
      if (nodes.size() < MAX_OBJECTS) {
        enter(child, way);
      }
    } else if (known.open) {
      n.low = Math.min(n.low, known.index);
      n.holdsItself |= known == n;
    }
  }

  private void leave(Node n, ArrayDeque<Node> way) {
    way.pop();
    @Nullable Node before = way.peek();
    if (before != null) {
      before.low = Math.min(before.low, n.low);
    }
    if (n.low == n.index) {
      boolean several = open.peek() != n;
      Node member;
      do {
        member = open.pop();
        member.open = false;
        member.holdsItself |= several;
      } while (member != n);
    }
  }
}
