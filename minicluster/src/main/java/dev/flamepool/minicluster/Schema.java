package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.ApiException.Cause;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One walk along an object and its structural schema: prunes, sets defaults, validates.
 *
 * @param causes takes what is wrong
 * @param unknown takes the paths of the fields that were removed
 */
record Schema(List<Cause> causes, List<String> unknown) {
  private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();
  private static final Set<String> ENVELOPE = Set.of("apiVersion", "kind", "metadata");

  /** Completes the value in place; {@code path} is empty for an object. */
  void visit(JsonNode value, JsonNode schema, String path) {
    if (value.isNull() && schema.path("nullable").asBoolean()) {
      return;
    }
    boolean intOrString = schema.path("x-kubernetes-int-or-string").asBoolean();
    String type = intOrString ? "integer or string" : schema.path("type").asText();
    if (!isOf(type, value)) {
      causes.add(Cause.invalid(path, value, "must be of type " + type));
      return;
    }
    if (value instanceof ObjectNode object) {
      defaults(object, schema);
      fields(object, schema, path);
    }
    for (int i = 0; value.isArray() && i < value.size(); i++) {
      visit(value.get(i), schema.path("items"), path + "[" + i + "]");
    }
    for (Map.Entry<String, JsonNode> rule : schema.properties()) {
      check(rule.getKey(), rule.getValue(), value, schema, path);
    }
  }

  private static boolean isOf(String type, JsonNode value) {
    return switch (type) {
      case "" -> true;
      case "integer" -> value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
      case "integer or string" -> value.isTextual() || isOf("integer", value);
      default -> value.getNodeType().name().equals(type.toUpperCase(Locale.ROOT));
    };
  }

  private static void defaults(ObjectNode object, JsonNode schema) {
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      JsonNode given = object.path(property.getKey());
      boolean isNull = given.isNull() && !property.getValue().path("nullable").asBoolean();
      JsonNode preset = property.getValue().path("default");
      if ((given.isMissingNode() || isNull) && !preset.isMissingNode()) {
        object.set(property.getKey(), preset.deepCopy());
      }
    }
  }

  private void fields(ObjectNode object, JsonNode schema, String path) {
    JsonNode additional = schema.path("additionalProperties");
    boolean keep =
        additional.asBoolean() || schema.path("x-kubernetes-preserve-unknown-fields").asBoolean();
    for (Map.Entry<String, JsonNode> field : List.copyOf(object.properties())) {
      String name = field.getKey();
      JsonNode property = schema.path("properties").path(name);
      JsonNode child = property.isMissingNode() && additional.isObject() ? additional : property;
      boolean envelope = path.isEmpty() && ENVELOPE.contains(name);
      if (!child.isMissingNode() && !envelope) {
        visit(field.getValue(), child, join(path, name));
      } else if (!keep && !envelope) {
        unknown.add("unknown field \"" + join(path, name) + "\"");
        object.remove(name);
      }
    }
  }

  private static String join(String path, String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  /** One keyword of the schema; keywords that say nothing of the value are passed over. */
  private void check(String keyword, JsonNode limit, JsonNode value, JsonNode schema, String path) {
    boolean holds =
        switch (keyword) {
          case "minimum", "minLength", "minItems" -> size(value) >= limit.asDouble();
          case "maximum", "maxLength", "maxItems", "maxProperties" ->
              size(value) <= limit.asDouble();
          case "enum" -> Json.stream(limit).anyMatch(value::equals);
          case "pattern" -> pattern(limit.asText()).matcher(value.asText()).find();
          case "x-kubernetes-list-type" ->
              limit.asText().equals("atomic")
                  || isUnique(value, Json.texts(schema.path("x-kubernetes-list-map-keys")));
          default -> true;
        };
    if (!holds) {
      causes.add(Cause.invalid(path, value, "breaks the rule " + keyword + ": " + limit));
    }
    for (JsonNode field : keyword.equals("required") ? limit : Json.of("{}")) {
      if (!value.has(field.asText())) {
        causes.add(new Cause("FieldValueRequired", "Required value", join(path, field.asText())));
      }
    }
  }

  /** As in Go, where only a line feed ends a line and the end is the end of the whole text. */
  private static Pattern pattern(String text) {
    return PATTERNS.computeIfAbsent(
        text, go -> Pattern.compile(go.replaceAll("(?<!\\\\)\\$$", "\\\\z"), Pattern.UNIX_LINES));
  }

  /** What bounds limit: a number itself, the length of a text, the size of all else. */
  private static double size(JsonNode value) {
    if (value.isTextual()) {
      return value.asText().codePointCount(0, value.asText().length());
    }
    return value.isNumber() ? value.asDouble() : value.size();
  }

  /** Whether no two elements agree in these keys, or as a whole if there are none. */
  private static boolean isUnique(JsonNode list, List<String> keys) {
    Stream<Object> identities =
        Json.stream(list)
            .map(element -> keys.isEmpty() ? element : keys.stream().map(element::path).toList());
    return identities.distinct().count() == list.size();
  }
}
