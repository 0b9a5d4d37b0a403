package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

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

  ObjectNode object() {
    if (Json.parse(body) instanceof ObjectNode object) {
      return object;
    }
    throw ApiException.badRequest("the body must be a JSON object");
  }
}
