package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.ApiException.Cause;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Writes: create, change and apply, each admitted (identity, schema, defaults) and stored as one
 * step.
 */
final class Resources {
  /** What a request is about; {@code subresource} is empty, {@code status} or {@code scale}. */
  record Target(Kind kind, String namespace, String name, String subresource) {
    Key key() {
      return Key.of(kind, namespace, name);
    }
  }

  /** The query parameters of a write; {@code warn} takes what the answer's Warning headers say. */
  record Options(
      boolean dryRun,
      String fieldValidation,
      String manager,
      boolean force,
      Consumer<String> warn) {}

  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final List<String> SERVER_SET =
      List.of(
          "uid",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "generation");

  private final Store store;
  private final Kinds kinds;
  private final Deletion deletion;
  private final SplittableRandom random = new SplittableRandom();

  /** What each manager applied last, by uid and subresource. */
  private final Map<String, Map<String, ObjectNode>> applied = new HashMap<>();

  Resources(Store store, Kinds kinds) {
    this.store = store;
    this.kinds = kinds;
    this.deletion = new Deletion(store, kinds);
  }

  Deletion deletion() {
    return deletion;
  }

  ObjectNode get(Target target) {
    ObjectNode present = store.get(target.key());
    if (present == null) {
      throw ApiException.notFound(target.kind(), target.name());
    }
    return target.subresource().equals("scale") ? scale(target.kind(), present) : present;
  }

  ObjectNode create(Target target, ObjectNode body, Options options) {
    synchronized (store) {
      Kind kind = target.kind();
      ObjectNode meta = Json.meta(body);
      checkEnvelope(target, body);
      if (meta.path("name").asText("").isEmpty()) {
        meta.put("name", generatedName(kind, meta.path("generateName").asText("")));
      }
      String name = meta.path("name").asText();
      if (!kind.group().startsWith("rbac.")
          && (!SUBDOMAIN.matcher(name).matches() || name.length() > 253)) {
        String why =
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and"
                + " end with an alphanumeric character";
        throw ApiException.invalid(
            kind, name, List.of(Cause.invalid("metadata.name", Json.quote(name), why)));
      }
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
      meta.remove(SERVER_SET).remove(List.of("managedFields", "selfLink"));
      meta.put("uid", UUID.randomUUID().toString()).put("creationTimestamp", now());
      if (kind.counts()) {
        meta.put("generation", 1);
      }
      if (kind.hasStatus()) {
        body.remove("status");
      }
      admit(kind, null, body, options);
      if (options.dryRun()) {
        return body;
      }
      ObjectNode stored = put(key, null, body);
      deletion.collectIfOwnerless(key, stored);
      return stored;
    }
  }

  /**
   * Changes an object or its subresource; {@code change} gets a copy of what the client would read.
   */
  ObjectNode change(Target target, Options options, UnaryOperator<ObjectNode> change) {
    synchronized (store) {
      Kind kind = target.kind();
      ObjectNode old = get(new Target(kind, target.namespace(), target.name(), ""));
      ObjectNode next;
      if (target.subresource().equals("scale")) {
        ObjectNode scale = change.apply(scale(kind, old));
        next = old.deepCopy();
        Json.put(
            next, kind.scale().orElseThrow().specReplicas(), scale.path("spec").path("replicas"));
        checkPreconditions(target, old, scale);
      } else {
        next = change.apply(old.deepCopy());
        checkEnvelope(target, next);
        checkPreconditions(target, old, next);
        next =
            target.subresource().equals("status")
                ? statusOnly(old, next)
                : exceptStatus(kind, old, next);
        keepServerSet(kind, old, next);
      }
      admit(kind, old, next, options);
      ObjectNode meta =
          Json.meta(next).put("resourceVersion", Json.metaText(old, "resourceVersion"));
      if (kind.counts() && !content(kind, old).equals(content(kind, next))) {
        meta.put("generation", old.path("metadata").path("generation").asLong() + 1);
      }
      ObjectNode result = next;
      if (!options.dryRun() && !next.equals(old)) {
        result = put(target.key(), old, next);
        ObjectNode gone = deletion.finish(target.key());
        result = gone == null ? result : gone;
      }
      return target.subresource().equals("scale") ? scale(kind, result) : result;
    }
  }

