package dev.flamepool.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlameCallerSpec;
import dev.flamepool.api.FlamePool;
import dev.flamepool.operator.backend.ManualClock;
import dev.flamepool.operator.backend.ScriptedBackend;
import dev.flamepool.operator.backend.ScriptedCloud;
import dev.flamepool.operator.credentials.PoolCredentials;
import dev.flamepool.operator.leadership.LeaseTimes;
import dev.flamepool.operator.world.Cluster;
import dev.flamepool.operator.world.FakeLinks;
import dev.flamepool.operator.world.FakeRunners;
import dev.flamepool.operator.world.Holdings;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An operator that has seen many lives remembers no more than one that has seen none. */
class FlatMemoryTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  // Two lives in each place and round: 162 in all.
  private static final int POOLS = 3;
  private static final int RUNNERS = 9;
  private static final int CROWD = 50;
  private static final int LIVES = 10_000;

  private final String namespace = Cluster.namespace();
  private final KubernetesClient client = Cluster.shared();
  private final ScriptedCloud cloud = new ScriptedCloud(new ManualClock());
  private final FakeRunners runners = new FakeRunners(cloud);
  private final Operator operator =
      new Operator(
          OperatorConfig.of(Cluster.config(), namespace, Path.of("unused"))
              .withNamespaces(Set.of(namespace))
              .withInstallation("here")
              .withLease(Optional.empty(), LeaseTimes.DEFAULT),
          Cluster.client(),
          List.of(new ScriptedBackend(cloud)),
          new PoolCredentials(Cluster.client(), namespace, Clock.systemUTC()),
          new FakeLinks(runners),
          () -> {});

  @AfterEach
  void close() {
    operator.close();
  }

  @Test
  void nothingIsLeftOfPoolsAndRunnersThatAreGone() {
    operator.start();
    await().atMost(PATIENCE).until(operator::isWorking);
    Map<String, Integer> none = held();
    assertThat(none).containsKeys("Pokes.last", "Wakes.due", "PoolCredentials.pools");
    lives(this::delete);
    long lines = operator.metrics().scrape().lines().count();
    lives(this::delete);
    lives(this::strip);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(held()).isEqualTo(none);
              assertThat(operator.metrics().scrape().lines().count()).isEqualTo(lines);
            });
  }

  /** Minutes; the first quarter fills what has a limit, here and in the API server beside. */
  @Test
  @Tag("soak")
  void heapAndThreadsAreFlatOverTenThousandLives() {
    operator.start();
    FlamePool pool = pool(0, CROWD);
    awaitRunners(pool, CROWD);
    List<Use> quarters = new ArrayList<>();
    for (int lives = 0, quarter = 1; quarter <= 4; lives += CROWD) {
      if (lives >= quarter * LIVES / 4) {
        Use use = Use.now(lives);
        System.out.println(use);
        quarters.add(use);
        quarter++;
      }
      Set<String> before = living();
      before.forEach(uid -> cloud.die(uid, 11, "Lifetime"));
      await()
          .dontCatchUncaughtExceptions() // JOSDK's timer throws as a runner goes
          .atMost(PATIENCE)
          .until(() -> living().size() == CROWD && Collections.disjoint(living(), before));
      awaitRunners(pool, CROWD);
      cloud.forgetPast();
      runners.forgetPast();
    }
    Use early = quarters.get(0);
    assertThat(quarters)
        .allMatch(late -> late.heap() < early.heap() + early.heap() / 10 + (4L << 20))
        .allMatch(late -> late.threads() <= early.threads() + 8);
    delete(List.of(pool));
    await().atMost(PATIENCE).until(() -> cloud.live().isEmpty());
  }

  /** What a process uses after so many lives: bytes after a collection, and threads. */
  private record Use(int lives, long heap, int threads) {
    static Use now(int lives) {
      MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
      long least = Long.MAX_VALUE;
      for (int i = 0; i < 3; i++) {
        memory.gc();
        least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
      }
      return new Use(lives, least, ManagementFactory.getThreadMXBean().getThreadCount());
    }
  }

  private Set<String> living() {
    return cloud.live().stream()
        .map(machine -> machine.key().runnerUid())
        .collect(Collectors.toSet());
  }

  /** Without what has a limit of its own. */
  private Map<String, Integer> held() {
    Map<String, Integer> held = Holdings.of(operator);
    assertThat(held.remove("Events.told")).isLessThanOrEqualTo(1_000);
    assertThat(held.remove("Bulkheads.endpoints")).as("for 10 min").isLessThanOrEqualTo(3);
    assertThat(held.remove("RecentWrites.ended")).isLessThanOrEqualTo(1_000);
    held.keySet().removeIf(name -> name.startsWith("AtStart.") && held.get(name) == 0);
    held.keySet().removeIf(name -> name.startsWith("EndpointLanes.")); // one for each endpoint
    held.remove("FairQueue.flows", 0);
    return held;
  }

  /** Pools come and boot, each runner has a successor, a caller comes and goes, and all end. */
  private void lives(Consumer<List<FlamePool>> end) {
    List<FlamePool> pools = IntStream.range(0, POOLS).mapToObj(this::pool).toList();
    await().atMost(PATIENCE).until(() -> cloud.live().size() == POOLS * RUNNERS);
    cloud.live().forEach(machine -> cloud.die(machine.key().runnerUid(), 11, "Lifetime"));
    pools.forEach(pool -> awaitRunners(pool, RUNNERS));
    end.accept(pools);
    client.resources(FlameCaller.class).inNamespace(namespace).delete();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(client.resources(FlamePool.class).inNamespace(namespace).list().getItems())
                  .isEmpty();
              assertThat(cloud.live()).isEmpty();
              assertThat(secrets()).isEmpty();
            });
  }

  private FlamePool pool(int number) {
    return pool(number, RUNNERS);
  }

  private FlamePool pool(int number, int size) {
    FlamePool pool =
        Serialization.unmarshal("spec: {min: %d, max: %d}".formatted(size, size), FlamePool.class);
    pool.setMetadata(
        new ObjectMetaBuilder().withName("p" + number).withNamespace(namespace).build());
    FlameCaller caller = new FlameCaller();
    caller.setMetadata(
        new ObjectMetaBuilder()
            .withName("p" + number + "-abcdefgh")
            .withNamespace(namespace)
            .build());
    caller.setSpec(new FlameCallerSpec("p" + number, 0, 1, 0, "code-1", 1, "s"));
    client.resource(caller).create();
    return client.resource(pool).create();
  }

  private void awaitRunners(FlamePool pool, int count) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              FlamePool now = client.resource(pool).get();
              assertThat(now.getStatus()).isNotNull();
              assertThat(now.getStatus().endpoints()).hasSize(count);
            });
  }

  private void delete(List<FlamePool> pools) {
    pools.forEach(pool -> client.resource(pool).delete());
  }

  /** Somebody takes the finalizers off of pools that are being deleted, while machines stop. */
  private void strip(List<FlamePool> pools) {
    cloud.stopTime(Duration.ofHours(1));
    delete(pools);
    pools.forEach(
        pool ->
            client
                .resource(pool)
                .patch(
                    PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"finalizers\":null}}"));
    assertThat(cloud.live()).hasSize(POOLS * RUNNERS);
    cloud.live().forEach(machine -> cloud.die(machine.key().runnerUid(), 12, "Drained"));
  }

  private List<String> secrets() {
    return client.secrets().inNamespace(namespace).list().getItems().stream()
        .map(Secret::getMetadata)
        .map(metadata -> metadata.getName())
        .toList();
  }
}
