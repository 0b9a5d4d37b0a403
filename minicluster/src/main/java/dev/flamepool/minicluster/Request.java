package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A request without its transport; {@code query} holds the first value of each parameter. */
record Request(
    String method,
    String path,
    Map<String, String> query,
    String accept,
    String contentType,
    String body) {
  String parameter(String name) {
    return query.getOrDefault(name, "");
  }

  long number(String name) {
    try {
      return Long.parseLong(query.getOrDefault(name, "0"));
    } catch (NumberFormatException e) {
      throw ApiException.badRequest(name + " must be a number, not " + parameter(name));
    }
  }

  boolean is(String name) {
    return parameter(name).equals("true") || parameter(name).equals("1");
  }

  boolean isDryRun() {
    return query.containsKey("dryRun");
  }

  boolean wantsTable() {
    return accept.contains("as=Table");
  }

  List<String> steps() {
    return Arrays.stream(path.split("/", -1)).filter(step -> !step.isEmpty()).toList();
  }

  String mediaType() {
    return contentType.split(";", -1)[0].strip();
  }

  ObjectNode object() {
    return Json.parseObject(body);
  }

  Predicate<JsonNode> selector(Kind kind) {
    return Selector.labels(parameter("labelSelector"))
        .and(Selector.fields(kind, parameter("fieldSelector")));
  }

  Resources.Options options(Consumer<String> warn) {
    String validation = query.getOrDefault("fieldValidation", "Warn");
    return new Resources.Options(
        isDryRun(), validation, parameter("fieldManager"), is("force"), warn);
  }

  /** DeleteOptions from the body; the query parameter of the policy wins. */
  ObjectNode deleteOptions() {
    ObjectNode options = Json.parse(body) instanceof ObjectNode given ? given : Json.object();
    if (options.path("orphanDependents").asBoolean()) {
      options.put("propagationPolicy", "Orphan");
    }
    String policy = parameter("propagationPolicy");
    return policy.isEmpty() ? options : options.put("propagationPolicy", policy);
  }
}
