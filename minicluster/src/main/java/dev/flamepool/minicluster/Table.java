package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.flamepool.minicluster.Kind.Column;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The server-side printing that {@code kubectl get} shows: a row per object, a cell per printer
 * column.
 */
final class Table {
  private static final Column NAME =
      new Column("Name", "string", "name", "the object's name", 0, ".metadata.name");
  private static final Column AGE =
      new Column("Age", "date", "", "time since creation", 0, ".metadata.creationTimestamp");

  private Table() {}

  /**
   * A table of these objects.
   *
   * @param include what rows carry: {@code None}, {@code Object}, else metadata only
   * @param headers whether the column definitions come with it
   */
  static ObjectNode of(
      Kind kind,
      List<? extends JsonNode> objects,
      String revision,
      String include,
      boolean headers) {
    List<Column> columns = new ArrayList<>(List.of(NAME));
    columns.addAll(kind.columns().isEmpty() ? List.of(AGE) : kind.columns());
    ArrayNode definitions = Json.array();
    columns.forEach(
        c ->
            definitions.add(
                Json.object(
                    "name",
                    c.name(),
                    "type",
                    c.type(),
                    "format",
                    c.format(),
                    "description",
                    c.description(),
                    "priority",
                    c.priority())));
    ArrayNode rows = Json.array();
    Instant now = Instant.now();
    for (JsonNode object : objects) {
      ObjectNode row =
          Json.object("cells", columns.stream().map(column -> cell(object, column, now)).toList());
      if (include.equals("Object")) {
        row.set("object", object);
      } else if (!include.equals("None")) {
        row.set(
            "object",
            Json.object(
                "kind",
                "PartialObjectMetadata",
                "apiVersion",
                "meta.k8s.io/v1",
                "metadata",
                object.path("metadata")));
      }
      rows.add(row);
    }
    return Json.object(
        "kind",
        "Table",
        "apiVersion",
        "meta.k8s.io/v1",
        "metadata",
        Json.object("resourceVersion", revision),
        "columnDefinitions",
        headers ? definitions : Json.array(),
        "rows",
        rows);
  }

  private static JsonNode cell(JsonNode object, Column column, Instant now) {
    List<JsonNode> found = JsonPath.find(object, column.path());
    if (found.isEmpty() || found.get(0).isNull()) {
      return NullNode.getInstance();
    }
    JsonNode value = found.get(0);
    return switch (column.type()) {
      case "integer" ->
          value.isNumber() ? Json.MAPPER.valueToTree(value.asLong()) : NullNode.getInstance();
      case "number" -> value.isNumber() ? value : NullNode.getInstance();
      case "boolean" -> value.isBoolean() ? value : NullNode.getInstance();
      case "date" -> TextNode.valueOf(age(value.asText(), now));
      default -> TextNode.valueOf(value.isValueNode() ? value.asText() : value.toString());
    };
  }

  private static String age(String timestamp, Instant now) {
    try {
      return age(Duration.between(Instant.parse(timestamp), now));
    } catch (DateTimeException e) {
      return "<invalid>";
    }
  }

  /** A duration as kubectl writes it: two units while the first is small. */
  static String age(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    long minutes = seconds / 60;
    long hours = minutes / 60;
    long days = hours / 24;
    if (seconds < 120) {
      return seconds + "s";
    } else if (minutes < 10) {
      return two(minutes, "m", seconds % 60, "s");
    } else if (minutes < 180) {
      return minutes + "m";
    } else if (hours < 8) {
      return two(hours, "h", minutes % 60, "m");
    } else if (hours < 48) {
      return hours + "h";
    } else if (days < 8) {
      return two(days, "d", hours % 24, "h");
    } else if (days < 730) {
      return days + "d";
    }
    return days < 8 * 365 ? two(days / 365, "y", days % 365, "d") : days / 365 + "y";
  }

  private static String two(long first, String unit, long second, String smaller) {
    return first + unit + (second == 0 ? "" : second + smaller);
  }
}
