package dev.flamepool.operator.world;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The cells of a matrix: one life per crash or other trouble, each in a {@link World} of its own,
 * as many at a time as there are processors.
 */
final class CrashCells {
  private static final boolean ALL = "all".equals(System.getProperty("matrix"));

  private record Cell(int point, String name, Future<?> done) {
    DynamicTest test() {
      return DynamicTest.dynamicTest(point + " " + name, this::await);
    }

    private void await() throws Throwable {
      try {
        done.get();
      } catch (ExecutionException e) {
        throw e.getCause();
      }
    }
  }

  private CrashCells() {}

  /**
   * One cell of each kind, where names that differ in numbers only are of one kind; all of them
   * with {@code -Dmatrix=all}.
   *
   * @param most of a kind, evenly spread
   * @param life lives with the trouble of that number
   */
  static Stream<DynamicTest> ofEachKind(List<String> names, int most, IntConsumer life) {
    Map<String, List<Integer>> kinds =
        IntStream.range(0, names.size())
            .boxed()
            .collect(Collectors.groupingBy(n -> names.get(n).replaceAll("[0-9]+", "#")));
    Set<Integer> chosen =
        kinds.values().stream()
            .flatMap(kind -> spread(kind, Math.min(most, kind.size())))
            .collect(Collectors.toSet());
    return run(names, n -> ALL || chosen.contains(n), life);
  }

  private static Stream<Integer> spread(List<Integer> kind, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> kind.get((2 * i + 1) * kind.size() / (2 * count)));
  }

  /**
   * The cells of those points of a clean run that are worth dying at.
   *
   * @param life lives with a crash at the point of that number
   */
  static Stream<DynamicTest> of(List<String> points, Predicate<String> worth, IntConsumer life) {
    return run(points, n -> worth.test(points.get(n)), life);
  }

  private static Stream<DynamicTest> run(
      List<String> points, IntPredicate worth, IntConsumer life) {
    ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    List<Cell> cells =
        IntStream.range(0, points.size())
            .filter(worth)
            .mapToObj(n -> new Cell(n, points.get(n), threads.submit(() -> life.accept(n))))
            .toList();
    threads.shutdown();
    return cells.stream().map(Cell::test).onClose(threads::shutdownNow);
  }
}
