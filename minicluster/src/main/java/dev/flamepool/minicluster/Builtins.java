package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.ApiException.Cause;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** What the API server does to objects of particular built-in kinds before it stores them. */
final class Builtins {
  private Builtins() {}

  /**
   * Completes {@code next} in place and checks what may not change.
   *
   * @param old the stored object, null for a create
   */
  static List<Cause> prepare(Kind kind, ObjectNode old, ObjectNode next) {
    switch (kind.resource()) {
      case "namespaces" -> namespace(old, next);
      case "secrets" -> secret(next);
      case "pods" -> {
        if (old == null) {
          next.set("status", Json.object("phase", "Pending"));
        }
      }
      case Kind.DEFINITIONS -> {
        return definition(next);
      }
      default -> {}
    }
    boolean sealable = kind.resource().equals("secrets") || kind.resource().equals("configmaps");
    return sealable && old != null && old.path("immutable").asBoolean()
        ? sealed(old, next)
        : List.of();
  }

  private static void namespace(ObjectNode old, ObjectNode next) {
    if (old == null) {
      next.set("spec", Json.object("finalizers", List.of("kubernetes")));
      next.set("status", Json.object("phase", "Active"));
      Json.put(
          next,
          "metadata.labels",
          Json.at(next, "metadata.labels").isObject()
              ? Json.at(next, "metadata.labels")
              : Json.object());
      ((ObjectNode) Json.at(next, "metadata.labels"))
          .put("kubernetes.io/metadata.name", Json.metaText(next, "name"));
    }
  }

  private static void secret(ObjectNode next) {
    if (next.remove("stringData") instanceof ObjectNode plain) {
      ObjectNode data =
          next.get("data") instanceof ObjectNode present ? present : next.putObject("data");
      plain
          .properties()
          .forEach(
              entry -> {
                byte[] bytes = entry.getValue().asText().getBytes(StandardCharsets.UTF_8);
                data.put(entry.getKey(), Base64.getEncoder().encodeToString(bytes));
              });
    }
    if (!next.has("type")) {
      next.put("type", "Opaque");
    }
  }

  private static List<Cause> sealed(ObjectNode old, ObjectNode next) {
    List<Cause> causes = new ArrayList<>();
    String why = "field is immutable when `immutable` is set";
    for (String field : List.of("immutable", "data", "stringData", "binaryData")) {
      if (!old.path(field).equals(next.path(field))) {
        causes.add(Cause.forbidden(field, why));
      }
    }
    return causes;
  }

  private static List<Cause> definition(ObjectNode next) {
    JsonNode spec = next.path("spec");
    String name = spec.path("names").path("plural").asText() + "." + spec.path("group").asText();
    if (!Json.metaText(next, "name").equals(name)) {
      String why = "must be spec.names.plural+\".\"+spec.group";
      return List.of(Cause.invalid("metadata.name", Json.quote(Json.metaText(next, "name")), why));
    }
    List<JsonNode> stored =
        Json.stream(spec.path("versions")).filter(v -> v.path("storage").asBoolean()).toList();
    if (stored.size() != 1) {
      return List.of(
          Cause.invalid(
              "spec.versions",
              spec.path("versions"),
              "must have exactly one version marked as storage version"));
    }
    String kind = spec.path("names").path("kind").asText();
    ObjectNode names = (ObjectNode) spec.path("names");
    names.put("singular", names.path("singular").asText(kind.toLowerCase(Locale.ROOT)));
    names.put("listKind", names.path("listKind").asText(kind + "List"));
    Json.put(next, "spec.conversion", Json.object("strategy", "None"));
    if (!next.path("status").has("conditions")) {
      String since = Json.metaText(next, "creationTimestamp");
      next.set(
          "status",
          Json.object(
              "acceptedNames",
              names.deepCopy(),
              "storedVersions",
              List.of(stored.get(0).path("name")),
              "conditions",
              List.of(
                  condition("NamesAccepted", "NoConflicts", "no conflicts found", since),
                  condition(
                      "Established",
                      "InitialNamesAccepted",
                      "the initial names have been accepted",
                      since))));
    }
    return List.of();
  }

  private static ObjectNode condition(String type, String reason, String message, String since) {
    return Json.object(
        "type",
        type,
        "status",
        "True",
        "reason",
        reason,
        "message",
        message,
        "lastTransitionTime",
        since);
  }
}
