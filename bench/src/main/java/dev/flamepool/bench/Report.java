package dev.flamepool.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The figures as a Markdown table that also reads well in a terminal. Goals and the prototype's
 * figures are those of the measurements before the library was written, on one machine: another
 * one's AES and system calls are faster or slower, and the ratios with them.
 */
final class Report {
  private final Samples samples;
  private final Options options;
  private final List<List<String>> rows = new ArrayList<>();

  /** What a figure is compared with; the value is the ratio to raw TCP, or the figure itself. */
  private record Goal(boolean ofRatio, boolean atMost, @Nullable Double must, String aim) {
    static final Goal NONE = new Goal(false, true, null, "");

    static Goal ratioAtMost(double must, String aim) {
      return new Goal(true, true, must, aim);
    }

    static Goal ratioAtLeast(double must, String aim) {
      return new Goal(true, false, must, aim);
    }

    static Goal atMost(double must, String aim) {
      return new Goal(false, true, must, aim);
    }

    String text(String unit) {
      return must == null
          ? ""
          : (atMost ? "<= " : ">= ") + number(must) + (ofRatio ? " x" : " " + unit);
    }

    String verdict(double value, double ratio) {
      if (must == null) {
        return "";
      }
      double shown = ofRatio ? ratio : value;
      return (atMost ? shown <= must : shown >= must) ? "yes" : "NO";
    }
  }

  private Report(Samples samples, Options options) {
    this.samples = samples;
    this.options = options;
  }

  /** The table, with a line that says what it was measured on. */
  static String of(Samples samples, Options options) {
    Report report = new Report(samples, options);
    if (options.rounds() > 0) {
      report.callPath();
    }
    if (options.coldRuns() > 0) {
      report.coldStarts();
    }
    return report.header() + report.table();
  }

  private void callPath() {
    String many = options.callers() + " callers: ";
    String large = (options.largeBytes() >> 20) + " MiB in and out";
    compare("1 caller: p50", "us", "one p50", Goal.ratioAtMost(1.3, "<= 1.2 x"), "1.05 x");
    compare("1 caller: p99", "us", "one p99", Goal.atMost(172, "<= 110 us"), "87 us");
    compare("1 caller: CPU per call, both ends", "us", "one cpu", Goal.NONE, "48 us");
    compare(many + "calls", "/s", "many rate", Goal.ratioAtLeast(0.7, ">= 0.7 x"), "0.83 x");
    compare(many + "p50", "us", "many p50", Goal.NONE, "788 us");
    compare(many + "p99", "us", "many p99", Goal.NONE, "2046 us");
    compare(
        many + "CPU per call, both ends", "us", "many cpu", Goal.atMost(40, "<= 30 us"), "25 us");
    compare(large, "MB/s", "large rate", Goal.ratioAtLeast(0.5, ">= 0.55 x"), "0.58 x");
    compare(large + ": CPU per call", "ms", "large cpu", Goal.NONE, "18.6 ms");
    single("AES-128-GCM of one core, for scale", "MB/s", "aes", Goal.NONE, "4800 MB/s");
  }

  private void compare(String title, String unit, String figure, Goal goal, String prototype) {
    double value = samples.median("flamepool " + figure);
    double ratio = samples.ratio("flamepool " + figure, "raw " + figure);
    rows.add(
        List.of(
            title,
            number(samples.median("raw " + figure)) + " " + unit,
            number(samples.median("tls " + figure)) + " " + unit,
            number(value) + " " + unit,
            range("flamepool " + figure),
            times(ratio),
            times(samples.ratio("flamepool " + figure, "tls " + figure)),
            goal.text(unit),
            goal.aim(),
            prototype,
            goal.verdict(value, ratio)));
  }

  private void coldStarts() {
    for (ColdStart.Kind kind : ColdStart.KINDS) {
      Goal goal =
          switch (kind.key()) {
            case "c1" -> Goal.atMost(276, "<= 225 ms");
            case "c1 cds" -> Goal.atMost(276, "<= 180 ms");
            default -> Goal.NONE;
          };
      String prototype =
          switch (kind.key()) {
            case "default" -> "276 ms";
            case "c1" -> "204 ms";
            case "default cds" -> "199 ms";
            default -> "160 ms";
          };
      String name = "cold " + kind.key();
      single("cold start: listening, " + kind.title(), "ms", name + " listening", Goal.NONE, "");
      single("cold start: first result, " + kind.title(), "ms", name + " first", goal, prototype);
      single("cold start: 100th result, " + kind.title(), "ms", name + " hundredth", Goal.NONE, "");
    }
  }

  private void single(String title, String unit, String figure, Goal goal, String prototype) {
    double value = samples.median(figure);
    rows.add(
        List.of(
            title,
            "",
            "",
            number(value) + " " + unit,
            range(figure),
            "",
            "",
            goal.text(unit),
            goal.aim(),
            prototype,
            goal.verdict(value, Double.NaN)));
  }

  private static String times(double ratio) {
    return String.format(Locale.ROOT, "%.2f x", ratio);
  }

  private String range(String figure) {
    double[] range = samples.range(figure);
    return number(range[0]) + ".." + number(range[1]);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
  }

  private String header() {
    StringBuilder text = new StringBuilder();
    text.append("Java ")
        .append(Runtime.version())
        .append(", ")
        .append(System.getProperty("os.name"))
        .append(' ')
        .append(System.getProperty("os.arch"))
        .append(", ")
        .append(Runtime.getRuntime().availableProcessors())
        .append(" processors, both ends on this machine, mutual TLS 1.3.");
    if (samples.has("bytes request")) {
      text.append(" A small call is ")
          .append(number(samples.median("bytes request")))
          .append(" bytes on the wire, its reply ")
          .append(number(samples.median("bytes reply")))
          .append("; the echoes send as many.");
    }
    return text.append("\n\n").toString();
  }

  private String table() {
    List<List<String>> all = new ArrayList<>();
    all.add(
        List.of(
            "what",
            "raw TCP",
            "TLS",
            "FlamePool",
            "range",
            "x raw TCP",
            "x TLS",
            "must",
            "aim",
            "prototype",
            "met"));
    all.addAll(rows);
    int columns = all.get(0).size();
    int[] width = new int[columns];
    for (List<String> row : all) {
      for (int i = 0; i < columns; i++) {
        width[i] = Math.max(width[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (int r = 0; r < all.size(); r++) {
      line(text, all.get(r), width);
      if (r == 0) {
        text.append('|');
        for (int i = 0; i < columns; i++) {
          text.append("-".repeat(width[i] + 1)).append(i == 0 ? '-' : ':').append('|');
        }
        text.append('\n');
      }
    }
    return text.toString();
  }

  private static void line(StringBuilder text, List<String> cells, int[] width) {
    text.append('|');
    for (int i = 0; i < cells.size(); i++) {
      String space = " ".repeat(width[i] - cells.get(i).length());
      String cell = cells.get(i);
      text.append(' ').append(i == 0 ? cell + space : space + cell).append(" |");
    }
    text.append('\n');
  }
}
