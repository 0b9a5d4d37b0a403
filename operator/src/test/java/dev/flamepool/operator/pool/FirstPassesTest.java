package dev.flamepool.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.backend.ManualClock;
import dev.flamepool.operator.scaling.CallerDemand;
import dev.flamepool.operator.scaling.Demand;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FirstPassesTest {
  private static final Duration DONE = Duration.ofMinutes(5);

  private final ManualClock clock = new ManualClock(Instant.EPOCH);
  private final Map<String, Integer> calls = new HashMap<>();
  private final List<String> passed = new ArrayList<>();

  /** Pools with one runner each, whose callers have the calls that a test says. */
  private final FirstPasses passes =
      new FirstPasses(
          new PoolViews() {
            @Override
            public List<FlameRunner> runners(String namespace, String pool) {
              return List.of(runner(pool));
            }

            @Override
            public Demand demand(String namespace, String pool, Instant now) {
              int queued = calls.getOrDefault(pool, 0);
              return new Demand(List.of(new CallerDemand("", 0, queued, now, now)), List.of());
            }

            @Override
            public Optional<FlameBackend> backend(String namespace, String name) {
              return Optional.empty();
            }
          },
          clock);

  private static FlamePool pool(String name, String metadata, String status) {
    return Serialization.unmarshal(
        "metadata: {name: %s, namespace: ns, uid: %s, %s}%n%s"
            .formatted(name, name, metadata, status),
        FlamePool.class);
  }

  private static FlameRunner runner(String pool) {
    return Serialization.unmarshal(
        "metadata: {name: %s-0, uid: %s-uid}%nstatus: {phase: Ready}".formatted(pool, pool),
        FlameRunner.class);
  }

  private static String status(String endpoint) {
    return ("status: {observedGeneration: 1, effective: {maxConcurrency: 2}, endpoints: [{runner:"
            + " any, uid: %s-uid, address: any}]}")
        .formatted(endpoint);
  }

  private static FlamePool pool(String name) {
    return pool(name, "generation: 1", status(name));
  }

  private Duration pass(FlamePool pool) {
    return passes.inTurn(
        pool,
        () -> {
          passed.add(pool.getMetadata().getName());
          return DONE;
        });
  }

  /** While as many calm pools as may have their passes under way. */
  private void whileTheCalmGo(int more, Runnable then) {
    if (more == 0) {
      then.run();
      return;
    }
    Duration unused =
        passes.inTurn(
            pool("calm-" + more),
            () -> {
              whileTheCalmGo(more - 1, then);
              return DONE;
            });
  }

  @Test
  void whoNeedsSomethingGoesWhileTheCalmWait() {
    calls.put("short", 3);
    calls.put("served", 2);
    whileTheCalmGo(
        FirstPasses.CALM_AT_ONCE,
        () -> {
          assertThat(pass(pool("served"))).isLessThan(Duration.ofSeconds(1));
          assertThat(passed).isEmpty();
          assertThat(pass(pool("short"))).isEqualTo(DONE);
          pass(pool("made", "generation: 1", ""));
          pass(pool("changed", "generation: 2", status("changed")));
          pass(
              pool(
                  "deleted",
                  "generation: 1, deletionTimestamp: '2026-01-01T00:00:00Z'",
                  status("deleted")));
          pass(pool("outdated", "generation: 1", status("one-that-is-gone")));
          assertThat(passed).containsExactly("short", "made", "changed", "deleted", "outdated");
        });
    assertThat(pass(pool("served"))).isEqualTo(DONE);
  }

  @Test
  void aCalmPoolIsNotPutOffForEver() {
    whileTheCalmGo(
        FirstPasses.CALM_AT_ONCE,
        () -> {
          pass(pool("p"));
          clock.advance(FirstPasses.PATIENCE.minusMillis(1));
          pass(pool("p"));
          assertThat(passed).isEmpty();
          clock.advance(Duration.ofMillis(1));
          assertThat(pass(pool("p"))).isEqualTo(DONE);
        });
  }

  @Test
  void aPassThatFailsMakesRoom() {
    for (int i = 0; i < FirstPasses.CALM_AT_ONCE; i++) {
      assertThatThrownBy(
              () ->
                  passes.inTurn(
                      pool("bad"),
                      () -> {
                        throw new IllegalStateException("no answer");
                      }))
          .hasMessage("no answer");
    }
    assertThat(pass(pool("p"))).isEqualTo(DONE);
  }
}
