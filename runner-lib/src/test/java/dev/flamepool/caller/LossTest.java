package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flamepool.Placed;
import dev.flamepool.Pool;
import dev.flamepool.PoolState;
import dev.flamepool.PoolSuspendedException;
import dev.flamepool.QueueTimeoutException;
import dev.flamepool.RunnerLostException;
import dev.flamepool.wire.Silence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runners that go away, each in its own way. */
@Tag("scenario")
class LossTest extends RealRunners {
  @Test
  void aSilentRunnerIsGivenUpWithItsCalls() throws Exception {
    ready(1, 2);
    String gate = file("gate");
    CompletableFuture<String> call = pool.submit(() -> Work.await(gate));
    awaitFile("gate.started");
    runners.get(0).freeze();
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              Silence.elapse(17);
              return call.isDone();
            });
    assertThatThrownBy(call::get)
        .hasCauseInstanceOf(RunnerLostException.class)
        .hasMessageContaining("pool-0");
  }

  private static PoolView after(PoolState.Failure... failures) {
    return new PoolView(
        PoolView.Presence.PRESENT,
        false,
        0,
        List.of(),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        0,
        List.of(),
        List.of(failures));
  }

  /** A kernel's kill leaves no word: the operator's comes a moment later, by the runner's uid. */
  @Test
  void whyARunnerWasKilledComesFromThePoolsStatus() throws Exception {
    ManualSource told = new ManualSource(CERTIFICATES.caller().identity());
    told.tellsFailures = true;
    Pool client = caller(told).pool(RunnerProcess.POOL);
    RunnerProcess runner = start(0, 2);
    told.ready(List.of(runner.endpoint()));
    String never = file("never");
    CompletableFuture<String> call = client.submit(() -> Work.await(never));
    Placed<StringBuilder> kept = client.place(() -> new StringBuilder());
    String onKept = file("on-kept");
    CompletableFuture<String> held = kept.submit(k -> Work.await(onKept));
    awaitFile("never.started");
    awaitFile("on-kept.started");
    PoolState.Failure earlier =
        new PoolState.Failure("pool-0", "another", "local", "Lost", "exit code 1", List.of());
    PoolView.Endpoint endpoint = runner.endpoint();
    runner.kill();
    told.show(after(earlier));
    told.show(
        after(
            earlier,
            new PoolState.Failure(
                endpoint.runner(), endpoint.uid(), "local", "OutOfMemory", "137", List.of())));
    for (CompletableFuture<String> lost : List.of(call, held)) {
      assertThatThrownBy(lost::get)
          .cause()
          .isInstanceOfSatisfying(
              RunnerLostException.class, e -> assertThat(e.reason()).isEqualTo("OutOfMemory: 137"));
    }
  }

  /** Its place is free at once, and a connection ahead of need stands open: to a dead process. */
  @Test
  void whatWaitsIsNotSentToARunnerThatHasJustDied() throws Exception {
    RunnerProcess runner = start(0, 1);
    source.ready(List.of(runner.endpoint()));
    for (int i = 0; i < 6; i++) {
      pool.call(Work::pid);
      String never = file("never" + i);
      CompletableFuture<String> victim = pool.submit(() -> Work.await(never));
      awaitFile("never" + i + ".started");
      CompletableFuture<Long> waiting = pool.submit(Work::pid);
      runner.kill();
      assertThatThrownBy(victim::get).hasCauseInstanceOf(RunnerLostException.class);
      runner = start(1 + i, 1);
      source.ready(List.of(runner.endpoint()));
      assertThat(waiting.get(20, TimeUnit.SECONDS)).isPositive();
    }
  }

  @Test
  void idempotentWorkThatARunnerCutsOffAtItsEndIsRepeated() throws Exception {
    ready(1, 1);
    String gate = file("gate");
    String never = file("never");
    CompletableFuture<String> once = pool.submit(() -> Work.await(never));
    awaitFile("never.started");
    runners.get(0).endNow(CERTIFICATES);
    assertThatThrownBy(once::get).hasCauseInstanceOf(RunnerLostException.class);

    source.ready(List.of(start(1, 1).endpoint()));
    CompletableFuture<String> repeated =
        pool.with(o -> o.retryOnRunnerLost(1)).submit(() -> Work.await(gate));
    awaitFile("gate.started");
    PoolView.Endpoint next = start(2, 1).endpoint();
    runners.get(1).endNow(CERTIFICATES);
    awaitFile("gate.interrupted");
    source.ready(List.of(next));
    Work.touch(gate);
    assertThat(repeated.get()).isEqualTo(gate);
  }

  /** A handshake may take 10 s before it is given up. */
  @Test
  void noCallWaitsForAConnectionWhileAnotherRunnerHasRoom() throws Exception {
    List<PoolView.Endpoint> endpoints = new ArrayList<>();
    start(0, 1);
    start(1, 1);
    runners.forEach(runner -> endpoints.add(runner.endpoint()));
    runners.get(0).freeze();
    source.ready(endpoints);
    List<CompletableFuture<Long>> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      calls.add(pool.submit(Work::pid));
    }
    CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).get(9, TimeUnit.SECONDS);
    assertThat(calls).extracting(CompletableFuture::join).containsOnly(calls.get(0).join());
  }

  @Test
  void eachSingleUseRunnerServesOneCallAndNoCallIsLostToItsEnd() throws Exception {
    List<PoolView.Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      start(i, 1, true);
    }
    runners.forEach(runner -> endpoints.add(runner.endpoint()));
    source.ready(endpoints.subList(0, 2));
    List<CompletableFuture<Long>> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      calls.add(pool.submit(Work::pid));
    }
    await().until(() -> calls.stream().filter(CompletableFuture::isDone).count() == 2);
    source.ready(endpoints); // the two that are used up are still there
    Set<Long> pids = new HashSet<>();
    for (CompletableFuture<Long> call : calls) {
      pids.add(call.get());
    }
    assertThat(pids).hasSize(3);
    assertThat(runners).extracting(RunnerProcess::awaitExit).containsOnly(10);
  }

  /**
   * It has begun somewhere, so what ends its wait for another runner must not say that it never.
   */
  @Test
  void aCallThatIsNotRepeatedInTimeIsALostOne() throws Exception {
    for (boolean suspended : new boolean[] {false, true}) {
      RunnerProcess runner = start(0, 1);
      source.ready(List.of(runner.endpoint()));
      String never = file("never" + suspended);
      CompletableFuture<String> call =
          pool.with(o -> o.retryOnRunnerLost(1)).submit(() -> Work.await(never));
      awaitFile("never" + suspended + ".started");
      if (suspended) {
        source.show(ManualSource.view(PoolView.Presence.PRESENT, true, List.of()));
      } else {
        source.show(booting(Duration.ofMillis(200)));
      }
      runner.kill();
      assertThatThrownBy(call::get)
          .cause()
          .isInstanceOfSatisfying(
              RunnerLostException.class,
              e -> {
                assertThat(e.started()).isNotEqualTo(RunnerLostException.Started.NO);
                assertThat(e)
                    .hasMessageContaining("It was not repeated: ")
                    .hasCauseInstanceOf(
                        suspended ? PoolSuspendedException.class : QueueTimeoutException.class);
              });
    }
  }

  private static PoolView booting(Duration bootTimeout) {
    return new PoolView(
        PoolView.Presence.PRESENT,
        false,
        1,
        List.of(),
        Duration.ofSeconds(30),
        bootTimeout,
        1,
        List.of(),
        List.of());
  }

  @Test
  void aRunnerThatEndsWithItsPoolSaysSo() throws Exception {
    Map<PoolView.Presence, String> reasons =
        Map.of(
            PoolView.Presence.PRESENT, "Suspended",
            PoolView.Presence.DELETED, "PoolDeleted");
    for (Map.Entry<PoolView.Presence, String> each : reasons.entrySet()) {
      RunnerProcess runner = start(0, 3);
      source.ready(List.of(runner.endpoint()));
      String never = file("never" + each.getValue());
      String held = file("held" + each.getValue());
      CompletableFuture<String> call = pool.submit(() -> Work.await(never));
      Placed<StringBuilder> kept = pool.place(() -> new StringBuilder());
      CompletableFuture<String> onKept = kept.submit(k -> Work.await(held));
      awaitFile("never" + each.getValue() + ".started");
      awaitFile("held" + each.getValue() + ".started");
      source.show(
          ManualSource.view(each.getKey(), each.getKey() == PoolView.Presence.PRESENT, List.of()));
      runner.endNow(CERTIFICATES);
      for (CompletableFuture<String> lost : List.of(call, onKept)) {
        assertThatThrownBy(lost::get)
            .cause()
            .isInstanceOfSatisfying(
                RunnerLostException.class,
                e -> {
                  assertThat(e.reason()).isEqualTo(each.getValue());
                  assertThat(e).hasMessageContaining("takes no calls until that ends");
                  assertThat(e.getMessage()).doesNotContain("retryOnRunnerLost", "place it again");
                });
      }
    }
  }
}
