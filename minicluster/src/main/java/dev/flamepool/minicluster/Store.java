package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/**
 * All objects, one increasing revision, and the last changes for watches that resume. Objects in it
 * are never changed, only replaced. Guarded by its own monitor; a caller that reads and then writes
 * holds it for both.
 */
final class Store {
  /**
   * One write: {@code before} is null for a create; after a removal {@code after} is null and
   * {@code before} has the last state.
   */
  record Change(long revision, Key key, ObjectNode before, ObjectNode after) {}

  private final int historyLimit;
  private final NavigableMap<Key, ObjectNode> objects =
      new TreeMap<>(Comparator.comparing(Key::path));
  private final Deque<Change> history = new ArrayDeque<>();
  private final List<Consumer<Change>> watchers = new CopyOnWriteArrayList<>();
  private long revision = 1;

  Store(int historyLimit) {
    this.historyLimit = historyLimit;
  }

  synchronized long revision() {
    return revision;
  }

  synchronized ObjectNode get(Key key) {
    return objects.get(key);
  }

  /** Objects of a resource by namespace and name; an empty namespace means all. */
  synchronized List<ObjectNode> list(String resource, String namespace) {
    return objects.tailMap(new Key(resource, namespace, "")).entrySet().stream()
        .takeWhile(entry -> entry.getKey().isIn(resource, namespace))
        .map(Map.Entry::getValue)
        .toList();
  }

  synchronized List<Key> keys(BiPredicate<Key, ObjectNode> wanted) {
    return objects.entrySet().stream()
        .filter(entry -> wanted.test(entry.getKey(), entry.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Stores the object under the next revision and tells the watchers; returns it so. */
  synchronized ObjectNode put(Key key, ObjectNode object) {
    Json.meta(object).put("resourceVersion", Long.toString(++revision));
    publish(new Change(revision, key, objects.put(key, object), object));
    return object;
  }

  /**
   * Removes the object; {@code last} is its final state, which watchers see under the next
   * revision.
   */
  synchronized ObjectNode remove(Key key, ObjectNode last) {
    ObjectNode gone = last.deepCopy();
    Json.meta(gone).put("resourceVersion", Long.toString(++revision));
    objects.remove(key);
    publish(new Change(revision, key, gone, null));
    return gone;
  }

  private void publish(Change change) {
    history.addLast(change);
    if (history.size() > historyLimit) {
      history.removeFirst();
    }
    watchers.forEach(watcher -> watcher.accept(change));
  }

  /**
   * Hands the watcher every change after {@code since} (what exists as created, if that is 0), then
   * each new one as it happens, in order, on the writer's thread.
   *
   * @throws ApiException 410 if changes after {@code since} are forgotten, or if it is a revision
   *     never given
   */
  synchronized void watch(long since, Consumer<Change> watcher) {
    long oldest = revision - history.size();
    if (since == 0) {
      objects.forEach((key, object) -> watcher.accept(new Change(revision, key, null, object)));
    } else if (since < oldest || since > revision) {
      String message = "too old resource version: " + since + " (" + oldest + ")";
      throw new ApiException(410, "Expired", message);
    } else {
      history.stream().filter(change -> change.revision() > since).forEach(watcher);
    }
    watchers.add(watcher);
  }

  void unwatch(Consumer<Change> watcher) {
    watchers.remove(watcher);
  }
}
