package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.backend.CloudInvariants;
import dev.flamepool.operator.backend.CrashPoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The operator dies once, before every side effect of a pool's whole life, and is started again.
 * What it had in memory is lost, so dying before one effect is also dying after the one before it,
 * with or without its response. The points are recorded from a clean run, never listed by hand.
 * {@link World} checks after every step that no machine is too many or without its record; the
 * scenario, that the operator gets where it should all the same (invariants I1 to I5, I9, I12).
 */
class CrashMatrixTest {
  private static final int MAX = 3;
  private static final String POOL = "p";

  @TestFactory
  Stream<DynamicTest> anyCrashInAPoolsLife() {
    List<String> points = cleanRun();
    assertThat(points).as("side effects of a clean run").hasSizeGreaterThan(60);
    return IntStream.range(0, points.size())
        .filter(n -> points.get(n).startsWith("before ") && !points.get(n).contains(" find "))
        .mapToObj(n -> DynamicTest.dynamicTest(n + " " + points.get(n), () -> runWithCrashAt(n)));
  }

  private static List<String> cleanRun() {
    try (World world = new World(MAX)) {
      life(world);
      assertThat(world.restarts()).isZero();
      return world.points().reached();
    }
  }

  private static void runWithCrashAt(int n) {
    try (World world = new World(MAX, CrashPoints.at(n))) {
      life(world);
      assertThat(world.restarts()).as("the crash happened").isEqualTo(1);
    }
  }

  /** Created, scaled up, spec changed under way, idle, kept, deleted. */
  private static void life(World world) {
    world.cloud.bootTime(Duration.ofSeconds(1));
    world.pool(POOL, "{max: 3, maxConcurrency: 1, shutdownTimeout: 5s}");
    world.demand("c", POOL, 0, 2);
    world.pass(Duration.ofSeconds(5));
    assertThat(world.endpoints(POOL)).containsExactly("p-0", "p-1");

    world.edit(POOL, "{\"env\":[{\"name\":\"A\",\"value\":\"1\"}]}");
    world.demand("c", POOL, 2, 0);
    world.pass(Duration.ofSeconds(8));
    assertThat(world.endpoints(POOL)).as("replaced by the new revision").hasSize(2);
    assertThat(revisions(world)).hasSize(1);

    world.leave("c");
    for (FlameRunner runner : world.runners(POOL)) {
      world.cloud.die(runner.getMetadata().getUid(), 0, "Idle");
    }
    world.edit(POOL, "{\"min\":1}");
    world.pass(Duration.ofSeconds(5));
    assertThat(world.endpoints(POOL)).as("min is kept").hasSize(1);

    world.delete(POOL);
    world.pass(Duration.ofSeconds(8));
    assertThat(world.pool(POOL)).as("the pool is let go").isNull();
    assertThat(world.runners(POOL)).isEmpty();
    CloudInvariants.nothingLeft(world.cloud);
    assertThat(world.secrets()).as("boot Secrets").isEmpty();
  }

  private static List<String> revisions(World world) {
    return new ArrayList<>(
        world.runners(POOL).stream().map(r -> r.getSpec().revision()).distinct().toList());
  }
}
