package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.flamepool.minicluster.ApiException.Cause;
import java.util.List;
import java.util.Set;

/**
 * How objects end: finalizers hold them, their dependents follow them, namespaces and definitions
 * wait for what is in them. What a controller manager does later is done here within the request.
 */
final class Deletion {
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
      for (String field : List.of("uid", "resourceVersion")) {
        Admission.checkPrecondition(kind, present, field, wanted.path(field));
      }
      if (kind.resource().equals(Kind.NAMESPACES) && PERMANENT.contains(name)) {
        Cause cause = Cause.forbidden("metadata.name", "this namespace may not be deleted");
        throw ApiException.forbidden(kind, name, cause);
      }
      Key key = new Key(kind.resource(), Json.metaText(present, "namespace"), name);
      if (!dryRun) {
        end(key);
      }
      ObjectNode held = dryRun ? null : store.get(key);
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
    if (present == null) {
      return;
    }
    if (!isEnding(present)) {
      ObjectNode ending = present.deepCopy();
      ObjectNode meta = Json.meta(ending);
      if (isFree(key, present)) {
        remove(key, present);
        return;
      }
      meta.put("deletionTimestamp", Resources.now()).put("deletionGracePeriodSeconds", 0);
      meta.put("generation", meta.path("generation").asInt() + 1);
      if (key.resource().equals(Kind.NAMESPACES)) {
        Json.put(ending, "status.phase", TextNode.valueOf("Terminating"));
      }
      store.put(key, ending);
    }
    content(key).forEach(this::end);
    finish(key);
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
    if (key.resource().equals(Kind.DEFINITIONS)) {
      kinds.follow(gone, null);
    }
    String uid = Json.metaText(gone, "uid");
    for (Key dependent : store.keys((other, object) -> owners(object).contains(uid))) {
      ObjectNode freed = store.get(dependent).deepCopy();
      if (hasLivingOwner(freed)) {
        ArrayNode references = (ArrayNode) freed.path("metadata").path("ownerReferences");
        references.removeIf(owner -> owner.path("uid").asText().equals(uid));
        store.put(dependent, freed);
      } else {
        end(dependent);
      }
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

  private boolean hasLivingOwner(ObjectNode object) {
    List<String> owners = owners(object);
    return !store.keys((k, owner) -> owners.contains(Json.metaText(owner, "uid"))).isEmpty();
  }

  /** An object created for owners that are all gone goes too. */
  void collectIfOwnerless(Key key, ObjectNode created) {
    if (!owners(created).isEmpty() && !hasLivingOwner(created)) {
      end(key);
    }
  }
}
