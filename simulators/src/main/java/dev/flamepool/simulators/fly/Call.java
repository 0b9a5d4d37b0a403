package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that may be served.
 *
 * @param operation its name in Fly's document
 * @param parameters of the path
 * @param body missing node if it has none
 * @param nonce of the lease that it says to hold, empty if none
 * @param effect what is to go wrong
 */
record Call(
    String operation,
    Map<String, String> parameters,
    Query query,
    JsonNode body,
    String nonce,
    @Nullable Effect effect) {

  /** What it is answered. */
  record Answer(int status, @Nullable JsonNode body) {
    static Answer ok(JsonNode body) {
      return new Answer(200, body);
    }

    static Answer done() {
      return ok(JsonNodeFactory.instance.objectNode().put("ok", true));
    }

    static Answer nothing() {
      return new Answer(204, null);
    }
  }

  /** Serves calls of one operation. */
  @FunctionalInterface
  interface Handler {
    Answer handle(Call call) throws FlyError;
  }

  String app() {
    return parameters.getOrDefault("app_name", "");
  }

  String machine() {
    return parameters.getOrDefault("machine_id", "");
  }

  /** The body of a call that must have one. */
  ObjectNode object() throws FlyError {
    if (body instanceof ObjectNode object) {
      return object;
    }
    throw FlyError.of(400, "invalid_argument: the body must be a JSON object");
  }
}
