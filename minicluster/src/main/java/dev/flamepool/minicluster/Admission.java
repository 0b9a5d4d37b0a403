package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.ApiException.Cause;
import dev.flamepool.minicluster.Resources.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Checks and completes an object before it is stored: identity, what only the server sets, schema,
 * defaults.
 */
final class Admission {
  private static final Pattern SUBDOMAIN = Pattern.compile("[a-z0-9]([-.a-z0-9]*[a-z0-9])?");
  private static final List<String> SERVER_SET =
      List.of("uid", "generation", "creationTimestamp", "deletionTimestamp");

  private Admission() {}

  /** Makes kind, name and namespace those of the request, or refuses others. */
  static void checkIdentity(Target target, ObjectNode body) {
    same(body, "kind", target.kind().kind());
    same(body, "apiVersion", target.kind().apiVersion());
    same(Json.meta(body), "name", target.name());
    same(Json.meta(body), "namespace", target.namespace());
  }

  private static void same(ObjectNode object, String field, String expected) {
    String given = object.path(field).asText(expected);
    if (!given.equals(expected) && !expected.isEmpty()) {
      String message = "the object's %s is %s, but the request's is %s; make them agree";
      throw ApiException.badRequest(message.formatted(field, given, expected));
    }
    if (!expected.isEmpty()) {
      object.put(field, expected);
    }
  }

  static void checkName(Kind kind, String name) {
    if (!SUBDOMAIN.matcher(name).matches()) {
      String why = "must be a lowercase RFC 1123 subdomain: letters, digits, '-' and '.'";
      throw ApiException.invalid(kind, name, List.of(Cause.invalid("metadata.name", name, why)));
    }
  }

  /** Removes what a client may not set on a new object. */
  static void forget(ObjectNode meta) {
    meta.remove(SERVER_SET);
    meta.remove("managedFields");
  }

  /** Takes from {@code old} what a client may not change. */
  static void keepServerSet(Kind kind, ObjectNode old, ObjectNode next) {
    ObjectNode meta = Json.meta(next);
    JsonNode oldMeta = old.path("metadata");
    forget(meta);
    SERVER_SET.stream().filter(oldMeta::has).forEach(field -> meta.set(field, oldMeta.get(field)));
    List<String> added = new ArrayList<>(Json.texts(meta.path("finalizers")));
    added.removeAll(Json.texts(oldMeta.path("finalizers")));
    if (meta.has("deletionTimestamp") && !added.isEmpty()) {
      String why = "no new finalizers can be added if the object is being deleted: " + added;
      Cause cause = Cause.forbidden("metadata.finalizers", why);
      throw ApiException.invalid(kind, meta.path("name").asText(), List.of(cause));
    }
    if (meta.path("finalizers").isEmpty()) {
      meta.remove("finalizers");
    }
  }

  static void checkRevision(Target target, ObjectNode next) {
    boolean given = !Json.metaText(next, "resourceVersion").isEmpty();
    if (!given && target.kind().isCustom() && !target.is("scale")) {
      Cause cause = Cause.invalid("metadata.resourceVersion", 0, "must be specified for an update");
      throw ApiException.invalid(target.kind(), target.name(), List.of(cause));
    }
  }

  /** What the client demands of the stored object's metadata, if anything. */
  static void checkPreconditions(Kind kind, ObjectNode present, JsonNode wanted) {
    for (String field : List.of("uid", "resourceVersion")) {
      String actual = Json.metaText(present, field);
      String demanded = wanted.path(field).asText("");
      if (!demanded.isEmpty() && !demanded.equals(actual)) {
        String why = "is stale: the object has been modified; its %s is %s, not %s";
        String name = Json.metaText(present, "name");
        throw ApiException.of(409, "Conflict", kind, name, why.formatted(field, actual, demanded));
      }
    }
  }

  /** Prunes, sets defaults and validates {@code next}; {@code old} is null for a create. */
  static void admit(Kind kind, ObjectNode old, ObjectNode next, Request request) {
    boolean patched = request.method().equals("PATCH");
    List<Cause> causes = new ArrayList<>(Builtins.prepare(kind, old, next, patched));
    if (kind.isCustom()) {
      List<String> unknown = new ArrayList<>();
      new Schema(causes, unknown).visit(next, kind.schema(), "");
      if (old != null && !causes.isEmpty()) {
        List<Cause> before = new ArrayList<>();
        new Schema(before, new ArrayList<>()).visit(old.deepCopy(), kind.schema(), "");
        causes.removeAll(before); // what was wrong and stays as it is does not keep from a write
      }
      if (!unknown.isEmpty() && request.parameter("fieldValidation").equals("Strict")) {
        String message = kind.kind() + " cannot be handled: strict decoding error: ";
        throw ApiException.badRequest(message + String.join(", ", unknown));
      }
      request.warnings().addAll(unknown);
    }
    if (!causes.isEmpty()) {
      throw ApiException.invalid(kind, Json.metaText(next, "name"), causes);
    }
  }
}
