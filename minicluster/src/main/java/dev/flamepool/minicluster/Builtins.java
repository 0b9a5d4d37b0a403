package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.ApiException.Cause;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the API server does to objects of particular built-in kinds before it stores them. */
final class Builtins {
  /** What Go writes with an escape when it writes JSON again that it has not read. */
  private static final Pattern ESCAPED_BY_GO = Pattern.compile("[<>&\\u2028\\u2029]");

  private Builtins() {}

  /**
   * Completes {@code next} in place and checks what may not change.
   *
   * @param old the stored object, null for a create
   * @param patched whether the request is a patch
   */
  static List<Cause> prepare(Kind kind, ObjectNode old, ObjectNode next, boolean patched) {
    return switch (kind.resource()) {
      case "secrets" -> {
        encode(next);
        yield sealed(old, next);
      }
      case "configmaps" -> sealed(old, next);
      case "controllerrevisions.apps" -> unchangedData(old, next, patched);
      case Kind.DEFINITIONS -> definition(next);
      default -> List.of();
    };
  }

  private static void encode(ObjectNode secret) {
    for (Map.Entry<String, JsonNode> plain : secret.path("stringData").properties()) {
      byte[] bytes = plain.getValue().asText().getBytes(StandardCharsets.UTF_8);
      secret.withObject("/data").put(plain.getKey(), Base64.getEncoder().encodeToString(bytes));
    }
    secret.remove("stringData");
    secret.put("type", secret.path("type").asText("Opaque"));
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

  /**
   * Bytes are compared. A patch has the server write the object and read it again, by which some
   * characters become escapes: then even a patch that does not mention the data changes them.
   */
  private static List<Cause> unchangedData(ObjectNode old, ObjectNode next, boolean patched) {
    if (old == null) {
      return List.of();
    }
    JsonNode data = old.path("data");
    boolean rewritten = patched && ESCAPED_BY_GO.matcher(data.toString()).find();
    return rewritten || !data.equals(next.path("data"))
        ? List.of(Cause.invalid("data", next.path("data"), "field is immutable"))
        : List.of();
  }

  private static List<Cause> definition(ObjectNode next) {
    Kind defined = Kind.of(next);
    String name = Json.metaText(next, "name");
    if (!name.equals(defined.resource())) {
      return List.of(Cause.invalid("metadata.name", name, "must be " + defined.resource()));
    }
    String template =
        "{acceptedNames: %s, storedVersions: [%s], conditions: ["
            + "{type: 'NamesAccepted', status: 'True', lastTransitionTime: %s},"
            + "{type: 'Established', status: 'True', lastTransitionTime: %s}]}";
    String since = Json.metaText(next, "creationTimestamp");
    next.set("status", Json.of(template, defined.names(), defined.version(), since, since));
    return List.of();
  }
}
