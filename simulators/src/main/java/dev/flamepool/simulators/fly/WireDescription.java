package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Reads {@code wire.json}, the short description of Fly's interface, and spells it out as an
 * OpenAPI document.
 *
 * <p>A type is written as one of these: {@code "string"}, {@code "integer"}, {@code "number"},
 * {@code "boolean"} or {@code "object"}; {@code "any"}; {@code "#Name"}, another type; {@code
 * [type]}, an array; {@code {"*": type}}, a map; {@code {"one of": [words]}}, a choice of texts;
 * else an object, by field, with the names in {@code required} of those that must be there.
 */
final class WireDescription {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private WireDescription() {}

  /** The OpenAPI document that a short description stands for. */
  static JsonNode document(JsonNode description) {
    ObjectNode document = JSON.objectNode();
    ObjectNode paths = document.putObject("paths");
    for (JsonNode operation : description.path("operations")) {
      String[] is = operation.path("is").asText().split(" ", 2);
      paths.withObjectProperty(is[1]).set(is[0].toLowerCase(java.util.Locale.ROOT), of(operation));
    }
    ObjectNode schemas = document.putObject("components").putObject("schemas");
    description
        .path("types")
        .properties()
        .forEach(e -> schemas.set(e.getKey(), type(e.getValue())));
    return document;
  }

  private static ObjectNode of(JsonNode operation) {
    ObjectNode spelt = JSON.objectNode().put("operationId", operation.path("id").asText());
    operation
        .path("query")
        .properties()
        .forEach(
            e ->
                spelt
                    .withArrayProperty("parameters")
                    .addObject()
                    .put("name", e.getKey())
                    .put("in", "query")
                    .set("schema", type(e.getValue())));
    if (operation.has("body")) {
      ObjectNode body = spelt.putObject("requestBody");
      body.set("content", content(operation.path("body")));
      body.put("required", operation.path("body required").asBoolean());
    }
    ObjectNode responses = spelt.putObject("responses");
    operation
        .path("answers")
        .properties()
        .forEach(
            e -> {
              ObjectNode response = responses.putObject(e.getKey());
              if (!e.getValue().asText().equals("nothing")) {
                response.set("content", content(e.getValue()));
              }
            });
    return spelt;
  }

  private static ObjectNode content(JsonNode type) {
    ObjectNode content = JSON.objectNode();
    content.putObject("application/json").set("schema", type(type));
    return content;
  }

  private static ObjectNode type(JsonNode type) {
    ObjectNode schema = JSON.objectNode();
    if (type.isArray()) {
      schema.put("type", "array").set("items", type(type.get(0)));
    } else if (type.has("one of")) {
      schema.put("type", "string").set("enum", type.get("one of"));
    } else if (type.has("*")) {
      schema.put("type", "object").set("additionalProperties", type(type.get("*")));
    } else if (type.isObject()) {
      ObjectNode properties = schema.put("type", "object").putObject("properties");
      type.properties().stream()
          .filter(e -> !e.getKey().equals("required"))
          .forEach(e -> properties.set(e.getKey(), type(e.getValue())));
      if (type.has("required")) {
        schema.set("required", type.get("required"));
      }
    } else if (type.asText().startsWith("#")) {
      schema.put("$ref", "#/components/schemas/" + type.asText().substring(1));
    } else if (!type.asText().equals("any")) {
      schema.put("type", type.asText());
    }
    return schema;
  }
}
