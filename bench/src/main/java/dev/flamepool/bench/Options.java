package dev.flamepool.bench;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * How much is measured.
 *
 * @param rounds each with fresh JVMs; 0 leaves the call path out
 * @param pairs windows of each kind per round, FlamePool's and the echo's in turn
 * @param windowMs length of one window
 * @param warmUpMs the longest warm-up of one system
 * @param coldRuns cold starts of each kind; 0 leaves them out
 * @param callers of the window with many
 * @param largeBytes of the array that goes in and out
 * @param heap of both ends while calls are measured, as for {@code -Xmx}
 */
record Options(
    int rounds,
    int pairs,
    int windowMs,
    int warmUpMs,
    int coldRuns,
    int callers,
    int largeBytes,
    String heap) {

  static final Options FULL = new Options(3, 4, 1_000, 12_000, 7, 64, 8 << 20, "1536m");
  static final Options QUICK = new Options(1, 3, 800, 10_000, 3, 64, 8 << 20, "1536m");

  static final String USAGE =
      """
      usage: java -jar bench.jar [--quick] [--rounds N] [--cold N] [--heap SIZE]
        --quick       about a minute instead of five; the figures are rougher
        --rounds N    rounds of the call path, each with fresh JVMs (3; 0 leaves it out)
        --cold N      cold starts of each kind (7; 0 leaves them out)
        --heap SIZE   heap of each of the three JVMs of a round (1536m)
      """;

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException with what is wrong with it
   */
  static Options parse(List<String> arguments) {
    Options options = arguments.contains("--quick") ? QUICK : FULL;
    List<String> rest = new ArrayList<>(arguments);
    rest.remove("--quick");
    for (Iterator<String> i = rest.iterator(); i.hasNext(); ) {
      String name = i.next();
      if (!List.of("--rounds", "--cold", "--heap").contains(name)) {
        throw new IllegalArgumentException("unknown option " + name);
      }
      if (!i.hasNext()) {
        throw new IllegalArgumentException(name + " lacks its value");
      }
      String value = i.next();
      options =
          switch (name) {
            case "--rounds" -> options.withRounds(number(name, value));
            case "--cold" -> options.withColdRuns(number(name, value));
            default -> options.withHeap(value);
          };
    }
    return options;
  }

  private static int number(String name, String value) {
    if (!value.matches("\\d{1,3}")) {
      throw new IllegalArgumentException(name + " is '" + value + "', not a number up to 999");
    }
    return Integer.parseInt(value);
  }

  private Options withRounds(int n) {
    return new Options(n, pairs, windowMs, warmUpMs, coldRuns, callers, largeBytes, heap);
  }

  private Options withColdRuns(int n) {
    return new Options(rounds, pairs, windowMs, warmUpMs, n, callers, largeBytes, heap);
  }

  private Options withHeap(String size) {
    return new Options(rounds, pairs, windowMs, warmUpMs, coldRuns, callers, largeBytes, size);
  }

  /** For {@link #decode}, in another process. */
  String encode() {
    return String.join(
        ",",
        List.of(
            "" + rounds,
            "" + pairs,
            "" + windowMs,
            "" + warmUpMs,
            "" + coldRuns,
            "" + callers,
            "" + largeBytes,
            heap));
  }

  static Options decode(String text) {
    String[] f = text.split(",", -1);
    return new Options(
        Integer.parseInt(f[0]),
        Integer.parseInt(f[1]),
        Integer.parseInt(f[2]),
        Integer.parseInt(f[3]),
        Integer.parseInt(f[4]),
        Integer.parseInt(f[5]),
        Integer.parseInt(f[6]),
        f[7]);
  }
}
