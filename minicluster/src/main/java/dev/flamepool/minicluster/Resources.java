package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.ApiException.Cause;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
  private final Deletion deletion;

  Resources(Store store, Deletion deletion) {
    this.store = store;
    this.deletion = deletion;
  }

  ObjectNode get(Target target) {
    ObjectNode present = main(target);
    return target.is("scale") ? scale(target.kind(), present) : present;
  }

  private ObjectNode main(Target target) {
    ObjectNode present = store.get(target.key());
    if (present == null) {
      throw ApiException.of(404, "NotFound", target.kind(), target.name(), "not found");
    }
    return present;
  }

  ObjectNode create(Target target, ObjectNode body, Request request) {
    synchronized (store) {
      Kind kind = target.kind();
      Admission.checkIdentity(target, body);
      ObjectNode meta = Json.meta(body);
      String prefix = meta.path("generateName").asText("");
      String fallback =
          prefix.isEmpty() ? "" : prefix + UUID.randomUUID().toString().substring(0, 5);
      String name = meta.path("name").asText(fallback);
      Admission.checkName(kind, name);
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
      meta.put("creationTimestamp", now());
      if (body.has("spec")) {
        meta.put("generation", 1);
      }
      if (kind.serves("status")) {
        body.remove("status");
      }
      Admission.admit(kind, null, body, request);
      if (request.isDryRun()) {
        return body;
      }
      store.put(key, body);
      deletion.collectIfOwnerless(key);
      return body;
    }
  }

  /** Changes an object or its subresource; {@code change} gets a copy of what clients read. */
  ObjectNode change(Target target, UnaryOperator<ObjectNode> change, Request request) {
    synchronized (store) {
      Kind kind = target.kind();
      ObjectNode old = main(target);
      ObjectNode given = change.apply(get(target).deepCopy());
      Admission.checkRevision(target, given);
      Admission.checkPreconditions(kind, old, given.path("metadata"));
      ObjectNode next = target.is("") ? given : old.deepCopy();
      if (target.is("scale")) {
        String path = kind.scale().path("specReplicasPath").asText();
        Json.put(next, path, Json.at(given, "spec.replicas"));
      } else if (target.is("status")) {
        copyStatus(given, next);
      } else {
        Admission.checkIdentity(target, next);
        Admission.keepServerSet(kind, old, next);
        if (kind.serves("status")) {
          copyStatus(old, next);
        }
      }
      Admission.admit(kind, old, next, request);
      ObjectNode meta = Json.meta(next);
      meta.put("resourceVersion", Json.metaText(old, "resourceVersion"));
      if (!old.path("spec").equals(next.path("spec"))) {
        meta.put("generation", meta.path("generation").asInt() + 1);
      }
      if (!request.isDryRun() && !next.equals(old)) {
        store.put(target.key(), next);
        ObjectNode gone = deletion.finish(target.key());
        next = gone == null ? next : gone;
      }
      return target.is("scale") ? scale(kind, next) : next;
    }
  }

  /** Gives a Pod to a node, once. */
  ObjectNode bind(Target target, JsonNode node, Request request) {
    Target pod = new Target(target.kind(), target.namespace(), target.name(), "");
    UnaryOperator<ObjectNode> bound =
        present -> {
          String before = Json.at(present, "spec.nodeName").asText();
          if (!before.isEmpty()) {
            String why = "pod " + target.name() + " is already assigned to node " + before;
            throw ApiException.of(409, "Conflict", target.kind(), target.name(), why);
          }
          Json.put(present, "spec.nodeName", node);
          return present;
        };
    change(pod, bound, request);
    return Json.of("{kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success'}");
  }

  private void checkNamespace(Kind kind, String namespace, String name) {
    ObjectNode present = store.get(new Key(Kind.NAMESPACES, "", namespace));
    if (present == null) {
      throw new ApiException(404, "NotFound", "namespaces \"" + namespace + "\" not found");
    }
    if (present.path("metadata").has("deletionTimestamp")) {
      String why = "namespace " + namespace + " is being terminated";
      Cause cause = new Cause("NamespaceTerminating", why, "metadata.namespace");
      throw ApiException.of(403, "Forbidden", kind, name, "is forbidden: " + why, cause);
    }
  }

  private static void copyStatus(ObjectNode from, ObjectNode to) {
    to.remove("status");
    if (from.has("status")) {
      to.set("status", from.get("status"));
    }
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
