package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.ApiException.Cause;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** One walk along an object and its structural schema: prunes, sets defaults, validates. */
final class Schema {
  /** What was wrong, and the paths of the fields that were removed. */
  record Findings(List<Cause> causes, List<String> unknown) {}

  private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();
  private static final Set<String> ENVELOPE = Set.of("apiVersion", "kind", "metadata");

  /** Reasons of violations by the schema's keyword; all others are FieldValueInvalid. */
  private static final Map<String, String> REASONS =
      Map.of(
          "type", "FieldValueTypeInvalid",
          "required", "FieldValueRequired",
          "enum", "FieldValueNotSupported",
          "maxLength", "FieldValueTooLong",
          "maxItems", "FieldValueTooMany",
          "maxProperties", "FieldValueTooMany",
          "x-kubernetes-list-type", "FieldValueDuplicate");

  private final List<Cause> causes = new ArrayList<>();
  private final List<String> unknown = new ArrayList<>();

  private Schema() {}

  /** Completes the object in place. */
  static Findings admit(ObjectNode object, JsonNode schema) {
    Schema walk = new Schema();
    walk.visit(object, schema, "");
    return new Findings(walk.causes, walk.unknown);
  }

  private void visit(JsonNode value, JsonNode schema, String path) {
    if (value.isNull() && schema.path("nullable").asBoolean()) {
      return;
    }
    String type = type(schema);
    if (!isOf(type, value)) {
      wrong("type", value, path, "must be of type " + type);
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

  private static String type(JsonNode schema) {
    boolean either = schema.path("x-kubernetes-int-or-string").asBoolean();
    return either ? "integer or string" : schema.path("type").asText();
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
        unknown.add(join(path, name));
        object.remove(name);
      }
    }
  }

  private static String join(String path, String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  /** One keyword of the schema; keywords that say nothing of the value are passed over. */
  private void check(String keyword, JsonNode limit, JsonNode value, JsonNode schema, String path) {
    switch (keyword) {
      case "minimum", "minLength", "minItems" -> {
        if (size(value) < limit.asDouble()) {
          wrong(keyword, value, path, "should be greater than or equal to " + limit);
        }
      }
      case "maximum", "maxLength", "maxItems", "maxProperties" -> {
        if (size(value) > limit.asDouble()) {
          wrong(keyword, value, path, "should be less than or equal to " + limit);
        }
      }
      case "pattern" -> {
        Pattern pattern = PATTERNS.computeIfAbsent(limit.asText(), Pattern::compile);
        if (!pattern.matcher(value.asText()).find()) {
          wrong(keyword, value, path, "should match '" + limit.asText() + "'");
        }
      }
      case "enum" -> {
        if (Json.stream(limit).noneMatch(value::equals)) {
          wrong(keyword, value, path, "supported values: " + limit);
        }
      }
      case "required" ->
          Json.texts(limit).stream()
              .filter(field -> !value.has(field))
              .forEach(field -> wrong(keyword, null, join(path, field), "Required value"));
      case "x-kubernetes-list-type" ->
          duplicates(value, limit.asText(), schema.path("x-kubernetes-list-map-keys"), path);
      default -> {}
    }
  }

  /** What bounds limit: a number itself, the length of a text, the size of all else. */
  private static double size(JsonNode value) {
    if (value.isTextual()) {
      return value.asText().codePointCount(0, value.asText().length());
    }
    return value.isNumber() ? value.asDouble() : value.size();
  }

  private void duplicates(JsonNode list, String type, JsonNode keys, String path) {
    Set<Object> seen = new HashSet<>();
    for (int i = 0; !type.equals("atomic") && i < list.size(); i++) {
      JsonNode element = list.get(i);
      List<JsonNode> key = Json.texts(keys).stream().map(element::path).toList();
      if (!seen.add(type.equals("set") ? element : key)) {
        wrong("x-kubernetes-list-type", element, path + "[" + i + "]", "Duplicate value");
      }
    }
  }

  private void wrong(String keyword, JsonNode value, String path, String why) {
    String reason = REASONS.getOrDefault(keyword, "FieldValueInvalid");
    causes.add(
        value == null
            ? new Cause(reason, why, path)
            : new Cause(reason, "Invalid value: " + value + ": " + path + " in body " + why, path));
  }
}
