package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flamepool.minicluster.ApiException.Cause;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Checks a value against a structural schema and says what is wrong in the API server's words. */
final class Validation {
  private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

  private final List<Cause> causes = new ArrayList<>();

  private Validation() {}

  static List<Cause> check(JsonNode value, JsonNode schema) {
    Validation validation = new Validation();
    validation.check(value, schema, "");
    return validation.causes;
  }

  private void check(JsonNode value, JsonNode schema, String path) {
    if (value.isNull() && schema.path("nullable").asBoolean()) {
      return;
    }
    String type = schema.path("type").asText("");
    if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
      if (!value.isTextual() && !isInteger(value)) {
        wrongType(value, "integer,string", path);
      }
    } else if (!type.isEmpty() && !isOf(type, value)) {
      wrongType(value, type, path);
      return;
    }
    checkEnum(value, schema, path);
    if (value.isNumber()) {
      checkNumber(value, schema, path);
    } else if (value.isTextual()) {
      checkText(value, schema, path);
    } else if (value.isArray()) {
      checkList(value, schema, path);
    } else if (value.isObject()) {
      checkObject(value, schema, path);
    }
  }

  private static boolean isOf(String type, JsonNode value) {
    return switch (type) {
      case "integer" -> isInteger(value);
      case "number" -> value.isNumber();
      default -> value.getNodeType().name().equalsIgnoreCase(type);
    };
  }

  private static boolean isInteger(JsonNode value) {
    return value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
  }

  private void wrongType(JsonNode value, String type, String path) {
    String actual = value.getNodeType().name().toLowerCase(Locale.ROOT);
    String shown = Json.quote(isInteger(value) ? "integer" : actual);
    String why = path + " in body must be of type " + type + ": " + shown;
    causes.add(new Cause("FieldValueTypeInvalid", "Invalid value: " + shown + ": " + why, path));
  }

  private void invalid(JsonNode value, String path, String why) {
    causes.add(Cause.invalid(path, Json.quote(value), path + " in body " + why));
  }

  private void checkEnum(JsonNode value, JsonNode schema, String path) {
    JsonNode allowed = schema.path("enum");
    if (allowed.isArray() && Json.stream(allowed).noneMatch(value::equals)) {
      String all =
          Json.stream(allowed).map(a -> Json.quote(a.asText())).collect(Collectors.joining(", "));
      causes.add(
          new Cause(
              "FieldValueNotSupported",
              "Unsupported value: " + Json.quote(value) + ": supported values: " + all,
              path));
    }
  }

  private void checkNumber(JsonNode value, JsonNode schema, String path) {
    BigDecimal number = value.decimalValue();
    JsonNode minimum = schema.path("minimum");
    JsonNode maximum = schema.path("maximum");
    if (minimum.isNumber() && number.compareTo(minimum.decimalValue()) < 0) {
      invalid(value, path, "should be greater than or equal to " + plain(minimum));
    }
    if (maximum.isNumber() && number.compareTo(maximum.decimalValue()) > 0) {
      invalid(value, path, "should be less than or equal to " + plain(maximum));
    }
  }

  private static String plain(JsonNode number) {
    return number.decimalValue().stripTrailingZeros().toPlainString();
  }

  private void checkText(JsonNode value, JsonNode schema, String path) {
    String text = value.asText();
    int length = text.codePointCount(0, text.length());
    if (schema.has("maxLength") && length > schema.path("maxLength").asInt()) {
      causes.add(
          new Cause(
              "FieldValueTooLong",
              "Too long: may not be more than " + schema.path("maxLength") + " bytes",
              path));
    }
    if (schema.has("minLength") && length < schema.path("minLength").asInt()) {
      invalid(value, path, "should be at least " + schema.path("minLength") + " chars long");
    }
    String pattern = schema.path("pattern").asText("");
    if (!pattern.isEmpty()
        && !PATTERNS.computeIfAbsent(pattern, Pattern::compile).matcher(text).find()) {
      invalid(value, path, "should match '" + pattern + "'");
    }
  }

  private void checkList(JsonNode list, JsonNode schema, String path) {
    if (schema.has("minItems") && list.size() < schema.path("minItems").asInt()) {
      invalid(list, path, "should have at least " + schema.path("minItems") + " items");
    }
    tooMany(list, schema.path("maxItems"), path);
    for (int i = 0; i < list.size(); i++) {
      check(list.get(i), schema.path("items"), path + "[" + i + "]");
    }
    Schema.ListType type = Schema.ListType.of(schema, "", list);
    int twice = type.firstDuplicate(list);
    if (twice >= 0) {
      JsonNode element = list.get(twice);
      String keys =
          type.keys().stream()
              .filter(element::has)
              .map(key -> Json.quote(key) + ":" + element.get(key))
              .collect(Collectors.joining(","));
      String shown = type.isSet() ? Json.quote(element) : "{" + keys + "}";
      causes.add(
          new Cause("FieldValueDuplicate", "Duplicate value: " + shown, path + "[" + twice + "]"));
    }
  }

  private void tooMany(JsonNode container, JsonNode limit, String path) {
    if (limit.isNumber() && container.size() > limit.asInt()) {
      causes.add(
          new Cause(
              "FieldValueTooMany",
              "Too many: " + container.size() + ": must have at most " + limit + " items",
              path));
    }
  }

  private void checkObject(JsonNode object, JsonNode schema, String path) {
    for (JsonNode required : schema.path("required")) {
      if (!object.has(required.asText())) {
        causes.add(Cause.required(join(path, required.asText()), ""));
      }
    }
    tooMany(object, schema.path("maxProperties"), path);
    object
        .properties()
        .forEach(
            field ->
                check(
                    field.getValue(),
                    Schema.child(schema, field.getKey()),
                    join(path, field.getKey())));
  }

  private static String join(String path, String field) {
    return path.isEmpty() ? field : path + "." + field;
  }
}
