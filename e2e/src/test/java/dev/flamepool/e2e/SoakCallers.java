package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What must hold of processes of {@link SoakApp}. */
final class SoakCallers {
  /** Of less than that many measurements a quarter says nothing. */
  private static final int ENOUGH = 5;

  /** How a call may end while boots fail and runners and their callers are killed. */
  private static final Set<String> ENDS =
      Set.of(
          "done",
          "abandoned",
          "impatient",
          "RemoteCallException",
          "ExecutionTimeoutException",
          "QueueTimeoutException",
          "BootFailedException",
          "CallInterruptedException",
          "CompletionException",
          "RunnerLostException-YES",
          "RunnerLostException-UNKNOWN");

  /** A call's id, {@code CALLER-POOL-NUMBER}, and its end. */
  record Outcome(String call, String words) {
    boolean isOf(String pool) {
      return call.contains("-" + pool + "-");
    }
  }

  private SoakCallers() {}

  /** {@code -Dsoak.minutes}, which need not be whole. */
  static Duration length(String otherwise) {
    return Duration.ofMillis(
        (long) (60_000 * Double.parseDouble(System.getProperty("soak.minutes", otherwise))));
  }

  static String last(JavaProcess caller) {
    List<String> output = caller.output();
    return output.get(output.size() - 1);
  }

  /** Neither heap nor threads have grown since the second quarter. */
  static void areFlat(String name, JavaProcess caller) {
    isFlat(name + ": heap in bytes after collections", numbers(caller, "heap "), 4 << 20);
    isFlat(name + ": threads", numbers(caller, "threads "), 8);
  }

  /**
   * What was measured in equal steps is no more in the last quarter than in the second.
   *
   * @param slack what may come to a half more
   */
  static void isFlat(String what, long[] measured, long slack) {
    int part = measured.length / 4;
    if (part >= ENOUGH) {
      long early = median(Arrays.copyOfRange(measured, part, 2 * part));
      long late = median(Arrays.copyOfRange(measured, 3 * part, measured.length));
      System.out.printf("%s: %d in the second quarter, %d in the last%n", what, early, late);
      assertThat(late)
          .as("%s: %d in the second quarter, %d in the last", what, early, late)
          .isLessThan(early * 3 / 2 + slack);
    }
  }

  private static long[] numbers(JavaProcess caller, String word) {
    return caller.output().stream()
        .filter(line -> line.startsWith(word))
        .mapToLong(line -> Long.parseLong(line.substring(word.length())))
        .toArray();
  }

  private static long median(long[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  /**
   * Every call ran at most once and had one outcome.
   *
   * @param ran where calls left their files
   */
  static void eachCallEndedOnce(List<JavaProcess> lives, Path ran) throws IOException {
    Set<String> files = new HashSet<>();
    try (Stream<Path> all = Files.list(ran)) {
      all.forEach(file -> files.add(file.getFileName().toString()));
    }
    assertThat(files).as("calls that ran twice").noneMatch(file -> file.endsWith(".TWICE"));
    Set<String> ended = new HashSet<>();
    for (JavaProcess caller : lives) {
      for (Outcome outcome : outcomes(caller)) {
        assertThat(ended.add(outcome.call())).as("two ends: " + outcome).isTrue();
        assertThat(outcome.words()).as("the end of %s", outcome.call()).isIn(ENDS);
      }
    }
    assertThat(ended).as("calls").hasSizeGreaterThan(100);
  }

  /**
   * Every call that was begun has ended.
   *
   * @param caller ended in order; it numbers its calls
   */
  static void noCallIsMissing(JavaProcess caller) {
    long[] numbers =
        outcomes(caller).stream()
            .mapToLong(o -> Long.parseLong(o.call().substring(o.call().lastIndexOf('-') + 1)))
            .sorted()
            .toArray();
    assertThat(numbers)
        .as("numbers of the calls that ended")
        .isEqualTo(LongStream.rangeClosed(1, numbers.length).toArray());
  }

  /** What a caller has told, so far. */
  static List<Outcome> outcomes(JavaProcess caller) {
    return caller.output().stream()
        .filter(line -> line.startsWith("out "))
        .map(line -> line.split(" ", 3))
        .map(words -> new Outcome(words[1], words[2]))
        .toList();
  }
}
