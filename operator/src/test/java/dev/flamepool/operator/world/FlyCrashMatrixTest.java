package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.Fault;
import dev.flamepool.operator.backend.FlyServer;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The operator dies once, before or after every request that changes something at Fly and every
 * write to the API server in a pool's whole life, and is started again; dying at a request that
 * only asks is dying after the one before it. Client, backend and credentials are the real ones,
 * over HTTP; the clock is the test's. In the end no machine is left (T20, T41).
 */
class FlyCrashMatrixTest {
  private static final String POOL = Life.POOL;

  @TestFactory
  Stream<DynamicTest> anyCrashInAPoolsLife() {
    List<String> points = live(CrashPoints.never(), 0);
    assertThat(points).as("requests of a clean run").hasSizeGreaterThan(80);
    assertThat(points).anyMatch(point -> point.startsWith("before FLY POST"));
    assertThat(points).anyMatch(point -> point.startsWith("before FLY DELETE"));
    return Cells.live(
        "crashes with Fly",
        Cells.points(points, point -> !point.contains("FLY GET ")),
        1,
        point -> live(CrashPoints.at(point.number()), 1));
  }

  /** The points that were reached. */
  private static List<String> live(CrashPoints points, int crashes) {
    FlyCloud fly = new FlyCloud();
    try (World world = new World(Life.MAX, points, fly)) {
      world.secret("fly", "token", FlyServer.TOKEN);
      new Life(world, FlyCloud.spec(fly.server()), Duration.ofSeconds(40)).live();
      assertThat(world.restarts()).as("the crash happened").isEqualTo(crashes);
      assertThat(fly.server().seen())
          .as("requests as Fly documents them")
          .allMatch(seen -> seen.violations().isEmpty());
      return points.reached();
    }
  }

  @Test
  void aRegionWithoutRoomIsLeftAloneForThreeMinutes() throws Exception {
    FlyCloud fly = new FlyCloud();
    try (World world = new World(Life.MAX, CrashPoints.never(), fly)) {
      world.cloud.offering(
          "fra", new Fault.Refuse(Kind.CAPACITY, "could not find a candidate host"));
      world.secret("fly", "token", FlyServer.TOKEN);
      world.pool(POOL, "{max: 3, maxConcurrency: 1%s}".formatted(FlyCloud.spec(fly.server())));
      world.demand("c", POOL, 0, 1);
      world.pass(Duration.ofSeconds(3));
      assertThat(world.endpoints(POOL)).hasSize(1);
      assertThat(regions(fly.server())).containsExactly("fra", "ams");
      assertThat(fly.server().seen().stream().map(FlyServer.Seen::body))
          .as("secret values lie in files")
          .noneMatch(body -> body.contains(FlyServer.TOKEN) || body.contains("PASSWORD"))
          .anyMatch(body -> body.contains("/flame/boot/env"));
      world.demand("c", POOL, 1, 1);
      world.pass(Duration.ofSeconds(5));
      assertThat(regions(fly.server())).containsExactly("fra", "ams", "ams");
      world.cloud.offering("fra", null);
      world.pass(Duration.ofMinutes(3));
      world.demand("c", POOL, 2, 1);
      world.pass(Duration.ofSeconds(5));
      assertThat(regions(fly.server())).containsExactly("fra", "ams", "ams", "fra");
    }
  }

  @Test
  void waitingForATurnIsNoBootTime() throws Exception {
    FlyCloud fly = new FlyCloud();
    try (World world = new World(12, CrashPoints.never(), fly)) {
      world.secret("fly", "token", FlyServer.TOKEN);
      world.pool(
          POOL,
          "{max: 12, maxConcurrency: 1, bootTimeout: 2s, backends: [%s]}"
              .formatted(FlyCloud.entry(fly.server())));
      world.demand("c", POOL, 0, 12);
      world.pass(Duration.ofSeconds(5));
      assertThat(world.runners(POOL).stream().map(FlyCrashMatrixTest::reason))
          .contains("RateLimited")
          .allMatch(reason -> reason.isEmpty() || reason.equals("RateLimited"));
      world.pass(Duration.ofSeconds(10));
      assertThat(world.endpoints(POOL)).hasSize(12);
      assertThat(world.condition(POOL, "BootHealthy")).isEqualTo("True/Healthy");
      assertThat(fly.server().count("POST machines")).isEqualTo(12);
    }
  }

  private static String reason(FlameRunner runner) {
    return runner.getStatus() == null || runner.getStatus().reason() == null
        ? ""
        : runner.getStatus().reason();
  }

  private static List<String> regions(FlyServer server) {
    return server.seen().stream()
        .filter(seen -> seen.what().equals("POST machines"))
        .map(seen -> seen.body().replaceAll("(?s).*\"region\":\"([a-z]*)\".*", "$1"))
        .toList();
  }
}
