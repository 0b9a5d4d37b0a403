package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Label and field selectors as predicates over objects. */
final class Selector {
  private static final Pattern SET = Pattern.compile("(\\S+)\\s+(in|notin)\\s+\\(([^)]*)\\)");
  private static final Pattern COMPARISON = Pattern.compile("([^=!\\s]+)\\s*(==|!=|=)\\s*(\\S*)");
  private static final Pattern PRESENCE = Pattern.compile("(!?)\\s*([^=!\\s]+)");
  private static final String COMMA_OUTSIDE_PARENTHESES = ",(?![^(]*\\))";

  private Selector() {}

  /** What the request's {@code labelSelector} and {@code fieldSelector} ask for. */
  static Predicate<JsonNode> of(Kind kind, Request request) {
    return all(request.parameter("labelSelector"), Selector::label)
        .and(all(request.parameter("fieldSelector"), term -> field(kind, term)));
  }

  private static Predicate<JsonNode> all(String terms, Function<String, Predicate<JsonNode>> term) {
    return Stream.of(terms.split(COMMA_OUTSIDE_PARENTHESES, -1))
        .filter(text -> !text.isBlank())
        .map(text -> term.apply(text.strip()))
        .reduce(object -> true, Predicate::and);
  }

  private static Predicate<JsonNode> label(String term) {
    Matcher set = SET.matcher(term);
    if (set.matches()) {
      List<String> values = Arrays.asList(set.group(3).strip().split("\\s*,\\s*", -1));
      boolean in = set.group(2).equals("in");
      return object -> values.contains(labelOf(object, set.group(1)).asText(null)) == in;
    }
    Matcher comparison = COMPARISON.matcher(term);
    if (comparison.matches()) {
      return compare(comparison, object -> labelOf(object, comparison.group(1)).asText(null));
    }
    Matcher presence = PRESENCE.matcher(term);
    if (!presence.matches()) {
      throw ApiException.badRequest("unable to parse requirement: " + term);
    }
    boolean absent = !presence.group(1).isEmpty();
    return object -> labelOf(object, presence.group(2)).isMissingNode() == absent;
  }

  private static JsonNode labelOf(JsonNode object, String key) {
    return object.path("metadata").path("labels").path(key);
  }

  private static Predicate<JsonNode> compare(Matcher term, Function<JsonNode, String> value) {
    boolean equal = !term.group(2).equals("!=");
    return object -> term.group(3).equals(value.apply(object)) == equal;
  }

  /** Name, namespace, what the definition makes selectable, and any field of a built-in kind. */
  private static Predicate<JsonNode> field(Kind kind, String term) {
    Matcher comparison = COMPARISON.matcher(term);
    if (!comparison.matches()) {
      throw ApiException.badRequest("invalid field selector: " + term);
    }
    String path = comparison.group(1);
    boolean selectable =
        List.of("metadata.name", "metadata.namespace").contains(path)
            || kind.details()
                .path("selectableFields")
                .findValuesAsText("jsonPath")
                .contains("." + path);
    if (kind.isCustom() && !selectable) {
      throw ApiException.badRequest("field label not supported: " + path);
    }
    return compare(comparison, object -> Json.at(object, path).asText(""));
  }
}
