package dev.flamepool.operator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What {@code docs/operating.md} says, for tests that hold it and the operator together. */
public final class OperatingPage {
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final String TEXT = read();

  private OperatingPage() {}

  private static String read() {
    try {
      return Files.readString(Path.of("../docs/operating.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The rows of the table with these headings, cell by cell. */
  public static List<List<String>> table(String... headings) {
    String head = "| " + String.join(" | ", headings) + " |\n";
    String rows = between(head, "\n\n");
    return rows.lines()
        .skip(1)
        .map(row -> row.substring(1, row.lastIndexOf('|')).split("\\|", -1))
        .map(cells -> Arrays.stream(cells).map(String::strip).toList())
        .toList();
  }

  /** The words in code font of a text. */
  public static Set<String> codes(String text) {
    return CODE.matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What stands between the first of one and the next of the other. */
  public static String between(String start, String end) {
    int from = TEXT.indexOf(start);
    if (from < 0) {
      throw new AssertionError("the page has no '" + start + "'");
    }
    return TEXT.substring(from + start.length(), TEXT.indexOf(end, from + start.length()));
  }
}
