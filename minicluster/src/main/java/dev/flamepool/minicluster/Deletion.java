package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Set;

/**
 * How objects end: finalizers hold them, their dependents follow them, namespaces and definitions
 * wait for what is in them. What a controller manager does later is done here within the request.
 */
final class Deletion {
  private static final String FOREGROUND = "foregroundDeletion";

  /** Namespaces that exist always. */
  static final Set<String> PERMANENT = Set.of("default", "kube-system");

  private final Store store;
  private final Kinds kinds;

  Deletion(Store store, Kinds kinds) {
    this.store = store;
    this.kinds = kinds;
  }

  /**
   * Deletes an object as DeleteOptions say.
   *
   * @return the object, if finalizers or content still hold it, else a Status
   */
  ObjectNode delete(Kind kind, ObjectNode present, JsonNode options, boolean dryRun) {
    synchronized (store) {
      String name = Json.metaText(present, "name");
      JsonNode wanted = options.path("preconditions");
      Admission.checkPrecondition(kind, present, "uid", "UID", wanted.path("uid").asText(""));
      String revision = wanted.path("resourceVersion").asText("");
      Admission.checkPrecondition(kind, present, "resourceVersion", "ResourceVersion", revision);
      if (kind.resource().equals(Kind.NAMESPACES) && PERMANENT.contains(name)) {
        throw ApiException.forbidden(kind, name, "this namespace may not be deleted", List.of());
      }
      Key key = Key.of(kind, Json.metaText(present, "namespace"), name);
      if (!dryRun) {
        end(key, options.path("propagationPolicy").asText("Background"));
      }
      ObjectNode held = store.get(key);
      return held != null && !dryRun ? held : success(kind, present);
    }
  }

  private static ObjectNode success(Kind kind, ObjectNode gone) {
    return Json.of(
        "{kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success',"
            + " details: {name: %s, group: %s, kind: %s, uid: %s}}",
        Json.metaText(gone, "name"), kind.group(), kind.plural(), Json.metaText(gone, "uid"));
  }

  private void end(Key key, String policy) {
    ObjectNode present = store.get(key);
    if (present == null) {
      return;
    }
    List<Key> dependents = store.ownedBy(Json.metaText(present, "uid"));
    boolean foreground = policy.equals("Foreground") && !dependents.isEmpty();
    if (policy.equals("Orphan")) {
      dependents.forEach(dependent -> dropOwner(dependent, Json.metaText(present, "uid")));
    }
    if (!present.path("metadata").has("deletionTimestamp")) {
      ObjectNode ending = present.deepCopy();
      ObjectNode meta = Json.meta(ending);
      if (foreground) {
        meta.withArray("finalizers").add(FOREGROUND);
      }
      if (meta.path("finalizers").isEmpty() && content(key).isEmpty()) {
        remove(key, ending);
        return;
      }
      meta.put("deletionTimestamp", Resources.now()).put("deletionGracePeriodSeconds", 0);
      if (meta.has("generation")) {
        meta.put("generation", meta.path("generation").asLong() + 1);
      }
      if (key.resource().equals(Kind.NAMESPACES)) {
        Json.put(ending, "status.phase", TextNode.valueOf("Terminating"));
      }
      store.put(key, ending);
    }
    content(key).forEach(inside -> end(inside, "Background"));
    if (foreground) {
      dependents.forEach(dependent -> end(dependent, "Foreground"));
    }
    finish(key);
  }

  /**
   * Removes an object that is being deleted and that nothing holds any more; returns its last
   * state, null if it stays.
   */
  ObjectNode finish(Key key) {
    ObjectNode present = store.get(key);
    boolean free =
        present != null
            && present.path("metadata").has("deletionTimestamp")
            && present.path("metadata").path("finalizers").isEmpty()
            && content(key).isEmpty();
    return free ? remove(key, present) : null;
  }

  private ObjectNode remove(Key key, ObjectNode last) {
    ObjectNode gone = store.remove(key, last);
    if (key.resource().equals(Kind.DEFINITIONS)) {
      kinds.follow(gone, null);
    }
    String uid = Json.metaText(gone, "uid");
    for (Key dependent : store.ownedBy(uid)) {
      if (hasOwnerBeside(store.get(dependent), uid)) {
        dropOwner(dependent, uid);
      } else {
        end(dependent, "Background");
      }
    }
    for (JsonNode owner : gone.path("metadata").path("ownerReferences")) {
      releaseForeground(owner.path("uid").asText());
    }
    finish(new Key(Kind.NAMESPACES, "", key.namespace()));
    finish(new Key(Kind.DEFINITIONS, "", key.resource()));
    return gone;
  }

  private void releaseForeground(String owner) {
    Key key = store.byUid(owner);
    if (key == null || !store.ownedBy(owner).isEmpty()) {
      return;
    }
    ObjectNode present = store.get(key);
    if (Json.texts(present.path("metadata").path("finalizers")).contains(FOREGROUND)) {
      ObjectNode released = present.deepCopy();
      ((ArrayNode) released.path("metadata").path("finalizers"))
          .removeIf(f -> f.asText().equals(FOREGROUND));
      store.put(key, released);
      finish(key);
    }
  }

  /** What must go before the object can: a namespace's objects, a definition's instances. */
  private List<Key> content(Key key) {
    if (key.resource().equals(Kind.NAMESPACES)) {
      return store.keysIn(key.name());
    }
    return key.resource().equals(Kind.DEFINITIONS)
        ? store.list(key.name(), "").stream()
            .map(o -> new Key(key.name(), Json.metaText(o, "namespace"), Json.metaText(o, "name")))
            .toList()
        : List.of();
  }

  private boolean hasOwnerBeside(ObjectNode object, String uid) {
    return Json.stream(object.path("metadata").path("ownerReferences"))
        .map(owner -> owner.path("uid").asText())
        .anyMatch(owner -> !owner.equals(uid) && store.byUid(owner) != null);
  }

  private void dropOwner(Key key, String uid) {
    ObjectNode freed = store.get(key).deepCopy();
    ((ArrayNode) freed.path("metadata").path("ownerReferences"))
        .removeIf(owner -> owner.path("uid").asText().equals(uid));
    store.put(key, freed);
  }

  /** An object created for owners that are all gone goes too. */
  void collectIfOwnerless(Key key, ObjectNode created) {
    if (!created.path("metadata").path("ownerReferences").isEmpty()
        && !hasOwnerBeside(created, "")) {
      end(key, "Background");
    }
  }
}
