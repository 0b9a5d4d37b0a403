package dev.flamepool.operator.world;

import dev.flamepool.minicluster.matrix.Matrix;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The cells of a matrix: one life per crash or other trouble, each in a {@link World} of its own,
 * as many at a time as there are processors. A run lives through a sample of every kind, see {@link
 * Matrix}.
 */
final class Cells {
  /** UIDs, hashes and ids of machines: numbers with letters for digits. */
  private static final Pattern HEX =
      Pattern.compile("\\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8,})\\b");

  /** One cell. */
  interface Cell {
    /** What a failure is reported by. */
    String name();

    /** Cells of one kind stand for each other: by default those whose names differ in numbers. */
    default String kind() {
      return withoutNumbers(name());
    }
  }

  /** A point of a clean run, by its place in it. */
  record Point(int number, String name) implements Cell {
    @Override
    public String kind() {
      return withoutNumbers(name.replaceFirst("^(before|after) ", ""));
    }
  }

  private record Begun(String name, Future<?> done) {
    DynamicTest test() {
      return DynamicTest.dynamicTest(name, this::await);
    }

    private void await() throws InterruptedException {
      try {
        done.get();
      } catch (ExecutionException e) {
        throw new AssertionError(
            "%s (%s): %s".formatted(name, Matrix.seed(), e.getCause()), e.getCause());
      }
    }
  }

  private Cells() {}

  /** A request or another point, whichever object and time it is about. */
  static String withoutNumbers(String name) {
    return HEX.matcher(name).replaceAll("#").replaceAll("[0-9]+", "#");
  }

  /** Those points of a clean run that are worth a cell. */
  static List<Point> points(List<String> reached, Predicate<String> worth) {
    return IntStream.range(0, reached.size())
        .mapToObj(n -> new Point(n, reached.get(n)))
        .filter(point -> worth.test(point.name()))
        .toList();
  }

  /**
   * Lives through some cells of each kind.
   *
   * @param matrix its name
   * @param ofEach how many of each kind at most
   * @param life lives with a cell's trouble
   */
  static <C extends Cell> Stream<DynamicTest> live(
      String matrix, List<C> cells, int ofEach, Consumer<C> life) {
    ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    List<Begun> begun =
        Matrix.sample(matrix, cells, Cell::kind, ofEach).stream()
            .map(cell -> new Begun(cell.name(), threads.submit(() -> life.accept(cell))))
            .toList();
    threads.shutdown();
    return begun.stream().map(Begun::test).onClose(threads::shutdownNow);
  }
}
