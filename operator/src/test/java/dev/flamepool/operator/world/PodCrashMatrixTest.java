package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.operator.backend.CrashPoints;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The operator dies once, before or after every write to the API server in a pool's whole life, the
 * Pods' own among them, and is started again; dying at a request that only asks is dying after the
 * one before it. Client, watch and backend are the real ones, over HTTP; the clock is the test's.
 * In the end no Pod is left.
 */
class PodCrashMatrixTest {
  private static final Pattern CREATE = Pattern.compile("before POST .*/pods$");
  private static final Pattern DELETE = Pattern.compile("before DELETE .*/pods/[^/]+$");

  @TestFactory
  Stream<DynamicTest> anyCrashInAPoolsLife() {
    List<String> points = live(CrashPoints.never(), 0);
    assertThat(points).as("requests of a clean run").hasSizeGreaterThan(100);
    assertThat(points.stream().filter(CREATE.asPredicate())).hasSizeGreaterThan(4);
    assertThat(points.stream().filter(DELETE.asPredicate())).hasSizeGreaterThan(4);
    return Cells.live(
        "crashes with Pods",
        Cells.points(points, point -> true),
        1,
        point -> live(CrashPoints.at(point.number()), 1));
  }

  /** The points that were reached. */
  private static List<String> live(CrashPoints points, int crashes) {
    PodCloud pods = new PodCloud();
    try (World world = new World(Life.MAX, points, pods)) {
      pods.secret(world);
      new Life(world, pods.spec(), Duration.ofSeconds(20)).live();
      assertThat(world.restarts()).as("the crash happened").isEqualTo(crashes);
      assertThat(pods.node().pods()).as("Pods").isEmpty();
      return points.reached();
    }
  }
}
