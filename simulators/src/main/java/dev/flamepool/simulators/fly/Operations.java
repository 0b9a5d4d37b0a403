package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The operations of the OpenAPI document, and which of them a request is. */
final class Operations {
  /**
   * One operation.
   *
   * @param id Fly's own name of it, such as {@code Machines_create}
   * @param parameters what its path's placeholders stand for
   */
  record Match(String id, JsonNode definition, Map<String, String> parameters) {}

  private record Known(String method, List<String> path, String id, JsonNode definition) {}

  private final List<Known> all = new ArrayList<>();

  Operations(JsonNode document) {
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        o ->
                            all.add(
                                new Known(
                                    o.getKey().toUpperCase(Locale.ROOT),
                                    steps(path.getKey()),
                                    o.getValue().path("operationId").asText(),
                                    o.getValue()))));
  }

  /**
   * The operation that a request is.
   *
   * @param path with or without {@code /v1} and query, still encoded
   */
  Optional<Match> match(String method, String path) {
    String plain = path.replaceFirst("[?].*", "");
    List<String> steps = steps(plain.startsWith("/v1/") ? plain.substring(3) : plain);
    return all.stream()
        .filter(known -> known.method().equals(method) && fits(known.path(), steps))
        .map(known -> new Match(known.id(), known.definition(), values(known.path(), steps)))
        .findFirst();
  }

  private static boolean fits(List<String> pattern, List<String> steps) {
    if (pattern.size() != steps.size()) {
      return false;
    }
    for (int i = 0; i < steps.size(); i++) {
      if (!pattern.get(i).startsWith("{") && !pattern.get(i).equals(steps.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static Map<String, String> values(List<String> pattern, List<String> steps) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < steps.size(); i++) {
      String name = pattern.get(i);
      if (name.startsWith("{")) {
        String raw = steps.get(i).replace("+", "%2B");
        values.put(
            name.substring(1, name.length() - 1), URLDecoder.decode(raw, StandardCharsets.UTF_8));
      }
    }
    return values;
  }

  private static List<String> steps(String path) {
    return Arrays.stream(path.split("/", -1)).filter(step -> !step.isEmpty()).toList();
  }
}
