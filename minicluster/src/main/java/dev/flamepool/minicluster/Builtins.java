package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.ApiException.Cause;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** What the API server does to objects of particular built-in kinds before it stores them. */
final class Builtins {
  private Builtins() {}

  /**
   * Completes {@code next} in place and checks what may not change.
   *
   * @param old the stored object, null for a create
   */
  static List<Cause> prepare(Kind kind, ObjectNode old, ObjectNode next) {
    return switch (kind.resource()) {
      case Kind.NAMESPACES -> {
        if (old == null) {
          next.setAll(Json.of("{spec: {finalizers: ['kubernetes']}, status: {phase: 'Active'}}"));
          ObjectNode labels = Json.meta(next).withObject("/labels");
          labels.put("kubernetes.io/metadata.name", Json.metaText(next, "name"));
        }
        yield List.of();
      }
      case "pods" -> {
        if (old == null) {
          next.set("status", Json.of("{phase: 'Pending'}"));
        }
        yield List.of();
      }
      case "secrets" -> {
        encode(next);
        yield sealed(old, next);
      }
      case "configmaps" -> sealed(old, next);
      case Kind.DEFINITIONS -> definition(next);
      default -> List.of();
    };
  }

  private static void encode(ObjectNode secret) {
    if (secret.remove("stringData") instanceof ObjectNode plain) {
      ObjectNode data = secret.withObject("/data");
      plain
          .properties()
          .forEach(
              entry ->
                  data.put(
                      entry.getKey(),
                      Base64.getEncoder()
                          .encodeToString(
                              entry.getValue().asText().getBytes(StandardCharsets.UTF_8))));
    }
    if (!secret.has("type")) {
      secret.put("type", "Opaque");
    }
  }

  private static List<Cause> sealed(ObjectNode old, ObjectNode next) {
    if (old == null || !old.path("immutable").asBoolean()) {
      return List.of();
    }
    return Stream.of("immutable", "data", "binaryData")
        .filter(field -> !old.path(field).equals(next.path(field)))
        .map(field -> Cause.forbidden(field, "field is immutable when `immutable` is set"))
        .toList();
  }

  private static List<Cause> definition(ObjectNode next) {
    JsonNode spec = next.path("spec");
    String given = Json.metaText(next, "name");
    if (!given.equals(Json.at(spec, "names.plural").asText() + "." + spec.path("group").asText())) {
      String why = "must be spec.names.plural+\".\"+spec.group";
      return List.of(Cause.invalid("metadata.name", Json.quote(given), why));
    }
    List<JsonNode> stored =
        Json.stream(spec.path("versions")).filter(v -> v.path("storage").asBoolean()).toList();
    if (stored.size() != 1) {
      String why = "must have exactly one version marked as storage version";
      return List.of(Cause.invalid("spec.versions", spec.path("versions"), why));
    }
    ObjectNode names = (ObjectNode) spec.path("names");
    String kind = names.path("kind").asText();
    names.put("singular", names.path("singular").asText(kind.toLowerCase(java.util.Locale.ROOT)));
    names.put("listKind", names.path("listKind").asText(kind + "List"));
    Json.put(next, "spec.conversion", Json.of("{strategy: 'None'}"));
    if (!next.path("status").has("conditions")) {
      String template =
          "{acceptedNames: %s, storedVersions: [%s], conditions: [{type: 'NamesAccepted', status: 'True',"
              + " reason: 'NoConflicts', message: 'no conflicts found', lastTransitionTime: %s},"
              + " {type: 'Established', status: 'True', reason: 'InitialNamesAccepted',"
              + " message: 'the initial names have been accepted', lastTransitionTime: %s}]}";
      String since = Json.metaText(next, "creationTimestamp");
      next.set("status", Json.of(template, names, stored.get(0).path("name"), since, since));
    }
    return List.of();
  }
}
