package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.LongNode;
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
  private static final Column NAME = new Column("Name", "string", "name", "", 0, ".metadata.name");
  private static final Column AGE =
      new Column("Age", "date", "", "", 0, ".metadata.creationTimestamp");

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
    ArrayNode rows = Json.array();
    Instant now = Instant.now();
    String metadata = "{kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: %s}";
    for (JsonNode object : objects) {
      ObjectNode row =
          Json.of("{cells: %s}", columns.stream().map(c -> cell(object, c, now)).toList());
      if (!include.equals("None")) {
        row.set(
            "object",
            include.equals("Object") ? object : Json.of(metadata, object.path("metadata")));
      }
      rows.add(row);
    }
    return Json.of(
        "{kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: {resourceVersion: %s}, columnDefinitions: %s, rows: %s}",
        revision, headers ? columns : List.of(), rows);
  }

  private static JsonNode cell(JsonNode object, Column column, Instant now) {
    List<JsonNode> found = JsonPath.find(object, column.path());
    JsonNode value = found.isEmpty() ? NullNode.getInstance() : found.get(0);
    if (value.isNull()) {
      return value;
    }
    return switch (column.type()) {
      case "integer" ->
          value.isNumber() ? LongNode.valueOf(value.asLong()) : NullNode.getInstance();
      case "number" -> value.isNumber() ? value : NullNode.getInstance();
      case "boolean" -> value.isBoolean() ? value : NullNode.getInstance();
      case "date" -> TextNode.valueOf(age(value.asText(), now));
      default -> TextNode.valueOf(value.isValueNode() ? value.asText() : value.toString());
    };
  }

  private static String age(String timestamp, Instant now) {
    try {
      return age(Duration.between(Instant.parse(timestamp), now).toSeconds());
    } catch (DateTimeException e) {
      return "<invalid>";
    }
  }

  /** Seconds as kubectl writes them: two units while the first is small. */
  static String age(long seconds) {
    long minutes = seconds / 60;
    long hours = minutes / 60;
    long days = hours / 24;
    if (seconds < 120) {
      return Math.max(0, seconds) + "s";
    } else if (minutes < 180) {
      return minutes + "m" + rest(minutes < 10, seconds % 60, "s");
    } else if (hours < 48) {
      return hours + "h" + rest(hours < 8, minutes % 60, "m");
    } else if (days < 730) {
      return days + "d" + rest(days < 8, hours % 24, "h");
    }
    return days / 365 + "y" + rest(days < 8 * 365, days % 365, "d");
  }

  private static String rest(boolean shown, long amount, String unit) {
    return shown && amount > 0 ? amount + unit : "";
  }
}
