package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
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
  private final Map<String, TreeMap<String, ObjectNode>> objects = new HashMap<>();
  private final Map<String, Set<Key>> ownedBy = new HashMap<>();
  private final Map<String, Key> byUid = new HashMap<>();
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
    return objects.getOrDefault(key.resource(), new TreeMap<>()).get(key.path());
  }

  /** Objects of a resource by namespace and name; an empty namespace means all. */
  synchronized List<ObjectNode> list(String resource, String namespace) {
    TreeMap<String, ObjectNode> all = objects.getOrDefault(resource, new TreeMap<>());
    Collection<ObjectNode> found =
        namespace.isEmpty() ? all.values() : all.subMap(namespace + "/", namespace + "0").values();
    return new ArrayList<>(found);
  }

  synchronized List<Key> keysIn(String namespace) {
    List<Key> keys = new ArrayList<>();
    objects.forEach(
        (resource, all) ->
            all.subMap(namespace + "/", namespace + "0")
                .keySet()
                .forEach(
                    path ->
                        keys.add(
                            new Key(resource, namespace, path.substring(namespace.length() + 1)))));
    return keys;
  }

  synchronized List<Key> ownedBy(String uid) {
    return List.copyOf(ownedBy.getOrDefault(uid, Set.of()));
  }

  synchronized Key byUid(String uid) {
    return byUid.get(uid);
  }

  /**
   * Stores the object under the next revision and tells the watchers; returns it with that
   * revision.
   */
  synchronized ObjectNode put(Key key, ObjectNode object) {
    Json.meta(object).put("resourceVersion", Long.toString(++revision));
    ObjectNode before =
        objects.computeIfAbsent(key.resource(), unused -> new TreeMap<>()).put(key.path(), object);
    index(key, before, false);
    index(key, object, true);
    publish(new Change(revision, key, before, object));
    return object;
  }

  /**
   * Removes the object; {@code last} is its final state, which watchers see under the next
   * revision.
   */
  synchronized ObjectNode remove(Key key, ObjectNode last) {
    ObjectNode gone = last.deepCopy();
    Json.meta(gone).put("resourceVersion", Long.toString(++revision));
    index(key, objects.get(key.resource()).remove(key.path()), false);
    publish(new Change(revision, key, gone, null));
    return gone;
  }

  private void index(Key key, ObjectNode object, boolean add) {
    if (object == null) {
      return;
    }
    if (add) {
      byUid.put(Json.metaText(object, "uid"), key);
    } else {
      byUid.remove(Json.metaText(object, "uid"));
    }
    for (JsonNode owner : object.path("metadata").path("ownerReferences")) {
      String uid = owner.path("uid").asText();
      Set<Key> owned = ownedBy.computeIfAbsent(uid, unused -> new LinkedHashSet<>());
      boolean unused = add ? owned.add(key) : owned.remove(key);
      if (owned.isEmpty()) {
        ownedBy.remove(uid);
      }
    }
  }

  private void publish(Change change) {
    history.addLast(change);
    if (history.size() > historyLimit) {
      history.removeFirst();
    }
    watchers.forEach(watcher -> watcher.accept(change));
  }

  /**
   * Hands the watcher every change after {@code since}, then each new one as it happens, in order,
   * on the writer's thread.
   *
   * @throws ApiException 410 if changes after {@code since} are forgotten, or if it is a revision
   *     never given
   */
  synchronized void watch(long since, Consumer<Change> watcher) {
    long oldest = revision - history.size();
    if (since < oldest || since > revision) {
      throw ApiException.expired(since, oldest);
    }
    history.stream().filter(change -> change.revision() > since).forEach(watcher);
    watchers.add(watcher);
  }

  void unwatch(Consumer<Change> watcher) {
    watchers.remove(watcher);
  }
}
