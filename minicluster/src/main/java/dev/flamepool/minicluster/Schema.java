package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Structural schemas of custom resources: pruning and defaults. {@link Validation} checks what is
 * left.
 */
final class Schema {
  private static final Set<String> ENVELOPE = Set.of("apiVersion", "kind", "metadata");

  private Schema() {}

  /** Removes fields that the schema does not know; returns their paths. */
  static List<String> prune(ObjectNode resource, JsonNode schema) {
    List<String> unknown = new ArrayList<>();
    prune(resource, schema, "", unknown);
    return unknown;
  }

  private static void prune(JsonNode value, JsonNode schema, String path, List<String> unknown) {
    if (value instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        prune(array.get(i), schema.path("items"), path + "[" + i + "]", unknown);
      }
    } else if (value instanceof ObjectNode object) {
      boolean keep = keepsUnknown(schema) || schema.path("additionalProperties").asBoolean(false);
      for (Iterator<Map.Entry<String, JsonNode>> fields = object.properties().iterator();
          fields.hasNext(); ) {
        Map.Entry<String, JsonNode> field = fields.next();
        String name = field.getKey();
        JsonNode child = child(schema, name);
        if (path.isEmpty() && ENVELOPE.contains(name)) {
          continue;
        }
        String at = path.isEmpty() ? name : path + "." + name;
        if (!child.isMissingNode()) {
          prune(field.getValue(), child, at, unknown);
        } else if (!keep) {
          unknown.add(at);
          fields.remove();
        }
      }
    }
  }

  static boolean keepsUnknown(JsonNode schema) {
    return schema.path("x-kubernetes-preserve-unknown-fields").asBoolean(false);
  }

  /** The schema of a field or map entry; missing if the schema says nothing of it. */
  static JsonNode child(JsonNode schema, String field) {
    JsonNode property = schema.path("properties").path(field);
    JsonNode additional = schema.path("additionalProperties");
    return property.isMissingNode() && additional.isObject() ? additional : property;
  }

  /** Sets defaults where a field is absent, or null without being nullable. */
  static void defaults(JsonNode value, JsonNode schema) {
    if (value instanceof ArrayNode array) {
      array.forEach(item -> defaults(item, schema.path("items")));
    } else if (value instanceof ObjectNode object) {
      schema
          .path("properties")
          .properties()
          .forEach(
              property -> {
                JsonNode given = object.get(property.getKey());
                JsonNode preset = property.getValue().get("default");
                boolean absent =
                    given == null
                        || (given.isNull() && !property.getValue().path("nullable").asBoolean());
                if (absent && preset != null) {
                  object.set(property.getKey(), preset.deepCopy());
                }
              });
      object
          .properties()
          .forEach(field -> defaults(field.getValue(), child(schema, field.getKey())));
    }
  }

  /**
   * How a list is merged: as a map by these keys, as a set ({@code isSet}), or replaced whole
   * (neither).
   */
  record ListType(List<String> keys, boolean isSet) {
    static final ListType ATOMIC = new ListType(List.of(), false);
    private static final ListType SET = new ListType(List.of(), true);

    /** Merge keys of lists in built-in kinds and in metadata, by field name. */
    private static final Map<String, List<String>> BUILTIN =
        Map.ofEntries(
            Map.entry("ownerReferences", List.of("uid")),
            Map.entry("conditions", List.of("type")),
            Map.entry("containers", List.of("name")),
            Map.entry("initContainers", List.of("name")),
            Map.entry("env", List.of("name")),
            Map.entry("volumes", List.of("name")),
            Map.entry("volumeMounts", List.of("mountPath")),
            Map.entry("imagePullSecrets", List.of("name")),
            Map.entry("secrets", List.of("name")));

    /** From the schema of a custom resource's list, else (schema missing) by the field's name. */
    static ListType of(JsonNode schema, String field, JsonNode list) {
      if (schema.isMissingNode()) {
        if (field.equals("finalizers")) {
          return SET;
        }
        if (field.equals("ports")) {
          return new ListType(
              List.of(list.path(0).has("containerPort") ? "containerPort" : "port"), false);
        }
        return new ListType(BUILTIN.getOrDefault(field, List.of()), false);
      }
      return switch (schema.path("x-kubernetes-list-type").asText()) {
        case "map" -> new ListType(Json.texts(schema.path("x-kubernetes-list-map-keys")), false);
        case "set" -> SET;
        default -> ATOMIC;
      };
    }

    boolean isMap() {
      return !keys.isEmpty();
    }

    /** The element of the list with the same keys, else null. */
    ObjectNode twin(JsonNode list, JsonNode element) {
      for (JsonNode candidate : list) {
        if (keys.stream().allMatch(key -> candidate.path(key).equals(element.path(key)))) {
          return (ObjectNode) candidate;
        }
      }
      return null;
    }

    /** The first index whose keys or value occurred before, else -1. */
    int firstDuplicate(JsonNode list) {
      Set<List<JsonNode>> seen = new HashSet<>();
      for (int i = 0; i < list.size(); i++) {
        JsonNode element = list.get(i);
        List<JsonNode> identity =
            isSet ? List.of(element) : keys.stream().map(element::path).toList();
        if ((isSet || isMap()) && !seen.add(identity)) {
          return i;
        }
      }
      return -1;
    }
  }
}
