package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The server-side printing that {@code kubectl get} shows: a row per object, a cell per printer
 * column.
 */
final class Table {
  private static final JsonNode NAME =
      Json.of("{name: 'Name', type: 'string', format: 'name', jsonPath: '.metadata.name'}");
  private static final JsonNode AGE =
      Json.of("{name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp'}");

  /** The steps of a column's path: a field, or the element that has this field's value. */
  private static final Pattern STEP =
      Pattern.compile(
          "\\.(?<field>[^.\\[]+)|\\[\\?\\(@\\.(?<key>\\w+)==[\"'](?<value>[^\"']*)[\"']\\)]");

  private Table() {}

  /**
   * A table of these objects.
   *
   * @param whole the list or object that the table stands for
   * @param headers whether the column definitions come with it
   */
  static ObjectNode of(
      Request request, Kind kind, ObjectNode whole, List<JsonNode> objects, boolean headers) {
    JsonNode custom = kind.details().path("additionalPrinterColumns");
    List<JsonNode> columns = new ArrayList<>(List.of(NAME));
    (custom.isEmpty() ? List.of(AGE) : custom).forEach(columns::add);
    String template =
        "{kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: {resourceVersion: %s},"
            + " columnDefinitions: %s, rows: []}";
    String revision = Json.metaText(whole, "resourceVersion");
    ObjectNode table = Json.of(template, revision, headers ? columns : List.of());
    String include = request.parameter("includeObject");
    objects.forEach(object -> table.withArray("rows").add(row(object, columns, include)));
    return table;
  }

  private static ObjectNode row(JsonNode object, List<JsonNode> columns, String include) {
    String metadata = "{kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: %s}";
    boolean full = include.equals("Object");
    ObjectNode row = Json.of("{cells: %s}", columns.stream().map(c -> cell(object, c)).toList());
    return row.set("object", full ? object : Json.of(metadata, object.path("metadata")));
  }

  private static JsonNode cell(JsonNode object, JsonNode column) {
    JsonNode value = find(object, column.path("jsonPath").asText());
    if (value.isMissingNode() || value.isNull()) {
      return NullNode.getInstance();
    }
    return switch (column.path("type").asText()) {
      case "integer", "number", "boolean" -> value;
      case "date" -> {
        Duration age = Duration.between(Instant.parse(value.asText()), Instant.now());
        yield TextNode.valueOf(age(age.toSeconds()));
      }
      default -> TextNode.valueOf(value.isValueNode() ? value.asText() : value.toString());
    };
  }

  private static JsonNode find(JsonNode object, String path) {
    JsonNode here = object;
    for (Matcher step = STEP.matcher(path); step.find(); ) {
      String key = step.group("key");
      String value = step.group("value");
      here = key == null ? here.path(step.group("field")) : element(here, key, value);
    }
    return here;
  }

  private static JsonNode element(JsonNode list, String key, String value) {
    return Json.stream(list)
        .filter(element -> element.path(key).asText().equals(value))
        .findFirst()
        .orElse(MissingNode.getInstance());
  }

  /** Seconds as kubectl writes them: two units while the first is small. */
  static String age(long seconds) {
    long minutes = seconds / 60;
    long hours = minutes / 60;
    if (seconds < 120) {
      return Math.max(0, seconds) + "s";
    } else if (minutes < 180) {
      return minutes + "m" + (minutes < 10 ? rest(seconds % 60, "s") : "");
    } else if (hours < 48) {
      return hours + "h" + (hours < 8 ? rest(minutes % 60, "m") : "");
    }
    return hours / 24 + "d" + (hours < 8 * 24 ? rest(hours % 24, "h") : "");
  }

  private static String rest(long amount, String unit) {
    return amount > 0 ? amount + unit : "";
  }
}