  /** Server-side apply; an absent object is created. The flag of the result says so. */
  Map.Entry<ObjectNode, Boolean> apply(Target target, ObjectNode body, Options options) {
    synchronized (store) {
      ObjectNode mine = intent(target, body);
      boolean create = store.get(target.key()) == null && target.subresource().isEmpty();
      ObjectNode result;
      if (create) {
        Json.meta(body).put("name", target.name());
        result = create(target, body, options);
      } else {
        ObjectNode present = get(new Target(target.kind(), target.namespace(), target.name(), ""));
        Map<String, ObjectNode> others = new LinkedHashMap<>(managers(target, present));
        ObjectNode before = others.getOrDefault(options.manager(), Json.object());
        others.remove(options.manager());
        JsonNode schema = target.kind().schema();
        List<Cause> conflicts = Apply.conflicts(mine, others, schema);
        if (!conflicts.isEmpty() && !options.force()) {
          String why =
              "Apply failed with "
                  + conflicts.size()
                  + " conflict"
                  + (conflicts.size() > 1 ? "s: " : ": ");
          why +=
              String.join(
                  ", ", conflicts.stream().map(c -> c.message() + ": " + c.field()).toList());
          throw ApiException.conflict(target.kind(), target.name(), why, conflicts);
        }
        result =
            change(
                target,
                options,
                copy -> {
                  JsonNode given = body.path("metadata").path("resourceVersion");
                  ObjectNode merged =
                      Apply.apply(copy, mine, before, List.copyOf(others.values()), schema);
                  if (given.isTextual()) {
                    Json.meta(merged).set("resourceVersion", given);
                  }
                  return merged;
                });
      }
      if (!options.dryRun()) {
        managers(target, result).put(options.manager(), mine);
      }
      return Map.entry(result, create);
    }
  }

  private Map<String, ObjectNode> managers(Target target, ObjectNode object) {
    return applied.computeIfAbsent(
        Json.metaText(object, "uid") + "/" + target.subresource(), unused -> new LinkedHashMap<>());
  }

