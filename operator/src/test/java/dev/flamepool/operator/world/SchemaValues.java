package dev.flamepool.operator.world;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.flamepool.operator.cluster.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Objects made from a schema: every field is set, and every text is as long as it may be and as
 * hostile as its pattern lets it be. Fields that exclude each other are set in different variants.
 */
final class SchemaValues {
  /** How many variants together set every field. */
  static final int VARIANTS = 8;

  /** What HTML, Go, JavaScript, shells, templates and charsets treat in ways of their own. */
  static final String HOSTILE =
      "a?x=1&y=<b>\"'\\$(HOME)${x}`id`%s{{z}}\u00e9\u2028\u2029\ud83d\ude00 ;#";

  private static final String LINES = "\n\r\n\t";
  private static final int UNLIMITED = 2_000;
  private static final Pattern HAS = Pattern.compile("has\\(self\\.(\\w+)\\)");
  private static final Pattern PAIR =
      Pattern.compile("!\\(has\\(self\\.(\\w+)\\) && has\\(self\\.(\\w+)\\)\\)");

  /** What texts with a pattern are tried with: a beginning, and what follows as often as it may. */
  private static final List<String[]> BEGINNINGS =
      List.of(
          new String[] {"https://h/" + HOSTILE, HOSTILE},
          new String[] {"s3://bucket/" + HOSTILE, HOSTILE},
          new String[] {"a-0", "a"},
          new String[] {"a", "a"},
          new String[] {"1", "1"},
          new String[] {"1h", "1h"},
          new String[] {"fra", ""},
          new String[] {"performance", ""});

  private final int variant;

  SchemaValues(int variant) {
    this.variant = variant;
  }

  /** A value of a schema, at a path that its texts say. */
  JsonNode value(String path, JsonNode schema) {
    if (schema.has("enum")) {
      return schema.get("enum").get(0);
    }
    return switch (schema.path("type").asText()) {
      case "string" -> TextNode.valueOf(text(path, schema));
      case "integer" -> LongNode.valueOf(schema.path("maximum").asLong(7));
      case "number" -> schema.path("maximum");
      case "boolean" -> BooleanNode.valueOf(!path.endsWith(".singleUse"));
      case "array" -> array(path, schema);
      case "object" -> object(path, schema);
      default -> throw new IllegalStateException(path + " has a type that is not known: " + schema);
    };
  }

  private ArrayNode array(String path, JsonNode schema) {
    ArrayNode array = Json.object().putArray("x");
    array.add(value(path + "[]", schema.get("items")));
    return array;
  }

  private ObjectNode object(String path, JsonNode schema) {
    ObjectNode object = Json.object();
    if (schema.has("properties")) {
      Set<String> left = left(schema);
      schema
          .get("properties")
          .properties()
          .forEach(
              field -> {
                if (!left.contains(field.getKey())) {
                  object.set(field.getKey(), value(path + "." + field.getKey(), field.getValue()));
                }
              });
    } else if (schema.path("additionalProperties").isObject()) {
      object.set(HOSTILE, value(path + ".{}", schema.get("additionalProperties")));
    } else if (schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
      object.set(HOSTILE, free(path));
    }
    return object;
  }

  /** Any JSON. */
  private static ObjectNode free(String path) {
    ObjectNode inner = Json.object().put(path, path + HOSTILE + LINES);
    inner.putArray(HOSTILE).add(HOSTILE + LINES).add(1).add(1.5).add(true).addNull();
    return inner;
  }

  /** Fields that this variant leaves out, because others exclude them. */
  private Set<String> left(JsonNode schema) {
    Set<String> left = new HashSet<>();
    boolean odd = variant / 4 % 2 == 1;
    for (JsonNode one : schema.path("x-kubernetes-validations")) {
      String rule = one.path("rule").asText().replaceAll("\\s+", " ");
      List<String> named = named(rule);
      Matcher pair = PAIR.matcher(rule);
      if (pair.matches()) {
        left.add(pair.group(odd ? 1 : 2));
      } else if (rule.contains(".filter(x, x)")) {
        if (rule.startsWith("[")) {
          named.remove(variant % named.size());
          left.addAll(named);
        }
      } else if (rule.startsWith("!has(self.command) || !(")) {
        left.addAll(odd ? List.of("command") : named.subList(1, named.size()));
      }
    }
    return left;
  }

  private static List<String> named(String rule) {
    Set<String> names = new LinkedHashSet<>();
    Matcher has = HAS.matcher(rule);
    while (has.find()) {
      names.add(has.group(1));
    }
    return new ArrayList<>(names);
  }

  private static String text(String path, JsonNode schema) {
    int most = schema.path("maxLength").asInt(UNLIMITED);
    if (!schema.has("pattern")) {
      return filled(path + LINES + HOSTILE, HOSTILE, most);
    }
    // In Go only a line feed ends a line.
    Predicate<String> fits =
        Pattern.compile(schema.get("pattern").asText(), Pattern.UNIX_LINES).asPredicate();
    for (String[] beginning : BEGINNINGS) {
      String longest = filled(beginning[0], beginning[1], most);
      if (fits.test(longest)) {
        return longest;
      }
    }
    throw new IllegalStateException(
        "%s: no beginning here fits %s; add one".formatted(path, schema.get("pattern")));
  }

  /** Lengths count characters, not halves of them. */
  private static String filled(String beginning, String more, int most) {
    StringBuilder text = new StringBuilder(beginning);
    while (!more.isEmpty() && text.codePointCount(0, text.length()) < most) {
      text.append(more);
    }
    int all = text.codePointCount(0, text.length());
    return text.substring(0, text.offsetByCodePoints(0, Math.min(all, most)));
  }

  /** The paths of all fields of a schema. */
  static Set<String> paths(String path, JsonNode schema) {
    Set<String> paths = new TreeSet<>(Set.of(path));
    schema
        .path("properties")
        .properties()
        .forEach(field -> paths.addAll(paths(path + "." + field.getKey(), field.getValue())));
    if (schema.has("items")) {
      paths.addAll(paths(path + "[]", schema.get("items")));
    }
    if (schema.path("additionalProperties").isObject()) {
      paths.addAll(paths(path + ".{}", schema.get("additionalProperties")));
    }
    return paths;
  }

  /** Those of them that a value sets. */
  static Set<String> set(String path, JsonNode schema, JsonNode value) {
    Set<String> paths = new TreeSet<>(Set.of(path));
    for (JsonNode item : value.isArray() ? value : Json.object()) {
      paths.addAll(set(path + "[]", schema.path("items"), item));
    }
    value
        .properties()
        .forEach(
            field -> {
              JsonNode known = schema.path("properties").path(field.getKey());
              if (!known.isMissingNode()) {
                paths.addAll(set(path + "." + field.getKey(), known, field.getValue()));
              } else if (schema.path("additionalProperties").isObject()) {
                paths.addAll(
                    set(path + ".{}", schema.get("additionalProperties"), field.getValue()));
              }
            });
    return paths;
  }

  /** Every text in a tree, the names of fields among them where anybody may choose them. */
  static Set<String> texts(JsonNode tree) {
    Set<String> texts = new TreeSet<>();
    if (tree.isTextual()) {
      texts.add(tree.asText());
    }
    tree.forEach(child -> texts.addAll(texts(child)));
    tree.fieldNames().forEachRemaining(name -> texts.addAll(chosen(name)));
    return texts;
  }

  private static Set<String> chosen(String name) {
    return name.contains(HOSTILE) ? Set.of(name) : Set.of();
  }
}
