package dev.flamepool.operator.world;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The cells of a crash matrix: one life per crash point, each in a {@link World} of its own, as
 * many at a time as there are processors.
 */
final class CrashCells {
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
   * The cells of those points of a clean run that are worth dying at.
   *
   * @param life lives with a crash at the point of that number
   */
  static Stream<DynamicTest> of(List<String> points, Predicate<String> worth, IntConsumer life) {
    ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    List<Cell> cells =
        IntStream.range(0, points.size())
            .filter(n -> worth.test(points.get(n)))
            .mapToObj(n -> new Cell(n, points.get(n), threads.submit(() -> life.accept(n))))
            .toList();
    threads.shutdown();
    return cells.stream().map(Cell::test).onClose(threads::shutdownNow);
  }
}
