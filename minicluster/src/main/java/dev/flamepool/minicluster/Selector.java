package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Label and field selectors as predicates over objects. */
final class Selector {
  private static final Pattern SET = Pattern.compile("(\\S+)\\s+(in|notin)\\s+\\(([^)]*)\\)");
  private static final Pattern COMPARISON =
      Pattern.compile("([^=!<>\\s]+)\\s*(==|!=|=|>|<)\\s*(\\S*)");
  private static final Pattern COMMA_OUTSIDE_PARENTHESES = Pattern.compile(",(?![^(]*\\))");

  private Selector() {}

  static Predicate<JsonNode> labels(String selector) {
    return all(selector, Selector::label);
  }

  /**
   * Field selectors: name, namespace, the kind's selectable fields; any field of a built-in kind.
   */
  static Predicate<JsonNode> fields(Kind kind, String selector) {
    return all(selector, term -> field(kind, term));
  }

  private static Predicate<JsonNode> all(
      String selector, java.util.function.Function<String, Predicate<JsonNode>> parse) {
    List<Predicate<JsonNode>> terms = new ArrayList<>();
    for (String term : COMMA_OUTSIDE_PARENTHESES.split(selector == null ? "" : selector, -1)) {
      if (!term.isBlank()) {
        terms.add(parse.apply(term.strip()));
      }
    }
    return object -> terms.stream().allMatch(term -> term.test(object));
  }

  private static Predicate<JsonNode> label(String term) {
    Matcher set = SET.matcher(term);
    if (set.matches()) {
      List<String> values = List.of(set.group(3).strip().split("\\s*,\\s*", -1));
      boolean in = set.group(2).equals("in");
      return object -> {
        JsonNode value = labelOf(object, set.group(1));
        return value.isMissingNode() ? !in : values.contains(value.asText()) == in;
      };
    }
    Matcher comparison = COMPARISON.matcher(term);
    if (comparison.matches()) {
      String wanted = comparison.group(3);
      return object -> compare(labelOf(object, comparison.group(1)), comparison.group(2), wanted);
    }
    boolean absent = term.startsWith("!");
    String key = absent ? term.substring(1).strip() : term;
    if (key.isEmpty() || key.contains(" ")) {
      throw ApiException.badRequest("unable to parse requirement: " + term);
    }
    return object -> labelOf(object, key).isMissingNode() == absent;
  }

  private static JsonNode labelOf(JsonNode object, String key) {
    return object.path("metadata").path("labels").path(key);
  }

  private static boolean compare(JsonNode value, String operator, String wanted) {
    return switch (operator) {
      case "!=" -> !value.asText("").equals(wanted) || value.isMissingNode();
      case ">" -> !value.isMissingNode() && value.asLong() > Long.parseLong(wanted);
      case "<" -> !value.isMissingNode() && value.asLong() < Long.parseLong(wanted);
      default -> !value.isMissingNode() && value.asText().equals(wanted);
    };
  }

  private static Predicate<JsonNode> field(Kind kind, String term) {
    Matcher comparison = COMPARISON.matcher(term);
    if (!comparison.matches()) {
      throw ApiException.badRequest("invalid field selector: " + term);
    }
    String path = comparison.group(1);
    boolean known = path.equals("metadata.name") || path.equals("metadata.namespace");
    if (!known && kind.isCustom() && !kind.selectable().contains("." + path)) {
      throw ApiException.badRequest("field label not supported: " + path);
    }
    boolean equal = !comparison.group(2).equals("!=");
    String wanted = comparison.group(3);
    return object -> Json.at(object, path).asText("").equals(wanted) == equal;
  }
}