  /** The part of an applied body that is the manager's to own. */
  private static ObjectNode intent(Target target, ObjectNode body) {
    if (body.path("metadata").has("managedFields")) {
      throw ApiException.badRequest("metadata.managedFields must be nil");
    }
    if (target.subresource().equals("status")) {
      return body.has("status") ? Json.object("status", body.get("status")) : Json.object();
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

  private static void checkEnvelope(Target target, ObjectNode body) {
    Kind kind = target.kind();
    if (!body.path("kind").asText(kind.kind()).equals(kind.kind())
        || !body.path("apiVersion").asText(kind.apiVersion()).equals(kind.apiVersion())) {
      throw ApiException.badRequest(
          "the API version in the data ("
              + body.path("apiVersion").asText()
              + ", Kind="
              + body.path("kind").asText()
              + ") does not match the expected API version ("
              + kind.apiVersion()
              + ", Kind="
              + kind.kind()
              + ")");
    }
    kind.label(body);
    ObjectNode meta = Json.meta(body);
    String name = meta.path("name").asText(target.name());
    if (!target.name().isEmpty() && !name.equals(target.name())) {
      throw ApiException.badRequest(
          "the name of the object ("
              + name
              + ") does not match the name on the URL ("
              + target.name()
              + ")");
    }
    if (!target.name().isEmpty()) {
      meta.put("name", name);
    }
    if (!kind.namespaced()) {
      meta.remove("namespace");
    } else if (!meta.path("namespace").asText(target.namespace()).equals(target.namespace())) {
      throw ApiException.badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    } else {
      meta.put("namespace", target.namespace());
    }
  }

  private String generatedName(Kind kind, String prefix) {
    if (prefix.isEmpty()) {
      throw ApiException.invalid(
          kind, "", List.of(Cause.required("metadata.name", "name or generateName is required")));
    }
    String letters = "bcdfghjklmnpqrstvwxz2456789";
    StringBuilder name = new StringBuilder(prefix);
    for (int i = 0; i < 5; i++) {
      name.append(letters.charAt(random.nextInt(letters.length())));
    }
    return name.toString();
  }

  private void checkNamespace(Kind kind, String namespace, String name) {
    Kind namespaces = kinds.byResource("namespaces").orElseThrow();
    ObjectNode present = store.get(Key.of(namespaces, "", namespace));
    if (present == null) {
      throw ApiException.notFound(namespaces, namespace);
    }
    if (present.path("metadata").has("deletionTimestamp")) {
      Cause cause =
          new Cause(
              "NamespaceTerminating",
              "namespace " + namespace + " is being terminated",
              "metadata.namespace");
      String why =
          "unable to create new content in namespace "
              + namespace
              + " because it is being terminated";
      throw ApiException.forbidden(kind, name, why, List.of(cause));
    }
  }

  private static void checkPreconditions(Target target, ObjectNode old, ObjectNode next) {
    String revision = Json.metaText(next, "resourceVersion");
    if (revision.isEmpty() && target.kind().isCustom()) {
      throw ApiException.invalid(
          target.kind(),
          target.name(),
          List.of(
              Cause.invalid("metadata.resourceVersion", "0x0", "must be specified for an update")));
    }
    if (!revision.isEmpty() && !revision.equals(Json.metaText(old, "resourceVersion"))) {
      throw ApiException.stale(target.kind(), target.name());
    }
    String uid = Json.metaText(next, "uid");
    if (!uid.isEmpty()
        && !uid.equals(Json.metaText(old, "uid"))
        && !target.subresource().equals("status")) {
      String why =
          "Precondition failed: UID in precondition: "
              + uid
              + ", UID in object meta: "
              + Json.metaText(old, "uid");
      throw ApiException.conflict(target.kind(), target.name(), why, List.of());
    }
  }

  private static ObjectNode statusOnly(ObjectNode old, ObjectNode next) {
    return withStatus(old.deepCopy(), next);
  }

  private static ObjectNode exceptStatus(Kind kind, ObjectNode old, ObjectNode next) {
    return kind.hasStatus() ? withStatus(next, old) : next;
  }

  private static ObjectNode withStatus(ObjectNode object, ObjectNode source) {
    if (source.has("status")) {
      object.set("status", source.get("status"));
    } else {
      object.remove("status");
    }
    return object;
  }

  private static void keepServerSet(Kind kind, ObjectNode old, ObjectNode next) {
    ObjectNode meta = Json.meta(next);
    meta.remove("managedFields");
    for (String field : SERVER_SET) {
      meta.remove(field);
      if (old.path("metadata").has(field)) {
        meta.set(field, old.path("metadata").get(field));
      }
    }
    if (meta.get("finalizers") instanceof ArrayNode finalizers && finalizers.isEmpty()) {
      meta.remove("finalizers");
    }
    List<String> added = new ArrayList<>(Json.texts(meta.path("finalizers")));
    added.removeAll(Json.texts(old.path("metadata").path("finalizers")));
    if (meta.has("deletionTimestamp") && !added.isEmpty()) {
      String why =
          "no new finalizers can be added if the object is being deleted, found new finalizers "
              + added;
      throw ApiException.invalid(
          kind, meta.path("name").asText(), List.of(Cause.forbidden("metadata.finalizers", why)));
    }
  }

  /** Prunes, defaults and checks; after it the object may be stored. */
  private static void admit(Kind kind, ObjectNode old, ObjectNode next, Options options) {
    List<Cause> causes = new ArrayList<>(Builtins.prepare(kind, old, next));
    if (kind.isCustom()) {
      List<String> unknown =
          Schema.prune(next, kind.schema()).stream()
              .map(field -> "unknown field \"" + field + "\"")
              .toList();
      if (!unknown.isEmpty() && options.fieldValidation().equals("Strict")) {
        throw ApiException.badRequest(
            kind.kind()
                + " in version \""
                + kind.version()
                + "\" cannot be handled as a "
                + kind.kind()
                + ": strict decoding error: "
                + String.join(", ", unknown));
      }
      if (!options.fieldValidation().equals("Ignore")) {
        unknown.forEach(options.warn());
      }
      Schema.defaults(next, kind.schema());
      causes.addAll(Validation.check(next, kind.schema()));
    }
    if (!causes.isEmpty()) {
      throw ApiException.invalid(kind, Json.metaText(next, "name"), causes);
    }
  }

  /** What generation counts: all but metadata, and status where it is a subresource. */
  private static ObjectNode content(Kind kind, ObjectNode object) {
    ObjectNode content = Json.object();
    content.setAll(object);
    content.remove("metadata");
    if (kind.hasStatus()) {
      content.remove("status");
    }
    return content;
  }

  private static ObjectNode scale(Kind kind, ObjectNode object) {
    Kind.Scale where = kind.scale().orElseThrow(ApiException::noSuchPath);
    ObjectNode meta = Json.object();
    for (String field :
        List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
      meta.set(field, object.path("metadata").path(field));
    }
    ObjectNode status = Json.object("replicas", Json.at(object, where.statusReplicas()).asInt(0));
    if (!where.selector().isEmpty()) {
      status.put("selector", Json.at(object, where.selector()).asText(""));
    }
    return Json.object(
        "kind",
        "Scale",
        "apiVersion",
        "autoscaling/v1",
        "metadata",
        meta,
        "spec",
        Json.object("replicas", Json.at(object, where.specReplicas()).asInt(0)),
        "status",
        status);
  }

  static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
