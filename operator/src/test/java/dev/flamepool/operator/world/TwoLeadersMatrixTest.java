package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.operator.backend.CrashPoints;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Another operator leads, and the one before is not gone yet. What the Lease gives is that the old
 * leader notices; it cannot take back the request that the old one was in, nor keep it from a few
 * more. So the old leader is paused before any request of a pool's whole life that changes
 * something, another takes its place, and the old one goes on: soon or when the pool is long gone,
 * to the end of that one request or of all that it was about to do. Pausing after a request is
 * pausing before the next. What a late request leaves in the cloud the sweep ends.
 *
 * <p>And the clock of the other one differs by five minutes: by its own crash matrix, as only what
 * is stored tells it another's time, and with both of them acting all the time.
 */
class TwoLeadersMatrixTest {
  private record Cell(int point, boolean soon, boolean oneRequest, String request)
      implements Cells.Cell {
    @Override
    public String name() {
      return (soon ? "soon " : "at last ") + (oneRequest ? "one request " : "all ") + request;
    }

    @Override
    public String kind() {
      return Cells.withoutNumbers(request);
    }
  }

  @TestFactory
  Stream<DynamicTest> anyPausedLeaderComesBack() {
    List<String> points = takenOver(CrashPoints.never(), Duration.ZERO, 0);
    List<Cell> cells = new ArrayList<>();
    for (int n = 0; n < points.size(); n++) {
      if (changes(points.get(n))) {
        for (boolean soon : List.of(true, false)) {
          for (boolean oneRequest : List.of(true, false)) {
            cells.add(new Cell(n, soon, oneRequest, points.get(n)));
          }
        }
      }
    }
    return Cells.live("paused leaders", cells, 2, TwoLeadersMatrixTest::comesBack);
  }

  private static boolean changes(String point) {
    return point.startsWith("before ") && !point.contains(" find ");
  }

  private static void comesBack(Cell cell) {
    Paused leader = new Paused(cell);
    try (World world = new World(BusyLife.MAX, leader.points).with(leader)) {
      leader.world = world;
      new BusyLife(world, leader::soon).live();
      assertThat(world.restarts()).as("another took its place").isEqualTo(1);
      leader.goOn();
      world.sweep(Duration.ofMinutes(4));
      Life.nothingLeft(world);
    }
  }

  @TestFactory
  Stream<DynamicTest> anyTakeOverWithAClockThatIsAhead() {
    return takeOvers(Duration.ofMinutes(5));
  }

  @TestFactory
  Stream<DynamicTest> anyTakeOverWithAClockThatIsBehind() {
    return takeOvers(Duration.ofMinutes(-5));
  }

  private static Stream<DynamicTest> takeOvers(Duration skew) {
    List<String> points = takenOver(CrashPoints.never(), skew, 0);
    return Cells.live(
        "leaders whose clocks differ by " + skew,
        Cells.points(points, TwoLeadersMatrixTest::changes),
        1,
        point -> takenOver(CrashPoints.at(point.number()), skew, 1));
  }

  /** The points that were reached. */
  private static List<String> takenOver(CrashPoints points, Duration skew, int times) {
    try (World world = new World(BusyLife.MAX, points).skewed(skew).with(new World.Trouble() {})) {
      new BusyLife(world, () -> {}).live();
      assertThat(world.restarts()).as("another took its place").isEqualTo(times);
      return points.reached();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-5, 0, 5})
  void twoThatActAllTheTimeAreAsGoodAsOne(int minutes) {
    Both both = new Both(Duration.ofMinutes(minutes));
    try (World world = new World(BusyLife.MAX, CrashPoints.never()).with(both)) {
      both.world = world;
      new BusyLife(world, () -> {}).live();
    }
  }

  /** Two leaders at once, each seeing what was there before the other acted. */
  private static final class Both implements World.Trouble {
    private final Duration skew;
    private World world;
    private Instance other;
    private Objects seen;

    Both(Duration skew) {
      this.skew = skew;
    }

    @Override
    public Objects seen(Objects truth) {
      seen = truth;
      return truth;
    }

    @Override
    public boolean act(Runnable round) {
      if (other == null) {
        other = new Instance(world, CrashPoints.never(), skew);
      }
      round.run();
      other.round(seen);
      return true;
    }
  }

  /** A leader that is paused once. */
  private static final class Paused implements World.Trouble {
    private static final Duration SOON = Duration.ofSeconds(2);

    private final Pause pause = new Pause();
    private final Cell cell;
    final CrashPoints points;
    private World world;
    private Instant since;
    private boolean over;

    Paused(Cell cell) {
      this.cell = cell;
      this.points = CrashPoints.pausingAt(cell.point(), pause::here);
    }

    @Override
    public boolean act(Runnable round) {
      if (since != null) {
        round.run();
        return true;
      }
      boolean ended = pause.run(round);
      if (!ended) {
        since = world.clock.instant();
      }
      return ended;
    }

    void soon() {
      if (cell.soon() && since != null && !world.clock.instant().isBefore(since.plus(SOON))) {
        goOn();
      }
    }

    void goOn() {
      if (!over) {
        over = true;
        if (cell.oneRequest()) {
          points.die();
        }
        world.comeBack(points, pause::resume);
      }
    }
  }
}
