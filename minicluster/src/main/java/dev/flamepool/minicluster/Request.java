package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A request that was read whole.
 *
 * @param warnings takes what the answer's Warning headers will say
 */
record Request(String method, URI uri, Headers headers, String body, List<String> warnings) {
  /** The first value of a query parameter, empty if it is absent. */
  String parameter(String name) {
    return Stream.of(Objects.requireNonNullElse(uri.getRawQuery(), "").split("&", -1))
        .filter(pair -> pair.startsWith(name + "="))
        .map(pair -> URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8))
        .findFirst()
        .orElse("");
  }

  long number(String name) {
    String text = parameter(name);
    if (!text.matches("[0-9]{0,18}")) {
      throw ApiException.badRequest(name + " must be a number, not " + text);
    }
    return text.isEmpty() ? 0 : Long.parseLong(text);
  }

  boolean is(String name) {
    return parameter(name).equals("true") || parameter(name).equals("1");
  }

  boolean isDryRun() {
    return !parameter("dryRun").isEmpty();
  }

  /** All values of a header, empty if it is absent. */
  String header(String name) {
    return String.join(",", headers.getOrDefault(name, List.of()));
  }

  boolean wantsTable() {
    return header("Accept").contains("as=Table");
  }

  List<String> steps() {
    return Stream.of(uri.getPath().split("/", -1)).filter(step -> !step.isEmpty()).toList();
  }

  ObjectNode object() {
    if (Json.parse(body) instanceof ObjectNode object) {
      return object;
    }
    throw ApiException.badRequest("the body must be a JSON object");
  }
}
