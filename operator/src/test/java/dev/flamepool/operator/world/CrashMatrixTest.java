package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.operator.backend.CrashPoints;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The operator dies once, before every side effect of a pool's whole life, and is started again.
 * What it had in memory is lost, so dying before one effect is also dying after the one before it,
 * with or without its response. The points are recorded from a clean run, never listed by hand.
 * {@link World} checks after every step that no machine is too many or without its record; the
 * scenario, that the operator gets where it should all the same.
 */
class CrashMatrixTest {
  @TestFactory
  Stream<DynamicTest> anyCrashInAPoolsLife() {
    List<String> points = live(CrashPoints.never(), 0);
    assertThat(points).as("side effects of a clean run").hasSizeGreaterThan(60);
    return Cells.live(
        "crashes",
        Cells.points(points, point -> point.startsWith("before ") && !point.contains(" find ")),
        1,
        point -> live(CrashPoints.at(point.number()), 1));
  }

  /** The points that were reached. */
  private static List<String> live(CrashPoints points, int crashes) {
    try (World world = new World(Life.MAX, points)) {
      new Life(world, "", Duration.ofSeconds(15)).live();
      assertThat(world.restarts()).as("the crash happened").isEqualTo(crashes);
      return points.reached();
    }
  }
}
