package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.ApiException.Cause;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Reads and writes of single objects; each write is admitted and stored as one step. */
final class Resources {
  /** What a request is about; {@code subresource} is empty, {@code status} or {@code scale}. */
  record Target(Kind kind, String namespace, String name, String subresource) {
    Key key() {
      return new Key(kind.resource(), namespace, name);
    }

    boolean is(String wanted) {
      return subresource.equals(wanted);
    }
  }

  private final Store store;
  private final Kinds kinds;
  private final Deletion deletion;

  Resources(Store store, Kinds kinds, Deletion deletion) {
    this.store = store;
    this.kinds = kinds;
    this.deletion = deletion;
  }

  ObjectNode get(Target target) {
    ObjectNode present = main(target);
    return target.is("scale") ? scale(target.kind(), present) : present;
  }

  private ObjectNode main(Target target) {
    ObjectNode present = store.get(target.key());
    if (present == null) {
      throw ApiException.notFound(target.kind(), target.name());
    }
    return present;
  }

  ObjectNode create(Target target, ObjectNode body, Request request) {
    synchronized (store) {
      Kind kind = target.kind();
      Admission.checkIdentity(target, body);
      ObjectNode meta = Json.meta(body);
      String name = name(kind, meta);
      if (!meta.path("resourceVersion").asText("").isEmpty()) {
        throw ApiException.badRequest("resourceVersion should not be set on objects to be created");
      }
      if (kind.namespaced()) {
        checkNamespace(kind, target.namespace(), name);
      }
      Key key = new Key(kind.resource(), target.namespace(), name);
      if (store.get(key) != null) {
        throw ApiException.of(409, "AlreadyExists", kind, name, "already exists");
      }
      Admission.forget(meta);
      meta.put("name", name).put("uid", UUID.randomUUID().toString());
      meta.put("creationTimestamp", now()).put("generation", 1);
      if (kind.hasStatus()) {
        body.remove("status");
      }
      Admission.admit(kind, null, body, request);
      if (request.isDryRun()) {
        return body;
      }
      ObjectNode stored = put(key, null, body);
      deletion.collectIfOwnerless(key);
      return stored;
    }
  }

  /** Changes an object or its subresource; {@code change} gets a copy of what clients read. */
  ObjectNode change(Target target, UnaryOperator<ObjectNode> change, Request request) {
    synchronized (store) {
      Kind kind = target.kind();
      ObjectNode old = main(target);
      ObjectNode given = change.apply(get(target).deepCopy());
      Admission.checkRevision(target, old, given);
      Admission.checkPrecondition(kind, old, "uid", given.path("metadata").path("uid"));
      ObjectNode next = target.is("") ? given : old.deepCopy();
      if (target.is("scale")) {
        String path = kind.scale().path("specReplicasPath").asText();
        Json.put(next, path, Json.at(given, "spec.replicas"));
      } else if (target.is("status")) {
        copyStatus(given, next);
      } else {
        Admission.checkIdentity(target, next);
        Admission.keepServerSet(kind, old, next);
        if (kind.hasStatus()) {
          copyStatus(old, next);
        }
      }
      Admission.admit(kind, old, next, request);
      ObjectNode meta = Json.meta(next);
      meta.put("resourceVersion", Json.metaText(old, "resourceVersion"));
      if (!counted(kind, old).equals(counted(kind, next))) {
        meta.put("generation", meta.path("generation").asInt() + 1);
      }
      if (!request.isDryRun() && !next.equals(old)) {
        next = put(target.key(), old, next);
        ObjectNode gone = deletion.finish(target.key());
        next = gone == null ? next : gone;
      }
      return target.is("scale") ? scale(kind, next) : next;
    }
  }

  private ObjectNode put(Key key, ObjectNode old, ObjectNode next) {
    ObjectNode stored = store.put(key, next);
    if (key.resource().equals(Kind.DEFINITIONS)) {
      kinds.follow(old, stored);
    }
    return stored;
  }

  private static String name(Kind kind, ObjectNode meta) {
    String name = meta.path("name").asText("");
    String prefix = meta.path("generateName").asText("");
    if (name.isEmpty() && !prefix.isEmpty()) {
      name = prefix + UUID.randomUUID().toString().substring(0, 5);
    }
    Admission.checkName(kind, name);
    return name;
  }

  private void checkNamespace(Kind kind, String namespace, String name) {
    ObjectNode present = main(new Target(kinds.namespaces(), "", namespace, ""));
    if (present.path("metadata").has("deletionTimestamp")) {
      String why = "namespace " + namespace + " is being terminated";
      Cause cause = new Cause("NamespaceTerminating", why, "metadata.namespace");
      throw ApiException.forbidden(kind, name, cause);
    }
  }

  private static void copyStatus(ObjectNode from, ObjectNode to) {
    to.remove("status");
    if (from.has("status")) {
      to.set("status", from.get("status"));
    }
  }

  /** What generation counts: all but metadata, and status where it is a subresource. */
  private static ObjectNode counted(Kind kind, ObjectNode object) {
    ObjectNode counted = Json.object();
    counted.setAll(object);
    return counted.without(kind.hasStatus() ? List.of("metadata", "status") : List.of("metadata"));
  }

  private static ObjectNode scale(Kind kind, ObjectNode object) {
    ObjectNode meta = object.path("metadata").deepCopy();
    meta.retain("name", "namespace", "uid", "resourceVersion", "creationTimestamp");
    JsonNode where = kind.scale();
    String template =
        "{kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: %s,"
            + " spec: {replicas: %s}, status: {replicas: %s, selector: %s}}";
    return Json.of(
        template,
        meta,
        Json.at(object, where.path("specReplicasPath").asText()).asInt(0),
        Json.at(object, where.path("statusReplicasPath").asText()).asInt(0),
        Json.at(object, where.path("labelSelectorPath").asText("")).asText(""));
  }

  static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
