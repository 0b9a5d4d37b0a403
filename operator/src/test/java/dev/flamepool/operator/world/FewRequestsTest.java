package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.minicluster.RequestHook;
import dev.flamepool.operator.backend.CloudEvent;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the operator asks the API server for: what changes, and nothing that it knows. */
class FewRequestsTest {
  private static final int POOLS = 6;

  private final World world = new World(5);
  private final Queue<String> asked = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    world.close();
  }

  private void listen() {
    asked.clear();
    world.with(
        new World.Trouble() {
          @Override
          public int before(String method, String path) {
            asked.add(method + " " + path);
            return RequestHook.PASS;
          }
        });
  }

  private long finds() {
    return world.cloud.log().stream().filter(e -> e.type() == CloudEvent.Type.CALL).count();
  }

  @Test
  void whatIsDialledAfterAStartIsHeardOfNotLookedAtAgainAndAgain() {
    manyPools();
    world.runners.dialling(true);
    world.restart();
    long before = finds();
    world.pass(Duration.ofSeconds(4));
    assertThat(world.runnerPasses()).as("one each").isEqualTo(POOLS);
    assertThat(finds()).isEqualTo(before);
    world.pass(Duration.ofSeconds(26));
    assertThat(world.runnerPasses()).as("after 5, 10 and 20 s").isLessThanOrEqualTo(4 * POOLS);
    assertThat(finds()).isGreaterThan(before);
    world.runners.dialling(false);
    world.pass(Duration.ofSeconds(1));
    assertThat(world.runnerPasses()).as("and one each").isLessThanOrEqualTo(5 * POOLS);
    pools().forEach(pool -> assertThat(world.endpoints(pool)).hasSize(1));
  }

  @Test
  void whatIsGoneWhileItIsDialledIsFoundOut() {
    manyPools();
    String uid = world.runners("p0").get(0).getMetadata().getUid();
    world.runners.dialling(true);
    world.restart();
    world.cloud.die(uid, 137, "");
    world.pass(Duration.ofSeconds(6));
    assertThat(world.endpoints("p0")).isEmpty();
  }

  private List<String> lists(String kind) {
    return asked.stream()
        .filter(request -> request.matches("GET .*/" + kind + "([?].*)?"))
        .toList();
  }

  private static List<String> pools() {
    return IntStream.range(0, POOLS).mapToObj(n -> "p" + n).toList();
  }

  private void manyPools() {
    for (String pool : pools()) {
      world.pool(pool, "{min: 1, max: 2}");
    }
    world.pass(Duration.ofSeconds(5));
    pools().forEach(pool -> assertThat(world.endpoints(pool)).hasSize(1));
  }

  @Test
  void aNewPoolListsNothing() {
    listen();
    manyPools();
    assertThat(lists("flamerunners")).isEmpty();
    assertThat(lists("controllerrevisions")).isEmpty();
  }

  @Test
  void aStartListsOnceHoweverManyPoolsThereAre() {
    manyPools();
    listen();
    world.restart();
    world.pass(Duration.ofSeconds(5));
    assertThat(lists("flamerunners")).hasSize(1);
    assertThat(lists("controllerrevisions")).hasSize(1);
    assertThat(lists("flamepools")).hasSize(1);
    pools().forEach(pool -> assertThat(world.endpoints(pool)).hasSize(1));
  }

  @Test
  void aDeletionListsOnceForEachPoolThatGoes() {
    world.cloud.stopTime(Duration.ofSeconds(3));
    manyPools();
    listen();
    pools().forEach(world::delete);
    world.pass(Duration.ofSeconds(10));
    pools().forEach(pool -> assertThat(world.pool(pool)).isNull());
    assertThat(lists("flamerunners")).hasSize(POOLS).allMatch(list -> list.contains("spec.pool"));
  }
}
