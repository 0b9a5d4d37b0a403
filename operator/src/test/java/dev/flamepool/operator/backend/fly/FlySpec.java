package dev.flamepool.operator.backend.fly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Fly's OpenAPI document as the judge of bodies. The document leaves objects open; here a property
 * that it does not name is an error, except those of {@code known-gaps.txt}.
 */
public final class FlySpec {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNode DOCUMENT = strict();
  private static final Map<String, JsonSchema> SCHEMAS = new ConcurrentHashMap<>();

  private FlySpec() {}

  /**
   * What is wrong with the body of a request, by the schema of that name; empty when nothing is.
   */
  public static List<String> problems(String schema, String body) {
    try {
      return SCHEMAS
          .computeIfAbsent(schema, FlySpec::compiled)
          .validate(JSON.readTree(body))
          .stream()
          .map(message -> message.getInstanceLocation() + ": " + message.getMessage())
          .toList();
    } catch (IOException e) {
      return List.of("it is no JSON: " + e.getMessage());
    }
  }

  private static JsonSchema compiled(String name) {
    ObjectNode schema = JSON.createObjectNode();
    schema.put("$ref", "#/components/schemas/" + name);
    schema.set("components", DOCUMENT.get("components"));
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(schema);
  }

  private static JsonNode strict() {
    JsonNode document = read("machines-openapi.json");
    JsonNode schemas = document.path("components").path("schemas");
    for (String line : text("known-gaps.txt").split("\n", -1)) {
      String gap = line.replaceAll("#.*", "").strip();
      if (!gap.isEmpty()) {
        String[] parts = gap.split("\\s+", 2);
        ((ObjectNode) schemas.path(parts[0]).path("properties")).putObject(parts[1]);
      }
    }
    schemas.forEach(FlySpec::close);
    return document;
  }

  private static void close(JsonNode schema) {
    if (schema.has("properties") && !schema.has("additionalProperties") && !schema.has("allOf")) {
      ((ObjectNode) schema).put("additionalProperties", false);
      schema.get("properties").forEach(FlySpec::close);
    }
  }

  private static JsonNode read(String name) {
    try {
      return JSON.readTree(text(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(String name) {
    try (InputStream in = FlySpec.class.getResourceAsStream("/fly/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
