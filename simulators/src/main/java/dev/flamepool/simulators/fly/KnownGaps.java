package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What Fly's service does and its document does not say, one entry each with the reason: {@code
 * known-gaps.json}. Nothing else passes.
 *
 * <p>An entry is a status, a query parameter or a place in a body, of one operation or of all
 * ({@code *}). Places are JSON pointers in which {@code *} is any one step.
 */
final class KnownGaps {
  /**
   * One finding of the validator.
   *
   * @param at JSON pointer of the value; of the field itself, if that is not documented
   */
  record Finding(String at, String keyword, String message) {
    static Finding of(Error error) {
      String at = pointer(error.getInstanceLocation().toString());
      boolean field = error.getKeyword().equals("additionalProperties");
      return new Finding(
          field ? at + "/" + error.getProperty() : at, error.getKeyword(), error.getMessage());
    }

    /** The validator's paths are pointers, or, by its settings, JSONPath. */
    private static String pointer(String location) {
      return location.equals("$") ? "" : location;
    }

    @Override
    public String toString() {
      return (at.isEmpty() ? "/" : at) + ": " + message;
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode gaps;

  KnownGaps(JsonNode gaps) {
    this.gaps = gaps;
  }

  /** The content that an undocumented status may have, in the document's own form. */
  Optional<JsonNode> status(String operation, int status) {
    for (JsonNode gap : gaps.path("statuses")) {
      if (gap.path("status").asInt() == status && concerns(gap, operation)) {
        return Optional.of(
            JSON.createObjectNode()
                .set(
                    "application/json", JSON.createObjectNode().set("schema", gap.path("schema"))));
      }
    }
    return Optional.empty();
  }

  boolean parameter(String operation, String name, String value) {
    for (JsonNode gap : gaps.path("parameters")) {
      if (concerns(gap, operation)
          && Pattern.matches(gap.path("name").asText(), name)
          && Pattern.matches(gap.path("value").asText(".*"), value)) {
        return true;
      }
    }
    return false;
  }

  boolean value(String operation, boolean request, Finding finding, JsonNode body) {
    for (JsonNode gap : gaps.path("values")) {
      if (concerns(gap, operation)
          && gap.path("in").asText().equals(request ? "request" : "response")
          && fits(gap.path("at").asText(), finding.at())
          && is(gap.path("is"), body.at(finding.at()))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Without {@code is} any value passes; else the value must be the one, or one of those, given.
   */
  private static boolean is(JsonNode expected, JsonNode value) {
    if (expected.isArray()) {
      for (JsonNode one : expected) {
        if (one.equals(value)) {
          return true;
        }
      }
      return false;
    }
    return expected.isMissingNode() || expected.equals(value);
  }

  private static boolean concerns(JsonNode gap, String operation) {
    List<String> operations = new ArrayList<>();
    gap.path("operations").forEach(o -> operations.add(o.asText()));
    return operations.contains("*") || operations.contains(operation);
  }

  private static boolean fits(String pattern, String at) {
    String[] wanted = pattern.split("/", -1);
    String[] given = at.split("/", -1);
    if (wanted.length != given.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (!wanted[i].equals("*") && !wanted[i].equals(given[i])) {
        return false;
      }
    }
    return true;
  }
}
