package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The judge of requests to Fly and of answers from it: what Fly's OpenAPI document says of the
 * operations that are used or simulated, read by a validator that knows nothing of this project.
 * What the document does not say is a violation, also a field of a body that it does not list,
 * unless {@code known-gaps.json} lists it with the reason. Thread-safe.
 *
 * <p>{@code wire.json} has the names and types of Fly's document of 2026-05-07, which is published
 * at docs.machines.dev ({@code /spec/openapi3.json}). A test compares the two where the original
 * is.
 */
public final class Conformance {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode components;
  private final Operations operations;
  private final KnownGaps gaps;
  private final SchemaRegistry registry = SchemaRegistry.withDialect(Dialects.getOpenApi30());
  private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

  private Conformance(JsonNode document, KnownGaps gaps) {
    operations = new Operations(document);
    this.gaps = gaps;
    JsonNode closed = document.path("components").deepCopy();
    close(closed);
    components = closed;
  }

  /** The check against Fly's document and the known gaps of it. */
  public static Conformance fly() {
    return new Conformance(
        WireDescription.document(resource("wire.json")),
        new KnownGaps(resource("known-gaps.json")));
  }

  static JsonNode resource(String name) {
    try (InputStream in = Conformance.class.getResourceAsStream(name)) {
      return JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Operations operations() {
    return operations;
  }

  /** What else a JSON object may hold is an error, as a misspelt field is. */
  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.path("properties").isObject()
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    node.forEach(Conformance::close);
  }

  /**
   * What is wrong with a request; empty if nothing is.
   *
   * @param method such as {@code POST}
   * @param path with query, still encoded, with or without {@code /v1}
   * @param body the JSON text; empty for none
   */
  public List<String> request(String method, String path, String body) {
    Optional<Operations.Match> found = operations.match(method, path);
    if (found.isEmpty()) {
      return List.of(method + " " + path + ": there is no such operation");
    }
    Operations.Match operation = found.get();
    List<String> violations = new ArrayList<>(parameters(operation, Query.of(path)));
    JsonNode content = operation.definition().path("requestBody").path("content");
    if (!body.isBlank()) {
      violations.addAll(body(operation.id(), "request", content, body, true));
    } else if (operation.definition().path("requestBody").path("required").asBoolean()) {
      violations.add(operation.id() + " request: the body is missing");
    }
    return violations;
  }

  /**
   * What is wrong with an answer; empty if nothing is.
   *
   * @param body the JSON text; empty for none
   */
  public List<String> response(String method, String path, int status, String body) {
    Optional<Operations.Match> found = operations.match(method, path);
    if (found.isEmpty()) {
      return List.of(method + " " + path + ": there is no such operation");
    }
    Operations.Match operation = found.get();
    String where = "response " + status;
    JsonNode response = operation.definition().path("responses").path("" + status);
    Optional<JsonNode> gap = gaps.status(operation.id(), status);
    if (response.isMissingNode() && gap.isEmpty()) {
      return List.of("%s: status %d is not documented".formatted(operation.id(), status));
    }
    JsonNode content = response.path("content");
    if (content.isEmpty() && gap.isPresent()) {
      content = gap.get();
    }
    return body.isBlank() ? List.of() : body(operation.id(), where, content, body, false);
  }

  private List<String> parameters(Operations.Match operation, Query query) {
    List<String> violations = new ArrayList<>();
    query
        .values()
        .forEach(
            (name, values) -> {
              Optional<JsonNode> schema = parameter(operation.definition(), name);
              for (String value : values) {
                String where = "%s query %s=%s".formatted(operation.id(), name, value);
                boolean known = gaps.parameter(operation.id(), name, value);
                if (!known && schema.isEmpty()) {
                  violations.add(where + ": the parameter is not documented");
                } else if (!known) {
                  String key = operation.id() + " query " + name;
                  schema(key, schema.get()).validate(typed(schema.get(), value)).stream()
                      .map(error -> where + ": " + error.getMessage())
                      .forEach(violations::add);
                }
              }
            });
    return violations;
  }

  private static Optional<JsonNode> parameter(JsonNode definition, String name) {
    for (JsonNode parameter : definition.path("parameters")) {
      if (parameter.path("in").asText().equals("query")
          && parameter.path("name").asText().equals(name)) {
        return Optional.of(parameter.path("schema"));
      }
    }
    return Optional.empty();
  }

  private static JsonNode typed(JsonNode schema, String value) {
    String type = schema.path("type").asText();
    if (type.equals("integer") && value.matches("-?\\d{1,18}")) {
      return LongNode.valueOf(Long.parseLong(value));
    } else if (type.equals("boolean") && (value.equals("true") || value.equals("false"))) {
      return BooleanNode.valueOf(value.equals("true"));
    }
    return TextNode.valueOf(value);
  }

  private List<String> body(
      String operation, String where, JsonNode content, String body, boolean request) {
    JsonNode schema = content.path("application/json").path("schema");
    if (schema.isMissingNode()) {
      return List.of("%s %s: no body is documented".formatted(operation, where));
    }
    JsonNode value;
    try {
      value = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return List.of("%s %s: %s".formatted(operation, where, e.getOriginalMessage()));
    }
    return schema(operation + " " + where, schema).validate(value).stream()
        .map(KnownGaps.Finding::of)
        .filter(finding -> !gaps.value(operation, request, finding, value))
        .map(finding -> "%s %s %s".formatted(operation, where, finding))
        .toList();
  }

  private Schema schema(String key, JsonNode schema) {
    return schemas.computeIfAbsent(
        key,
        k -> {
          ObjectNode closed = JSON.createObjectNode();
          closed.putArray("allOf").add(schema);
          closed.set("components", components);
          return registry.getSchema(closed);
        });
  }
}
