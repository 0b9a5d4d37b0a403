package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.minicluster.RequestHook;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.FlyServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Many runners that wait until their cloud may be asked, and one of another pool. */
class TurnsOfPoolsTest {
  private static final String BIG = "big";
  private static final String SMALL = "small";

  /** What the operator asked the API server for. */
  private static List<String> requests(World world) {
    List<String> asked = new CopyOnWriteArrayList<>();
    world.with(
        new World.Trouble() {
          @Override
          public int before(String method, String path) {
            asked.add(method + " " + path + " ");
            return RequestHook.PASS;
          }
        });
    return asked;
  }

  private static List<String> waiting(World world) {
    return world.runners(BIG).stream()
        .filter(runner -> "RateLimited".equals(reason(runner)))
        .map(runner -> runner.getMetadata().getName())
        .toList();
  }

  private static String reason(FlameRunner runner) {
    return runner.getStatus() == null ? null : runner.getStatus().reason();
  }

  private static void nobodyWhoWaitedAsked(World world, List<String> asked) {
    assertThat(asked).anyMatch(request -> isAbout(SMALL + "-0", request));
    for (String runner : waiting(world)) {
      assertThat(asked).noneMatch(request -> isAbout(runner, request));
    }
  }

  private static boolean isAbout(String runner, String request) {
    return request.matches(".*/" + runner + "[-/ ?].*");
  }

  @Test
  void onEc2TheFirstRunnerOfAPoolComesAfterOneOfEachOther() {
    Ec2Cloud ec2 = new Ec2Cloud();
    try (World world = new World(31, CrashPoints.never(), ec2)) {
      ec2.secret(world);
      world.pool(BIG, "{max: %d, maxConcurrency: 1%s}".formatted(30, ec2.spec()));
      world.demand("c", BIG, 0, 30);
      world.settle();
      assertThat(ec2.server().count("RunInstances")).isEqualTo(5);
      assertThat(waiting(world)).hasSize(25);
      List<String> asked = requests(world);
      world.pool(SMALL, "{min: 1, max: 1%s}".formatted(ec2.spec()));
      world.pass(Duration.ofSeconds(3));
      assertThat(ec2.server().living().stream().map(made -> made.tags().get("flamepool:pool")))
          .as("two a second, after a burst")
          .hasSize(11);
      assertThat(ec2.server().living().subList(5, 8))
          .anyMatch(made -> made.tags().get("flamepool:pool").equals(SMALL));
      nobodyWhoWaitedAsked(world, asked);
      assertThat(ec2.server().actions().stream().filter(it -> it.equals("S3 PUT")))
          .as("one boot object for each launch")
          .hasSize(11);
    }
  }

  @Test
  void onFlyTooAndWhoNobodyWaitsForAnyMoreGoesWithoutARequest() {
    FlyCloud fly = new FlyCloud();
    try (World world = new World(201, CrashPoints.never(), fly)) {
      world.secret("fly", "token", FlyServer.TOKEN);
      String spec = FlyCloud.spec(fly.server());
      world.pool(BIG, "{max: 200, maxConcurrency: 1%s}".formatted(spec));
      world.demand("c", BIG, 0, 200);
      world.settle();
      assertThat(waiting(world)).hasSize(197);
      List<String> asked = requests(world);
      world.pool(SMALL, "{min: 1, max: 1%s}".formatted(spec));
      world.pass(Duration.ofSeconds(2));
      nobodyWhoWaitedAsked(world, asked);
      assertThat(world.runners(SMALL)).allMatch(runner -> runner.getStatus().machine() != null);
      world.delete(BIG);
      world.pass(Duration.ofSeconds(20));
      assertThat(world.runners(BIG)).isEmpty();
      assertThat(fly.server().count("POST machines"))
          .as("no turn was left to the gone")
          .isLessThan(8);
      assertThat(world.endpoints(SMALL)).hasSize(1);
    }
  }
}
