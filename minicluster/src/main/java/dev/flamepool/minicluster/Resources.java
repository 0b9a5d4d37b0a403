package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.ApiException.Cause;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Reads and writes of single objects; each write is admitted and stored as one step. */
final class Resources {
  /** What a request is about; {@code subresource} is empty, {@code status} or {@code scale}. */
  record Target(Kind kind, String namespace, String name, String subresource) {
    Key key() {
      return Key.of(kind, namespace, name);
    }

    boolean isStatus() {
      return subresource.equals("status");
    }

    boolean isScale() {
      return subresource.equals("scale");
    }
  }

  /** The query parameters of a write; {@code warn} takes what the answer's Warning headers say. */
  record Options(
      boolean dryRun,
      String fieldValidation,
      String manager,
      boolean force,
      Consumer<String> warn) {}

  private static final String NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

  private final Store store;
  private final Kinds kinds;
  private final Deletion deletion;
  private final SplittableRandom random = new SplittableRandom();

  /** What each manager applied last, by uid and subresource. */
  private final Map<String, Map<String, ObjectNode>> applied = new HashMap<>();

  Resources(Store store, Kinds kinds, Deletion deletion) {
    this.store = store;
    this.kinds = kinds;
    this.deletion = deletion;
  }

  ObjectNode get(Target target) {
    ObjectNode present = main(target);
    return target.isScale() ? scale(target.kind(), present) : present;
  }

  private ObjectNode main(Target target) {
    ObjectNode present = store.get(target.key());
    if (present == null) {
      throw ApiException.notFound(target.kind(), target.name());
    }
    return present;
  }

  ObjectNode create(Target target, ObjectNode body, Options options) {
    synchronized (store) {
      Kind kind = target.kind();
      Admission.checkIdentity(target, body);
      ObjectNode meta = Json.meta(body);
      String name = meta.path("name").asText("");
      if (name.isEmpty()) {
        name = generatedName(kind, meta.path("generateName").asText(""));
      }
      Admission.checkName(kind, name);
      if (!meta.path("resourceVersion").asText("").isEmpty()) {
        throw ApiException.badRequest("resourceVersion should not be set on objects to be created");
      }
      if (kind.namespaced()) {
        checkNamespace(kind, target.namespace(), name);
      }
      Key key = Key.of(kind, target.namespace(), name);
      if (store.get(key) != null) {
        throw ApiException.alreadyExists(kind, name);
      }
      Admission.forget(meta);
      meta.put("name", name)
          .put("uid", UUID.randomUUID().toString())
          .put("creationTimestamp", now());
      if (kind.hasGeneration()) {
        meta.put("generation", 1);
      }
      if (kind.hasStatus()) {
        body.remove("status");
      }
      Admission.admit(kind, null, body, options);
      if (options.dryRun()) {
        return body;
      }
      ObjectNode stored = put(key, null, body);
      deletion.collectIfOwnerless(key, stored);
      return stored;
    }
  }

  /** Replaces an object or its subresource by {@code body}; a uid in it is a precondition. */
  ObjectNode replace(Target target, Options options, ObjectNode body) {
    return change(
        target,
        options,
        present -> {
          Admission.checkPrecondition(
              target.kind(), present, "uid", "UID", Json.metaText(body, "uid"));
          return body;
        });
  }

  /**
   * Changes an object or its subresource; {@code change} gets a copy of what the client would read.
   */
  ObjectNode change(Target target, Options options, UnaryOperator<ObjectNode> change) {
    synchronized (store) {
      Kind kind = target.kind();
      ObjectNode old = main(target);
      ObjectNode given = change.apply(target.isScale() ? scale(kind, old) : old.deepCopy());
      Admission.checkRevision(target, old, given);
      ObjectNode next = target.isStatus() || target.isScale() ? old.deepCopy() : given;
      if (target.isScale()) {
        Json.put(
            next, kind.scale().path("specReplicasPath").asText(), Json.at(given, "spec.replicas"));
      } else if (target.isStatus()) {
        copyStatus(given, next);
      } else {
        Admission.checkIdentity(target, next);
        Admission.keepServerSet(kind, old, next);
        if (kind.hasStatus()) {
          copyStatus(old, next);
        }
      }
      Admission.admit(kind, old, next, options);
      ObjectNode meta =
          Json.meta(next).put("resourceVersion", Json.metaText(old, "resourceVersion"));
      if (kind.hasGeneration() && !counted(kind, old).equals(counted(kind, next))) {
        meta.put("generation", Json.at(old, "metadata.generation").asLong() + 1);
      }
      if (!options.dryRun() && !next.equals(old)) {
        next = put(target.key(), old, next);
        ObjectNode gone = deletion.finish(target.key());
        next = gone == null ? next : gone;
      }
      return target.isScale() ? scale(kind, next) : next;
    }
  }

