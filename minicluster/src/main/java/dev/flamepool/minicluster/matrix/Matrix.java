package dev.flamepool.minicluster.matrix;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Chooses the cells of a matrix that a run lives through: some of every kind, and other ones in
 * each run. {@code -Dmatrix.seed=N} chooses as the run that printed that seed did; {@code
 * -Dmatrix=all} takes every cell. Thread-safe.
 */
public final class Matrix {
  private static final boolean ALL = "all".equals(System.getProperty("matrix"));
  private static final long SEED =
      Long.getLong("matrix.seed", ThreadLocalRandom.current().nextInt(1_000_000));

  private Matrix() {}

  /**
   * The cells that this run lives through, in the order of the matrix.
   *
   * @param name of the matrix, for the line that is printed
   * @param kind of a cell
   * @param ofEach how many cells of each kind at most
   */
  public static <C> List<C> sample(
      String name, List<C> cells, Function<C, String> kind, int ofEach) {
    List<C> sample = ALL ? cells : sample(cells, kind, ofEach, SEED);
    System.out.printf(
        "%s: %d of %d cells; %s repeats the choice, -Dmatrix=all takes all%n",
        name, sample.size(), cells.size(), seed());
    return sample;
  }

  /** What repeats this run's choice: an option of the command that runs the tests. */
  public static String seed() {
    return "-Dmatrix.seed=" + SEED;
  }

  /** A kind's choice depends on the seed and on the cells of that kind alone. */
  static <C> List<C> sample(List<C> cells, Function<C, String> kind, int ofEach, long seed) {
    Map<String, List<Integer>> kinds =
        IntStream.range(0, cells.size())
            .boxed()
            .collect(
                Collectors.groupingBy(
                    n -> kind.apply(cells.get(n)),
                    LinkedHashMap::new,
                    Collectors.toCollection(ArrayList::new)));
    Set<Integer> chosen = new HashSet<>();
    kinds.forEach(
        (name, numbers) -> {
          Collections.shuffle(numbers, new Random(seed * 31 + name.hashCode()));
          chosen.addAll(numbers.subList(0, Math.min(ofEach, numbers.size())));
        });
    return IntStream.range(0, cells.size()).filter(chosen::contains).mapToObj(cells::get).toList();
  }
}
