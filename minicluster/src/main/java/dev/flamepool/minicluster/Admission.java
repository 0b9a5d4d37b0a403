package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.ApiException.Cause;
import dev.flamepool.minicluster.Resources.Options;
import dev.flamepool.minicluster.Resources.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Checks and completes an object before it is stored: identity, what only the server sets, schema,
 * defaults.
 */
final class Admission {
  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final List<String> SERVER_SET =
      List.of(
          "uid",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "generation");

  private Admission() {}

  /** Makes kind, name and namespace those of the request, or refuses others. */
  static void checkIdentity(Target target, ObjectNode body) {
    Kind kind = target.kind();
    ObjectNode meta = Json.meta(body);
    match("kind", body.path("kind").asText(kind.kind()), kind.kind());
    match("apiVersion", body.path("apiVersion").asText(kind.apiVersion()), kind.apiVersion());
    kind.label(body);
    if (!target.name().isEmpty()) {
      match("name", meta.path("name").asText(target.name()), target.name());
      meta.put("name", target.name());
    }
    if (kind.namespaced()) {
      match("namespace", meta.path("namespace").asText(target.namespace()), target.namespace());
      meta.put("namespace", target.namespace());
    } else {
      meta.remove("namespace");
    }
  }

  private static void match(String what, String given, String expected) {
    if (!given.equals(expected)) {
      throw ApiException.badRequest(
          "the "
              + what
              + " of the object ("
              + given
              + ") does not match the request's ("
              + expected
              + ")");
    }
  }

  static void checkName(Kind kind, String name) {
    if (!kind.group().startsWith("rbac.")
        && (!SUBDOMAIN.matcher(name).matches() || name.length() > 253)) {
      String why =
          "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start"
              + " and end with an alphanumeric character";
      throw ApiException.invalid(
          kind, name, List.of(Cause.invalid("metadata.name", Json.quote(name), why)));
    }
  }

  /** Removes what a client may not set on a new object. */
  static void forget(ObjectNode meta) {
    meta.remove(SERVER_SET);
    meta.remove(List.of("managedFields", "selfLink"));
  }

  /** Takes from {@code old} what a client may not change. */
  static void keepServerSet(Kind kind, ObjectNode old, ObjectNode next) {
    ObjectNode meta = Json.meta(next);
    JsonNode oldMeta = old.path("metadata");
    List<Cause> causes = new ArrayList<>();
    if (!meta.path("uid").equals(oldMeta.path("uid")) && meta.has("uid")) {
      causes.add(Cause.invalid("metadata.uid", meta.get("uid"), "field is immutable"));
    }
    forget(meta);
    SERVER_SET.stream().filter(oldMeta::has).forEach(field -> meta.set(field, oldMeta.get(field)));
    List<String> added = new ArrayList<>(Json.texts(meta.path("finalizers")));
    added.removeAll(Json.texts(oldMeta.path("finalizers")));
    if (meta.has("deletionTimestamp") && !added.isEmpty()) {
      String why =
          "no new finalizers can be added if the object is being deleted, found new finalizers "
              + added;
      causes.add(Cause.forbidden("metadata.finalizers", why));
    }
    if (!causes.isEmpty()) {
      throw ApiException.invalid(kind, meta.path("name").asText(), causes);
    }
    if (meta.path("finalizers").isEmpty()) {
      meta.remove("finalizers");
    }
  }

  static void checkRevision(Target target, ObjectNode old, ObjectNode next) {
    String given = Json.metaText(next, "resourceVersion");
    if (given.isEmpty() && target.kind().isCustom() && !target.isScale()) {
      Cause cause = Cause.invalid("metadata.resourceVersion", 0, "must be specified for an update");
      throw ApiException.invalid(target.kind(), target.name(), List.of(cause));
    }
    if (!given.isEmpty() && !given.equals(Json.metaText(old, "resourceVersion"))) {
      String why =
          "the object has been modified; please apply your changes to the latest version and try again";
      throw ApiException.conflict(target.kind(), target.name(), why);
    }
  }

  /** A precondition given by the client, on a field of the stored object's metadata. */
  static void checkPrecondition(
      Kind kind, ObjectNode present, String field, String label, String wanted) {
    String actual = Json.metaText(present, field);
    if (!wanted.isEmpty() && !wanted.equals(actual)) {
      String why =
          "Precondition failed: "
              + label
              + " in precondition: "
              + wanted
              + ", "
              + label
              + " in object meta: ";
      throw ApiException.conflict(kind, Json.metaText(present, "name"), why + actual);
    }
  }

  /** Prunes, sets defaults and validates {@code next}; {@code old} is null for a create. */
  static void admit(Kind kind, ObjectNode old, ObjectNode next, Options options) {
    List<Cause> causes = new ArrayList<>(Builtins.prepare(kind, old, next));
    if (kind.isCustom()) {
      List<String> unknown =
          Schema.prune(next, kind.schema()).stream()
              .map(field -> "unknown field \"" + field + "\"")
              .toList();
      if (!unknown.isEmpty() && options.fieldValidation().equals("Strict")) {
        String name =
            kind.kind()
                + " in version \""
                + kind.version()
                + "\" cannot be handled as a "
                + kind.kind();
        throw ApiException.badRequest(
            name + ": strict decoding error: " + String.join(", ", unknown));
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
}
