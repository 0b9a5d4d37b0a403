package dev.flamepool.minicluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What every room does with JSON trees. */
final class Json {
  static final ObjectMapper MAPPER = new ObjectMapper();

  private static final ObjectMapper LENIENT =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES, JsonReadFeature.ALLOW_SINGLE_QUOTES)
          .build();
  private static final Map<String, JsonNode> TEMPLATES = new ConcurrentHashMap<>();

  private static final class Yaml {
    /** Loaded only if a body really is YAML. */
    static final YAMLMapper MAPPER = new YAMLMapper();
  }

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /**
   * The tree of a JSON text in which names may lack quotes and each {@code %s} stands for the next
   * value.
   */
  static ObjectNode of(String template, Object... values) {
    JsonNode parsed = TEMPLATES.computeIfAbsent(template, Json::template);
    return (ObjectNode) fill(parsed, List.of(values).iterator());
  }

  private static JsonNode template(String text) {
    try {
      return LENIENT.readTree(text.replace("%s", "'%s'"));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static JsonNode fill(JsonNode template, Iterator<Object> values) {
    if (template.isObject()) {
      ObjectNode object = object();
      template.properties().forEach(f -> object.set(f.getKey(), fill(f.getValue(), values)));
      return object;
    } else if (template.isArray()) {
      return array(stream(template).map(element -> fill(element, values)).toList());
    }
    return template.asText().equals("%s") ? node(values.next()) : template;
  }

  static ArrayNode array(Collection<?> values) {
    ArrayNode result = MAPPER.createArrayNode();
    values.forEach(value -> result.add(node(value)));
    return result;
  }

  private static JsonNode node(Object value) {
    return value instanceof JsonNode json ? json : MAPPER.valueToTree(value);
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
