package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePoolStatus.Failure;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.FlyServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A process that is no runner, as where {@code serveIfRunner} is forgotten: each end of it is a
 * failed boot, and its last lines and the remedy reach whoever waits.
 */
class NeverReadyTest {
  private static final String POOL = "p";
  private static final String USAGE = "Usage: app FILE";
  private static final Duration A_WHILE = Duration.ofSeconds(20);

  private final List<World> worlds = new ArrayList<>();

  @AfterEach
  void close() {
    worlds.forEach(World::close);
  }

  private World started(World world, String spec) {
    worlds.add(world);
    world.runners.muteAll(true);
    world.pool(POOL, "{max: 1%s}".formatted(spec));
    world.demand("c", POOL, 0, 1);
    return world;
  }

  /** The process on the next machine ends. */
  private static void end(World world, int code, String cause, String... lines) {
    end(world, () -> {}, code, cause, lines);
  }

  private static void end(World world, Runnable before, int code, String cause, String... lines) {
    world.soon("a machine", Duration.ofMinutes(1), () -> world.cloud.live().size() == 1);
    String uid = world.runner("p-0").getMetadata().getUid();
    world.soon("it runs", A_WHILE, () -> world.cloud.live().get(0).address().isPresent());
    before.run();
    world.cloud.die(uid, code, cause, lines);
    world.soon(
        "its end",
        A_WHILE,
        () ->
            world.runners(POOL).stream()
                .noneMatch(runner -> runner.getMetadata().getUid().equals(uid)));
  }

  private static Failure last(World world) {
    List<Failure> failures = world.pool(POOL).getStatus().recentFailures();
    assertThat(failures).isNotNull();
    return failures.get(failures.size() - 1);
  }

  /** Whatever it says of itself: the code of an end in order, or the word for one. */
  @ParameterizedTest
  @CsvSource({"0, ''", "64, ''", "12, Drained", "143, Drained"})
  void threeEndsHoldBootsBackAndItsLastLinesAreToldEverywhere(int code, String cause) {
    World world = started(new World(1), "");
    for (int i = 0; i < 3; i++) {
      end(world, code, cause, "starting", USAGE);
    }
    assertThat(world.condition(POOL, "BootHealthy")).isEqualTo("False/BootFailing");
    assertThat(last(world).log()).containsExactly("starting", USAGE);
    assertThat(last(world).message().contains("serveIfRunner")).isEqualTo(cause.isEmpty());
    assertThat(world.events("RunnerFailed")).anyMatch(event -> event.contains("| " + USAGE));
  }

  @Test
  void flyHasNoOutputButTheCommandThatShowsIt() {
    FlyCloud fly = new FlyCloud();
    World world = new World(1, CrashPoints.never(), fly);
    world.secret("fly", "token", FlyServer.TOKEN);
    started(world, FlyCloud.spec(fly.server()));
    end(world, 0, "");
    assertThat(last(world).reason()).isEqualTo("BootFailed");
    assertThat(last(world).message()).contains("exit code 0 before it said hello", "serveIfRunner");
    assertThat(last(world).log())
        .anyMatch(line -> line.contains("exit code 0"))
        .anyMatch(line -> line.matches("what it wrote: fly logs -a thumbs -i \\w+ --no-tail"));
  }

  @Test
  void aPodsLogIsReadAlsoAfterAnEndWithZero() {
    PodCloud pods = new PodCloud();
    World world = new World(1, CrashPoints.never(), pods);
    pods.secret(world);
    world.with(
        new World.Trouble() {
          @Override
          public int before(String method, String path) {
            return path.contains("/log?") ? 200 : 0;
          }

          @Override
          public String words() {
            return USAGE;
          }
        });
    started(world, pods.spec());
    end(world, 0, "");
    assertThat(last(world).message()).contains("exit code 0 before it said hello", "serveIfRunner");
    assertThat(last(world).log()).anyMatch(line -> line.contains(USAGE));
  }

  @Test
  void anInstancesReportTellsTheCodeThatEc2DoesNotKnow() {
    Ec2Cloud ec2 = new Ec2Cloud();
    World world = new World(1, CrashPoints.never(), ec2);
    ec2.secret(world);
    started(world, ec2.spec());
    String ended = USAGE + "\nflamepool: ended: exit code 0 of bin/app\n";
    end(world, () -> ec2.server().report(ended), 0, "");
    assertThat(last(world).message())
        .startsWith("exit code 0 of bin/app before it said hello: ")
        .contains("serveIfRunner");
    assertThat(last(world).log()).contains(USAGE);
    String failed =
        """
        flame: the runner could not start
        flamepool: failed: could not keep bin/app running: it ended with exit code 1
        """;
    end(world, () -> ec2.server().report(failed), 1, "");
    assertThat(last(world).message())
        .as("the library was there")
        .isEqualTo("could not keep bin/app running: it ended with exit code 1");
  }
}