  /** Server-side apply; an absent object is created, and the flag of the result says so. */
  Map.Entry<ObjectNode, Boolean> apply(Target target, ObjectNode body, Options options) {
    synchronized (store) {
      ObjectNode mine = intent(target, body);
      boolean create = store.get(target.key()) == null && target.subresource().isEmpty();
      Admission.checkIdentity(target, body);
      if (options.manager().isEmpty()) {
        Cause cause = Cause.required("fieldManager", ": is required for apply patch");
        throw ApiException.invalid(target.kind(), target.name(), List.of(cause));
      }
      ObjectNode result =
          create
              ? create(target, body, options)
              : applyTo(main(target), target, body, mine, options);
      if (!options.dryRun()) {
        managers(target, result).put(options.manager(), mine);
      }
      return Map.entry(result, create);
    }
  }

  private ObjectNode applyTo(
      ObjectNode present, Target target, ObjectNode body, ObjectNode mine, Options options) {
    Map<String, ObjectNode> others = new LinkedHashMap<>(managers(target, present));
    ObjectNode before = others.getOrDefault(options.manager(), Json.object());
    others.remove(options.manager());
    JsonNode schema = target.kind().schema();
    List<Cause> conflicts = Apply.conflicts(mine, others, options.force(), schema);
    if (!conflicts.isEmpty()) {
      throw ApiException.applyConflict(target.kind(), target.name(), conflicts);
    }
    return change(
        target,
        options,
        copy -> {
          ObjectNode merged = Apply.apply(copy, mine, before, List.copyOf(others.values()), schema);
          String revision = Json.metaText(body, "resourceVersion");
          if (!revision.isEmpty()) {
            Json.meta(merged).put("resourceVersion", revision);
          }
          return merged;
        });
  }

  private Map<String, ObjectNode> managers(Target target, ObjectNode object) {
    applied.keySet().removeIf(uid -> store.byUid(uid.substring(0, uid.indexOf('/'))) == null);
    String key = Json.metaText(object, "uid") + "/" + target.subresource();
    return applied.computeIfAbsent(key, unused -> new LinkedHashMap<>());
  }

  /** The part of an applied body that is the manager's to own. */
  private static ObjectNode intent(Target target, ObjectNode body) {
    if (body.path("metadata").has("managedFields")) {
      throw ApiException.badRequest("metadata.managedFields must be nil");
    }
    if (target.isStatus()) {
      return Json.of("{status: %s}", body.path("status").deepCopy());
    }
    ObjectNode intent = body.deepCopy();
    intent.remove(List.of("apiVersion", "kind"));
    if (target.kind().hasStatus()) {
      intent.remove("status");
    }
    Json.meta(intent).retain("labels", "annotations", "finalizers", "ownerReferences");
    return intent;
  }

  private ObjectNode put(Key key, ObjectNode old, ObjectNode next) {
    ObjectNode stored = store.put(key, next);
    if (key.resource().equals(Kind.DEFINITIONS)) {
      kinds.follow(old, stored);
    }
    return stored;
  }

  private String generatedName(Kind kind, String prefix) {
    if (prefix.isEmpty()) {
      Cause cause = Cause.required("metadata.name", ": name or generateName is required");
      throw ApiException.invalid(kind, "", List.of(cause));
    }
    return random
        .ints(5, 0, NAME_LETTERS.length())
        .mapToObj(i -> NAME_LETTERS.substring(i, i + 1))
        .collect(Collectors.joining("", prefix, ""));
  }

  private void checkNamespace(Kind kind, String namespace, String name) {
    ObjectNode present = store.get(Key.of(kinds.namespaces(), "", namespace));
    if (present == null) {
      throw ApiException.notFound(kinds.namespaces(), namespace);
    }
    if (present.path("metadata").has("deletionTimestamp")) {
      String why = "namespace " + namespace + " is being terminated";
      throw ApiException.forbidden(
          kind,
          name,
          "unable to create new content in namespace "
              + namespace
              + " because it is being terminated",
          List.of(new Cause("NamespaceTerminating", why, "metadata.namespace")));
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
    counted.remove(kind.hasStatus() ? List.of("metadata", "status") : List.of("metadata"));
    return counted;
  }

  private static ObjectNode scale(Kind kind, ObjectNode object) {
    ObjectNode meta = object.path("metadata").deepCopy();
    meta.retain("name", "namespace", "uid", "resourceVersion", "creationTimestamp");
    JsonNode where = kind.scale();
    ObjectNode scale =
        Json.of(
            "{kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: %s, spec: {replicas: %s}, status: {replicas: %s}}",
            meta,
            Json.at(object, where.path("specReplicasPath").asText()).asInt(0),
            Json.at(object, where.path("statusReplicasPath").asText()).asInt(0));
    String selector = Json.at(object, where.path("labelSelectorPath").asText("")).asText("");
    if (!selector.isEmpty()) {
      Json.put(scale, "status.selector", Json.at(object, where.path("labelSelectorPath").asText()));
    }
    return scale;
  }

  static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
