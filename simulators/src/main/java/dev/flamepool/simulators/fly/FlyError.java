package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * A refusal as Fly words it. Those with a name are recorded or in the tests of Fly's own client:
 * {@code errors.json}.
 */
final class FlyError extends Exception {
  private static final Map<String, JsonNode> RECORDED = recorded();

  private final int status;
  private final transient JsonNode body;

  private FlyError(int status, JsonNode body) {
    super(body.path("error").asText(), null, false, false);
    this.status = status;
    this.body = body;
  }

  int status() {
    return status;
  }

  JsonNode body() {
    return body;
  }

  /** A refusal in words of our own, where Fly's are not known. */
  static FlyError of(int status, String words) {
    return new FlyError(status, JsonNodeFactory.instance.objectNode().put("error", words));
  }

  /**
   * A recorded one.
   *
   * @param replacements pairs of a text in the recorded words and what stands there now
   * @throws IllegalArgumentException if there is none of that name
   */
  static FlyError recorded(String name, String... replacements) {
    JsonNode known = RECORDED.get(name);
    if (known == null) {
      throw new IllegalArgumentException(
          name + " is no recorded error: take one of " + RECORDED.keySet());
    }
    ObjectNode body = known.path("body").deepCopy();
    String words = body.path("error").asText();
    for (int i = 0; i < replacements.length; i += 2) {
      words = words.replace(replacements[i], replacements[i + 1]);
    }
    body.put("error", words);
    return new FlyError(known.path("status").asInt(), body);
  }

  private static Map<String, JsonNode> recorded() {
    Map<String, JsonNode> all = new TreeMap<>();
    Conformance.resource("errors.json").forEach(e -> all.put(e.path("name").asText(), e));
    return all;
  }
}
