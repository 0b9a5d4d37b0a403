package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Label and field selectors as predicates over objects. */
final class Selector {
  private static final Pattern TERM =
      Pattern.compile(
          "(?<not>!?)\\s*(?<key>[^=!\\s]+)\\s*((?<op>==?|!=|in|notin)\\s*\\(?(?<values>[^()]*)\\)?)?");
  private static final String COMMA_OUTSIDE_PARENTHESES = ",(?![^(]*\\))";

  private Selector() {}

  /** What the request's {@code labelSelector} and {@code fieldSelector} ask for. */
  static Predicate<JsonNode> of(Kind kind, Request request) {
    return all(request.parameter("labelSelector"), key -> o -> o.at("/metadata/labels").path(key))
        .and(all(request.parameter("fieldSelector"), field -> field(kind, field)));
  }

  /** All terms must hold; {@code reader} says how to read what a term names from an object. */
  private static Predicate<JsonNode> all(
      String terms, Function<String, Function<JsonNode, JsonNode>> reader) {
    return Stream.of(terms.split(COMMA_OUTSIDE_PARENTHESES, -1))
        .filter(text -> !text.isBlank())
        .map(text -> term(text.strip(), reader))
        .reduce(object -> true, Predicate::and);
  }

  private static Predicate<JsonNode> term(
      String text, Function<String, Function<JsonNode, JsonNode>> reader) {
    Matcher term = TERM.matcher(text);
    if (!term.matches()) {
      throw ApiException.badRequest("unable to parse requirement: " + text);
    }
    String operator = Objects.requireNonNullElse(term.group("op"), "");
    boolean not = !term.group("not").isEmpty() || List.of("!=", "notin").contains(operator);
    Function<JsonNode, JsonNode> value = reader.apply(term.group("key"));
    if (operator.isEmpty()) {
      return object -> value.apply(object).isMissingNode() == not;
    }
    List<String> values = Arrays.asList(term.group("values").strip().split("\\s*,\\s*", -1));
    return object -> values.contains(value.apply(object).asText(null)) != not;
  }

  /** Name, namespace, what the definition makes selectable, and any field of a built-in kind. */
  private static Function<JsonNode, JsonNode> field(Kind kind, String path) {
    List<String> selectable = kind.details().path("selectableFields").findValuesAsText("jsonPath");
    boolean always = path.equals("metadata.name") || path.equals("metadata.namespace");
    if (kind.isCustom() && !always && !selectable.contains("." + path)) {
      throw ApiException.badRequest("field label not supported: " + path);
    }
    return object -> Json.at(object, path);
  }
}
