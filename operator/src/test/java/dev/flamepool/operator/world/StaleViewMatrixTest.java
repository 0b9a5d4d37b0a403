package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.world.Objects.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A watch brings nothing for a while, from any change in a pool's whole life on, and then what is
 * there by that time: one kind's or all. As a watch is cut and its kind listed again, what came in
 * between is never seen. The same with an operator that starts just then, and whose first lists
 * come from an API server that lags behind. Later ones do not: an informer names resourceVersion 0
 * only where it has listed nothing yet.
 *
 * <p>Only what informers serve can be old. Reads of single objects and the lists of {@code
 * ClusterApi} name no resourceVersion: the API server answers them with what is stored.
 */
class StaleViewMatrixTest {
  /** How many changes old the first lists of an operator are. */
  private static final int BEHIND = 8;

  private record Cell(int change, Kind old, boolean restart) implements Cells.Cell {
    @Override
    public String name() {
      return (restart ? "starts with old " : "late ") + old + " at change " + change;
    }
  }

  @TestFactory
  Stream<DynamicTest> anyLateViewInAPoolsLife() {
    int changes = live(new View(new Cell(Integer.MAX_VALUE, Kind.ALL, false)));
    assertThat(changes).as("changes of a clean run").isGreaterThan(20);
    List<Cell> cells =
        IntStream.range(1, changes)
            .boxed()
            .flatMap(
                n ->
                    Stream.of(
                        new Cell(n, Kind.POOLS, false),
                        new Cell(n, Kind.RUNNERS, false),
                        new Cell(n, Kind.CALLERS, false),
                        new Cell(n, Kind.ALL, false),
                        new Cell(n, Kind.POOLS, true),
                        new Cell(n, Kind.RUNNERS, true),
                        new Cell(n, Kind.ALL, true)))
            .toList();
    return Cells.live("stale views", cells, 3, cell -> live(new View(cell)));
  }

  private static int live(View view) {
    try (World world = new World(BusyLife.MAX, CrashPoints.never()).with(view)) {
      view.world = world;
      new BusyLife(world, () -> {}).live();
      assertThat(view.until != null || view.cell.change() == Integer.MAX_VALUE)
          .as("a view was old")
          .isTrue();
      return view.seen.size();
    }
  }

  /** Informers, one of which is late once. */
  private static final class View implements World.Trouble {
    private static final Duration LATE = Duration.ofSeconds(5);

    final List<Objects> seen = new ArrayList<>();
    final Cell cell;
    private World world;
    private Objects old;
    private Instant until;

    View(Cell cell) {
      this.cell = cell;
    }

    @Override
    public Objects seen(Objects truth) {
      boolean changed = seen.isEmpty() || seen.get(seen.size() - 1).version() != truth.version();
      if (changed && until == null && seen.size() == cell.change()) {
        until = world.clock.instant().plus(LATE);
        old = seen.get(cell.restart() ? Math.max(0, seen.size() - BEHIND) : seen.size() - 1);
        if (cell.restart()) {
          world.restart();
        }
      }
      if (changed) {
        seen.add(truth);
      }
      return until != null && world.clock.instant().isBefore(until)
          ? truth.with(cell.old(), old)
          : truth;
    }
  }
}
