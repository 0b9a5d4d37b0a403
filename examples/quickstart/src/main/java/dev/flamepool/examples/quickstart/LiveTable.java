package dev.flamepool.examples.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** A row per change, as {@code kubectl get flamepools --watch} prints them. */
final class LiveTable {
  private final PrintStream out;
  private List<String> last = List.of();
  private boolean headed;

  LiveTable(PrintStream out) {
    this.out = out;
  }

  /** Prints the table's row if it differs from the last one in more than its age. */
  void show(JsonNode table) {
    List<String> names = new ArrayList<>();
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < table.at("/columnDefinitions").size(); i++) {
      JsonNode column = table.at("/columnDefinitions").get(i);
      if (column.path("priority").asInt() == 0 && !column.path("name").asText().equals("AGE")) {
        JsonNode cell = table.at("/rows/0/cells").path(i);
        names.add(column.path("name").asText().toUpperCase(java.util.Locale.ROOT));
        cells.add(cell.isNull() || cell.isMissingNode() ? "" : cell.asText());
      }
    }
    if (cells.isEmpty() || cells.equals(last)) {
      return;
    }
    if (!headed) {
      out.println(row(names));
      headed = true;
    }
    out.println(row(cells));
    last = cells;
  }

  private static String row(List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      line.append(String.format(i == 0 ? "%-12s" : "%-9s", cells.get(i)));
    }
    return line.toString().stripTrailing();
  }
}
