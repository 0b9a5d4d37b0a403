package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.FlyServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What one runner's life costs the API server. */
class RequestsOfALifeTest {
  /** No more than Fly makes at once: who has to wait for a turn says so, which is a write. */
  private static final int RUNNERS = 3;

  /** For all of the runners together: what they do is published in batches. */
  private static final int MOST_OF_THE_POOL = 8;

  /** One request and its answer. */
  private record Asked(String what, int status) {
    boolean isWrite() {
      return !what.startsWith("GET");
    }

    boolean isOfThePool() {
      return isWrite() && what.contains(" flamepools/");
    }

    /** Of the runner or its boot Secret. */
    boolean isOfARunner() {
      return isWrite() && !isOfThePool();
    }

    boolean isInVain() {
      return !isWrite() && status == 404;
    }
  }

  /** Writes down all requests of the operator. */
  private static final class Listening implements World.Trouble {
    final Queue<Asked> asked = new ConcurrentLinkedQueue<>();

    @Override
    public void after(String method, String path, int status) throws IOException {
      asked.add(new Asked(method + " " + path.replaceFirst(".*/namespaces/[^/]+/", ""), status));
    }
  }

  @Test
  void ofLocalRunnersThatIdle() {
    try (World world = new World(RUNNERS)) {
      world.pool("p", "{max: 3, maxConcurrency: 1}");
      check(world, RequestsOfALifeTest::idle, 7);
    }
  }

  @Test
  void ofLocalRunnersThatAreDeleted() {
    try (World world = new World(RUNNERS)) {
      world.pool("p", "{max: 3, maxConcurrency: 1}");
      check(world, RequestsOfALifeTest::suspend, 6);
    }
  }

  @Test
  void ofFlyMachinesThatIdle() {
    FlyCloud fly = new FlyCloud();
    try (World world = new World(RUNNERS, CrashPoints.never(), fly)) {
      onFly(world, fly);
      check(world, RequestsOfALifeTest::idle, 7);
    }
  }

  @Test
  void ofFlyMachinesThatAreDeleted() {
    FlyCloud fly = new FlyCloud();
    try (World world = new World(RUNNERS, CrashPoints.never(), fly)) {
      onFly(world, fly);
      check(world, RequestsOfALifeTest::suspend, 7); // its end takes so long that it is written
    }
  }

  private static void onFly(World world, FlyCloud fly) {
    world.secret("fly", "token", FlyServer.TOKEN);
    world.pool(
        "p",
        ("{max: 3, maxConcurrency: 1, backends: [{name: fra, fly: {app: thumbs, image: 'thumbs:v7',"
                + " regions: [fra], host: '%s', tokenSecretRef: {name: fly, key: token}}}]}")
            .formatted(fly.server().url()));
  }

  private static void check(World world, Consumer<World> end, int writes) {
    world.cloud.bootTime(Duration.ofSeconds(1));
    world.cloud.stopTime(Duration.ofMillis(300));
    live(world, RequestsOfALifeTest::idle); // what a pool's own beginning costs is no runner's
    Listening listening = new Listening();
    world.with(listening);
    live(world, end);
    List<Asked> asked = List.copyOf(listening.asked);
    assertThat(asked.stream().filter(Asked::isInVain)).as("in vain, of %s", lines(asked)).isEmpty();
    assertThat(asked.stream().filter(Asked::isOfARunner).count())
        .as("writes of %d lives: %s", RUNNERS, lines(asked))
        .isEqualTo((long) RUNNERS * writes);
    assertThat(asked.stream().filter(Asked::isOfThePool).count())
        .as("writes of their pool: %s", lines(asked))
        .isLessThanOrEqualTo(MOST_OF_THE_POOL);
  }

  private static void live(World world, Consumer<World> end) {
    world.edit("p", "{\"suspend\":false}");
    world.demand("c", "p", 0, RUNNERS);
    world.soon("ready", Duration.ofSeconds(30), () -> world.endpoints("p").size() == RUNNERS);
    world.demand("c", "p", RUNNERS, 0);
    world.pass(Duration.ofSeconds(5));
    world.leave("c");
    end.accept(world);
    world.soon("over", Duration.ofSeconds(30), () -> world.runners("p").isEmpty());
    world.pass(Duration.ofSeconds(5));
  }

  private static void idle(World world) {
    List<String> uids =
        world.runners("p").stream().map(runner -> runner.getMetadata().getUid()).toList();
    uids.forEach(world.runners::idle);
    world.pass(Duration.ofMillis(300));
    uids.forEach(uid -> world.cloud.die(uid, 0, "Idle"));
  }

  private static void suspend(World world) {
    world.edit("p", "{\"suspend\":true}");
  }

  private static String lines(List<Asked> asked) {
    StringBuilder lines = new StringBuilder("\n");
    asked.forEach(one -> lines.append(one.status()).append(' ').append(one.what()).append('\n'));
    return lines.toString();
  }
}
