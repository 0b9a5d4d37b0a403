package dev.flamepool.caller;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flamepool.Placed;
import dev.flamepool.Pool;
import dev.flamepool.QueueTimeoutException;
import dev.flamepool.RunnerLostException;
import dev.flamepool.RunnerLostException.Started;
import dev.flamepool.Trackable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Objects kept on real runners: the places they take, and their end with a process. */
@Tag("scenario")
class PlaceTest extends RealRunners {
  private boolean isFull() {
    Pool hasty = pool.with(o -> o.timeout(ofMillis(300)));
    return catchThrowableOfType(QueueTimeoutException.class, () -> hasty.call(() -> 1)) != null;
  }

  @Test
  void aPlacedObjectTakesOnePlaceUntilItIsClosed() throws Exception {
    ready(1, 2);
    String end = file("end");
    Placed<Counter> one = pool.place(() -> new Counter(end));
    assertThat(isFull()).isFalse();
    Placed<Counter> two = pool.place(() -> new Counter(end));
    assertThat(isFull()).isTrue();
    one.close();
    two.close();
    Placed<Counter> wide = pool.with(o -> o.concurrency(2)).place(() -> new Counter(end));
    assertThat(isFull()).isTrue();
    wide.close();
    assertThat(isFull()).isFalse();
    assertThatThrownBy(() -> pool.with(o -> o.concurrency(3)).place(() -> new Counter(end)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxConcurrency");
    assertThat(isFull()).isFalse();
  }

  @Test
  void thePoolMayHaveEveryResultTracked() throws Exception {
    PoolView.Endpoint endpoint = start(0, 2).endpoint();
    source.show(
        new PoolView(
            PoolView.Presence.PRESENT,
            false,
            1,
            List.of(endpoint),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            0,
            List.of(),
            List.of(),
            Set.of(),
            true,
            Map.of()));
    String end = file("end");
    try (Trackable<Counter> counter = pool.call(() -> Trackable.of(new Counter(end)))) {
      assertThat(counter.<Integer>call(Counter::next)).isEqualTo(1);
      assertThat(counter.<Integer>call(Counter::next)).isEqualTo(2);
    }
    awaitFile("end");
  }

  @Test
  void whatOneResultTracksTakesOnePlace() throws Exception {
    ready(1, 2);
    String end = file("end");
    List<Trackable<Counter>> all =
        pool.with(o -> o.trackResources(true))
            .call(
                () -> {
                  List<Trackable<Counter>> made = new ArrayList<>();
                  for (int i = 0; i < 5; i++) {
                    made.add(Trackable.of(new Counter(end)));
                  }
                  return made;
                });
    assertThat(isFull()).isFalse();
    CompletableFuture<String> busy = pool.submit(() -> Work.await(end + ".gate"));
    awaitFile("end.gate.started");
    assertThat(isFull()).isTrue();
    all.forEach(Trackable::close);
    assertThat(isFull()).isFalse();
    busy.cancel(true);
  }

  @Test
  void aResultThatNobodyWaitsForAnyMoreLeavesNothingThere() throws Exception {
    ready(1, 1);
    String end = file("end");
    String late = file("late");
    CompletableFuture<Trackable<Counter>> call =
        pool.with(o -> o.trackResources(true))
            .submit(
                () -> {
                  Work.ignoreInterrupts(late);
                  return Trackable.of(new Counter(end));
                });
    awaitFile("late.started");
    call.complete(null);
    awaitFile("late.interrupted");
    Work.touch(late);
    awaitFile("end");
    assertThat(pool.call(() -> 1)).isEqualTo(1);
  }

  @Test
  void aKilledRunnerIsToldAndFailsEveryCall() throws Exception {
    ready(1, 2);
    String gate = file("gate");
    Placed<Counter> counter = pool.place(() -> new Counter(gate));
    CompletableFuture<RunnerLostException> told = new CompletableFuture<>();
    counter.onLost(told::complete);
    CompletableFuture<String> running = counter.submit(c -> Work.await(gate));
    CompletableFuture<Integer> waiting = counter.submit(Counter::next);
    awaitFile("gate.started");
    runners.get(0).kill();
    assertThat(told.get(20, TimeUnit.SECONDS).runner()).isEqualTo("pool-0");
    assertThatThrownBy(running::get).hasCauseInstanceOf(RunnerLostException.class);
    assertThatThrownBy(waiting::get)
        .cause()
        .isInstanceOfSatisfying(
            RunnerLostException.class, e -> assertThat(e.started()).isEqualTo(Started.NO));
    source.ready(List.of(start(1, 2).endpoint()));
    assertThatThrownBy(() -> counter.call(Counter::next)).isInstanceOf(RunnerLostException.class);
    counter.close();
    CompletableFuture<RunnerLostException> late = new CompletableFuture<>();
    counter.onLost(late::complete);
    late.get(20, TimeUnit.SECONDS);
  }

  @Test
  void anIdleObjectHearsOfItsRunnersEndAsWell() throws Exception {
    ready(1, 2);
    String end = file("end");
    Placed<Counter> counter = pool.place(() -> new Counter(end));
    CompletableFuture<RunnerLostException> told = new CompletableFuture<>();
    counter.onLost(told::complete);
    runners.get(0).endNow(CERTIFICATES);
    awaitFile("end");
    assertThat(told.get(20, TimeUnit.SECONDS).reason()).contains("Drained");
    assertThat(runners.get(0).awaitExit()).isEqualTo(12);
  }

  @Test
  void aDrainingRunnerLetsAnObjectGoOnAndEndsWhenItIsClosed() throws Exception {
    ready(1, 2);
    String end = file("end");
    Placed<Counter> counter = pool.place(() -> new Counter(end));
    runners.get(0).stop(); // with 20 s of grace
    source.ready(List.of(start(1, 1).endpoint()));
    String elsewhere = pool.call(ctx -> ctx.parent().orElseThrow().runner());
    assertThat(elsewhere).isEqualTo("pool-1");
    assertThat(counter.call(Counter::next)).isEqualTo(1);
    counter.close();
    assertThat(folder.resolve("end")).exists();
    assertThat(runners.get(0).awaitExit()).isEqualTo(12);
  }

  @Test
  void anObjectEndsWithItsCaller() throws Exception {
    ready(1, 2);
    ManualSource other = new ManualSource(CERTIFICATES.caller().identity());
    other.ready(List.of(runners.get(0).endpoint()));
    Engines dying = caller(other);
    Pool theirs = dying.pool(RunnerProcess.POOL);
    String idle = file("idle");
    String busy = file("busy");
    Placed<Counter> one = theirs.place(() -> new Counter(idle));
    Placed<Counter> two = theirs.place(() -> new Counter(busy));
    CompletableFuture<String> running = two.submit(c -> Work.await(busy + ".gate"));
    awaitFile("busy.gate.started");
    assertThat(one.call(Counter::next)).isEqualTo(1);
    dying.close(Duration.ZERO);
    awaitFile("idle");
    awaitFile("busy.gate.interrupted");
    awaitFile("busy");
    assertThatThrownBy(running::get).isNotNull();
    assertThatThrownBy(() -> one.call(Counter::next))
        .isInstanceOf(dev.flamepool.CallerClosedException.class);
    one.close();
    assertThat(pool.map(List.of(1, 2), i -> Work.atOnce(300))).contains(2);
  }
}
