package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;

/**
 * How objects end: finalizers hold them, their dependents follow them, namespaces and definitions
 * wait for what is in them. What a controller manager does later is done here within the request.
 */
final class Deletion {
  private final Store store;

  Deletion(Store store) {
    this.store = store;
  }

  /**
   * Deletes an object if the request's preconditions hold.
   *
   * @return the object, if finalizers or content still hold it, else a Status
   */
  ObjectNode delete(Kind kind, ObjectNode present, Request request) {
    synchronized (store) {
      JsonNode wanted = Json.parse(request.body()).path("preconditions");
      for (String field : List.of("uid", "resourceVersion")) {
        Admission.checkPrecondition(kind, present, field, wanted.path(field));
      }
      if (request.isDryRun()) {
        return success(kind, present);
      }
      String namespace = Json.metaText(present, "namespace");
      Key key = new Key(kind.resource(), namespace, Json.metaText(present, "name"));
      end(key);
      ObjectNode held = store.get(key);
      return held != null ? held : success(kind, present);
    }
  }

  private static ObjectNode success(Kind kind, ObjectNode gone) {
    String template =
        "{kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success',"
            + " details: {name: %s, group: %s, kind: %s, uid: %s}}";
    String name = Json.metaText(gone, "name");
    return Json.of(template, name, kind.group(), kind.plural(), Json.metaText(gone, "uid"));
  }

  private void end(Key key) {
    ObjectNode present = store.get(key);
    if (present != null && isFree(key, present)) {
      remove(key, present);
    } else if (present != null) {
      if (!isEnding(present)) {
        store.put(key, ending(key, present.deepCopy()));
      }
      content(key).forEach(this::end);
      finish(key);
    }
  }

  private static ObjectNode ending(Key key, ObjectNode object) {
    ObjectNode meta = Json.meta(object);
    meta.put("deletionTimestamp", Resources.now());
    if (meta.has("generation")) {
      meta.put("generation", meta.path("generation").asInt() + 1);
    }
    if (key.resource().equals(Kind.NAMESPACES)) {
      Json.put(object, "status.phase", TextNode.valueOf("Terminating"));
    }
    return object;
  }

  private static boolean isEnding(ObjectNode object) {
    return object.path("metadata").has("deletionTimestamp");
  }

  private boolean isFree(Key key, ObjectNode object) {
    return object.path("metadata").path("finalizers").isEmpty() && content(key).isEmpty();
  }

  /**
   * Removes an object that is being deleted and that nothing holds any more; returns its last
   * state, null if it stays.
   */
  ObjectNode finish(Key key) {
    ObjectNode present = store.get(key);
    boolean over = present != null && isEnding(present) && isFree(key, present);
    return over ? remove(key, present) : null;
  }

  private ObjectNode remove(Key key, ObjectNode last) {
    ObjectNode gone = store.remove(key, last);
    String uid = Json.metaText(gone, "uid");
    for (Key dependent : store.keys((other, object) -> owners(object).contains(uid))) {
      collectIfOwnerless(dependent);
    }
    finish(new Key(Kind.NAMESPACES, "", key.namespace()));
    finish(new Key(Kind.DEFINITIONS, "", key.resource()));
    return gone;
  }

  /** What must go before the object can: a namespace's objects, a definition's instances. */
  private List<Key> content(Key key) {
    return switch (key.resource()) {
      case Kind.NAMESPACES -> store.keys((k, o) -> k.namespace().equals(key.name()));
      case Kind.DEFINITIONS -> store.keys((k, o) -> k.resource().equals(key.name()));
      default -> List.of();
    };
  }

  private static List<String> owners(ObjectNode object) {
    return object.path("metadata").path("ownerReferences").findValuesAsText("uid");
  }

  /** An object goes with the last of its owners, also if it comes later. */
  void collectIfOwnerless(Key key) {
    ObjectNode object = store.get(key);
    List<String> owners = object == null ? List.of() : owners(object);
    List<Key> living = store.keys((k, owner) -> owners.contains(Json.metaText(owner, "uid")));
    if (!owners.isEmpty() && living.isEmpty()) {
      end(key);
    }
  }
}
