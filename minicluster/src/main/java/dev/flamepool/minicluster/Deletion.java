package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Set;

/**
 * How objects end: finalizers hold them, their dependents follow them, namespaces and definitions
 * wait for what is in them. What a controller manager does later is done here within the request.
 */
final class Deletion {
  private static final String PODS = "pods";
  private static final Set<String> OVER = Set.of("Succeeded", "Failed");

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
      JsonNode options = Json.parse(request.body());
      Admission.checkPreconditions(kind, present, options.path("preconditions"));
      if (request.isDryRun()) {
        return success(kind, present);
      }
      String namespace = Json.metaText(present, "namespace");
      Key key = new Key(kind.resource(), namespace, Json.metaText(present, "name"));
      end(key, options.path("gracePeriodSeconds"));
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

  private void end(Key key, JsonNode grace) {
    ObjectNode present = store.get(key);
    boolean running = present != null && isRunning(key, present) && grace.asInt(1) != 0;
    if (present != null && !running && isFree(key, present)) {
      remove(key, present);
    } else if (present != null) {
      if (!isEnding(present)) {
        store.put(key, ending(key, present.deepCopy(), running ? grace : IntNode.valueOf(0)));
      }
      content(key).forEach(inner -> end(inner, MissingNode.getInstance()));
      if (!running) {
        finish(key);
      }
    }
  }

  /** Whether it is a Pod that its node is to end first. */
  private static boolean isRunning(Key key, ObjectNode object) {
    return key.resource().equals(PODS)
        && !Json.at(object, "spec.nodeName").asText().isEmpty()
        && !OVER.contains(Json.at(object, "status.phase").asText());
  }

  private static ObjectNode ending(Key key, ObjectNode object, JsonNode grace) {
    ObjectNode meta = Json.meta(object);
    meta.put("deletionTimestamp", Resources.now());
    if (key.resource().equals(PODS)) {
      JsonNode own = Json.at(object, "spec.terminationGracePeriodSeconds");
      meta.put("deletionGracePeriodSeconds", grace.asLong(own.asLong(30)));
    }
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
    boolean held = over && Json.at(present, "metadata.deletionGracePeriodSeconds").asLong() > 0;
    return over && !(held && isRunning(key, present)) ? remove(key, present) : null;
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
      end(key, MissingNode.getInstance());
    }
  }
}
