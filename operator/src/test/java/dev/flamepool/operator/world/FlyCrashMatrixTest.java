package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.CloudInvariants;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.Fault;
import dev.flamepool.operator.backend.FlyServer;
import dev.flamepool.operator.backend.fly.FlyFixtures;
import dev.flamepool.operator.credentials.CloudSecrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
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
  private static final int MAX = 3;
  private static final String POOL = "p";

  @TestFactory
  Stream<DynamicTest> anyCrashInAPoolsLife() throws Exception {
    List<String> points = cleanRun();
    assertThat(points).as("requests of a clean run").hasSizeGreaterThan(80);
    assertThat(points).anyMatch(point -> point.startsWith("before FLY POST"));
    assertThat(points).anyMatch(point -> point.startsWith("before FLY DELETE"));
    return IntStream.range(0, points.size())
        .filter(n -> !points.get(n).contains("FLY GET "))
        .mapToObj(n -> DynamicTest.dynamicTest(n + " " + points.get(n), () -> runWithCrashAt(n)));
  }

  @Test
  void aRegionWithoutRoomIsLeftAloneForThreeMinutes() throws Exception {
    AtomicReference<FlyServer> server = new AtomicReference<>();
    try (World world = world(CrashPoints.never(), server)) {
      world.cloud.offering(
          "fra", new Fault.Refuse(Kind.CAPACITY, "could not find a candidate host"));
      pool(world, server.get());
      world.demand("c", POOL, 0, 1);
      world.pass(Duration.ofSeconds(3));
      assertThat(world.endpoints(POOL)).hasSize(1);
      assertThat(regions(server.get())).containsExactly("fra", "ams");
      assertThat(server.get().seen().stream().map(FlyServer.Seen::body))
          .as("secret values lie in files")
          .noneMatch(body -> body.contains(FlyServer.TOKEN) || body.contains("PASSWORD"))
          .anyMatch(body -> body.contains("/flame/boot/env"));
      world.demand("c", POOL, 1, 1);
      world.pass(Duration.ofSeconds(5));
      assertThat(regions(server.get())).containsExactly("fra", "ams", "ams");
      world.cloud.offering("fra", null);
      world.pass(Duration.ofMinutes(3));
      world.demand("c", POOL, 2, 1);
      world.pass(Duration.ofSeconds(5));
      assertThat(regions(server.get())).containsExactly("fra", "ams", "ams", "fra");
    } finally {
      server.get().close();
    }
  }

  @Test
  void waitingForATurnIsNoBootTime() throws Exception {
    AtomicReference<FlyServer> server = new AtomicReference<>();
    try (World world = world(12, CrashPoints.never(), server)) {
      world.secret("fly", "token", FlyServer.TOKEN);
      world.pool(
          POOL,
          "{max: 12, maxConcurrency: 1, bootTimeout: 2s, backends: [%s]}"
              .formatted(entry(server.get())));
      world.demand("c", POOL, 0, 12);
      world.pass(Duration.ofSeconds(5));
      assertThat(world.runners(POOL).stream().map(FlyCrashMatrixTest::reason))
          .contains("RateLimited")
          .allMatch(reason -> reason.isEmpty() || reason.equals("RateLimited"));
      world.pass(Duration.ofSeconds(10));
      assertThat(world.endpoints(POOL)).hasSize(12);
      assertThat(world.condition(POOL, "BootHealthy")).isEqualTo("True/Healthy");
      assertThat(server.get().count("POST machines")).isEqualTo(12);
    } finally {
      server.get().close();
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

  private static World world(CrashPoints points, AtomicReference<FlyServer> server) {
    return world(MAX, points, server);
  }

  private static World world(int max, CrashPoints points, AtomicReference<FlyServer> server) {
    return new World(
        max,
        points,
        (world, at) -> {
          if (server.get() == null) {
            try {
              server.set(new FlyServer(world.cloud));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
          return FlyFixtures.backend(
              new CloudSecrets(world.client(), world.namespace), server.get(), world.clock, at);
        });
  }

  private static List<String> cleanRun() {
    AtomicReference<FlyServer> server = new AtomicReference<>();
    try (World world = world(CrashPoints.never(), server)) {
      life(world, server.get());
      assertThat(world.restarts()).isZero();
      return world.points().reached();
    } finally {
      server.get().close();
    }
  }

  private static void runWithCrashAt(int n) {
    AtomicReference<FlyServer> server = new AtomicReference<>();
    try (World world = world(CrashPoints.at(n), server)) {
      life(world, server.get());
      assertThat(world.restarts()).as("the crash happened").isEqualTo(1);
    } finally {
      server.get().close();
    }
  }

  private static String entry(FlyServer server) {
    return "{name: fra, fly: {app: thumbs, image: 'registry.fly.io/thumbs:v7', regions: [fra, ams],"
        + " host: '%s', tokenSecretRef: {name: fly, key: token}}}".formatted(server.url());
  }

  private static void pool(World world, FlyServer server) {
    world.secret("fly", "token", FlyServer.TOKEN);
    world.pool(
        POOL,
        "{max: 3, maxConcurrency: 1, shutdownTimeout: 5s, env: [{name: PASSWORD, valueFrom:"
            + " {secretKeyRef: {name: fly, key: token}}}], backends: [%s]}"
                .formatted(entry(server)));
  }

  /** Created, scaled up, spec changed under way, idle, kept, deleted. */
  private static void life(World world, FlyServer server) {
    world.cloud.bootTime(Duration.ofSeconds(1));
    pool(world, server);
    world.demand("c", POOL, 0, 2);
    soon(world, "two runners", () -> world.endpoints(POOL).equals(List.of("p-0", "p-1")));
    List<String> before = revisions(world);

    world.edit(POOL, "{\"env\":[{\"name\":\"A\",\"value\":\"1\"}]}");
    world.demand("c", POOL, 2, 0);
    soon(
        world,
        "two of the new revision",
        () ->
            world.endpoints(POOL).size() == 2
                && revisions(world).size() == 1
                && !revisions(world).equals(before));

    world.leave("c");
    List<String> ending = world.runners(POOL).stream().map(r -> r.getMetadata().getUid()).toList();
    ending.forEach(uid -> world.cloud.die(uid, 0, "Idle"));
    world.edit(POOL, "{\"min\":1}");
    soon(
        world,
        "min is kept",
        () ->
            world.endpoints(POOL).size() == 1
                && world.runners(POOL).stream()
                    .noneMatch(r -> ending.contains(r.getMetadata().getUid())));

    world.delete(POOL);
    soon(world, "the pool is let go", () -> world.pool(POOL) == null);
    assertThat(world.runners(POOL)).isEmpty();
    CloudInvariants.nothingLeft(world.cloud);
    assertThat(world.secrets()).as("boot Secrets").noneMatch(name -> name.contains("-boot-"));
    assertThat(server.seen())
        .as("requests as Fly documents them")
        .allMatch(seen -> seen.violations().isEmpty());
  }

  private static List<String> revisions(World world) {
    return world.runners(POOL).stream().map(r -> r.getSpec().revision()).distinct().toList();
  }

  /** Lets time pass until something holds; for long enough also after a crash. */
  private static void soon(World world, String what, BooleanSupplier holds) {
    for (int second = 0; second < 40 && !holds.getAsBoolean(); second++) {
      world.pass(Duration.ofSeconds(1));
    }
    assertThat(holds.getAsBoolean()).as(what).isTrue();
  }
}
