package dev.flamepool.minicluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What every room does with JSON trees. */
final class Json {
  static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES, JsonReadFeature.ALLOW_SINGLE_QUOTES)
          .build();

  private static final class Yaml {
    /** Loaded only if a body really is YAML. */
    static final YAMLMapper MAPPER = new YAMLMapper();
  }

  private Json() {}

  /** The object of a JSON text in which names may lack quotes and {@code %s} is the next value. */
  static ObjectNode of(String template, Object... values) {
    try {
      Object[] texts = new Object[values.length];
      for (int i = 0; i < values.length; i++) {
        texts[i] = MAPPER.writeValueAsString(values[i]);
      }
      return (ObjectNode) MAPPER.readTree(template.formatted(texts));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(template, e);
    }
  }

  /** Parses JSON, or YAML if it does not look like JSON; an empty text is a missing node. */
  static JsonNode parse(String text) {
    String body = text.strip();
    if (body.isEmpty()) {
      return MissingNode.getInstance();
    }
    try {
      boolean json = body.startsWith("{") || body.startsWith("[");
      return (json ? MAPPER : Yaml.MAPPER).readTree(body);
    } catch (JsonProcessingException e) {
      throw ApiException.badRequest("the body cannot be parsed: " + e.getOriginalMessage());
    }
  }

  static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  static List<String> texts(JsonNode array) {
    return stream(array).map(JsonNode::asText).toList();
  }

  /** The node at a dotted path such as {@code .spec.replicas}, else a missing node. */
  static JsonNode at(JsonNode node, String dottedPath) {
    return node.at(pointer(dottedPath));
  }

  static void put(ObjectNode root, String dottedPath, JsonNode value) {
    String pointer = pointer(dottedPath);
    int last = pointer.lastIndexOf('/');
    root.withObject(pointer.substring(0, last)).set(pointer.substring(last + 1), value);
  }

  private static String pointer(String dottedPath) {
    return (dottedPath.startsWith(".") ? dottedPath : "." + dottedPath).replace('.', '/');
  }

  static ObjectNode meta(ObjectNode resource) {
    return resource.withObject("/metadata");
  }

  static String metaText(JsonNode resource, String field) {
    return resource.path("metadata").path(field).asText("");
  }
}
