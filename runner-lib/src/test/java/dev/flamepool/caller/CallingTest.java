package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.flamepool.BootFailedException;
import dev.flamepool.CallInterruptedException;
import dev.flamepool.CallNotSerializableException;
import dev.flamepool.CallerClosedException;
import dev.flamepool.Cast;
import dev.flamepool.ExecutionTimeoutException;
import dev.flamepool.Pool;
import dev.flamepool.PoolDeletedException;
import dev.flamepool.PoolNotFoundException;
import dev.flamepool.PoolState;
import dev.flamepool.PoolSuspendedException;
import dev.flamepool.QueueTimeoutException;
import dev.flamepool.RemoteCallException;
import dev.flamepool.RunnerLostException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Calls on real runner processes over the real wire; only the pool's status is written by hand. */
@Tag("scenario")
class CallingTest extends RealRunners {
  @Test
  void resultsAndExceptionsComeBack() throws Exception {
    ready(1, 5);
    String name = "world";
    assertThat(pool.call(() -> "hello " + name)).isEqualTo("hello world");
    assertThat(pool.<String>call(() -> null)).isNull();
    assertThat(pool.call(Work::pid)).isNotEqualTo(Work.pid());
    String runner = pool.call(ctx -> ctx.parent().orElseThrow().runner());
    assertThat(runner).isEqualTo("pool-0");
    String poolOfRunner = pool.call(ctx -> ctx.parent().orElseThrow().poolName());
    assertThat(poolOfRunner).as("what flame.pool takes").isEqualTo(pool.name());
    assertThat(pool.submit(() -> name.length()).get()).isEqualTo(5);
    byte[] big = new byte[3_000_000];
    big[2_999_999] = 7;
    assertThat(pool.call(() -> big)).isEqualTo(big);
    String ran = file("ran");
    pool.run(() -> Work.touch(ran));
    assertThat(folder.resolve("ran")).exists();
    String cast = file("cast");
    assertThat(pool.cast(() -> Work.touch(cast)).completion().toCompletableFuture().get()).isNull();
    assertThat(folder.resolve("cast")).exists();
    assertThatThrownBy(
            () ->
                pool.run(
                    () -> {
                      throw new IllegalStateException("no " + name);
                    }))
        .isInstanceOfSatisfying(
            RemoteCallException.class,
            e -> {
              assertThat(e.runner()).isEqualTo("pool-0");
              assertThat(e.getCause())
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessage("no world");
              assertThat(e.remoteStack()).contains("CallingTest");
            });
    assertThat(source.demands).as("calls that found a slot").isEmpty();
  }

  @Test
  void whatCannotBeSentIsNamedBeforeAnythingIs() {
    Thread capture = Thread.currentThread();
    assertThatThrownBy(() -> pool.call(() -> capture.getName()))
        .isInstanceOfSatisfying(
            CallNotSerializableException.class,
            e -> {
              assertThat(e.capturingClass()).contains("CallingTest");
              assertThat(e.captureType()).contains("Thread");
            });
    assertThat(source.demands).isEmpty();
  }

  @Test
  void aCallThatFindsNoRunnerIsDemandAndIsServedByTheFirstThatIsReady() throws Exception {
    source.ready(List.of());
    CompletableFuture<Long> first = pool.submit(Work::pid);
    CompletableFuture<Long> second = pool.submit(Work::pid);
    await().until(() -> source.demands.contains(new Demand(0, 2, 0, RunnerProcess.CODE)));
    ready(1, 2);
    assertThat(first.get()).isEqualTo(second.get());
  }

  @Test
  void neverMoreAtOnceThanARunnerTakesHoweverManyCallers() throws Exception {
    ready(2, 3);
    ManualSource other = new ManualSource(CERTIFICATES.caller().identity());
    Pool sharing = caller(other).pool(RunnerProcess.POOL);
    other.ready(runners.stream().map(RunnerProcess::endpoint).toList());
    ExecutorService threads = Executors.newFixedThreadPool(16);
    List<Future<Integer>> calls = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      Pool one = i % 2 == 0 ? pool : sharing;
      calls.add(threads.submit(() -> one.call(() -> Work.atOnce(20))));
    }
    int most = 0;
    for (Future<Integer> call : calls) {
      most = Math.max(most, call.get());
    }
    threads.shutdown();
    assertThat(most).isEqualTo(3);
  }

  @Test
  void firstCalledFirstServed() throws Exception {
    ready(1, 1);
    String gate = file("gate");
    CompletableFuture<String> busy = pool.submit(() -> Work.await(gate));
    awaitFile("gate.started");
    List<CompletableFuture<?>> calls = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int number = i;
      calls.add(
          pool.submit(
              () -> {
                Work.see(number);
                return number;
              }));
    }
    Work.touch(gate);
    CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).get();
    assertThat(busy).isCompleted();
    assertThat(pool.call(Work::seen)).isEqualTo(IntStream.range(0, 20).boxed().toList());
  }

  @Test
  void aKilledRunnerFailsItsOwnCallsOnly() throws Exception {
    List<RunnerProcess> two = ready(2, 4);
    String gate = file("gate");
    List<CompletableFuture<Long>> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String own = file("own-" + i);
      calls.add(
          pool.submit(
              () -> {
                Work.touch(own);
                Work.await(gate);
                return Work.pid();
              }));
    }
    for (int i = 0; i < 8; i++) {
      awaitFile("own-" + i);
    }
    two.get(0).kill();
    await().until(() -> calls.stream().filter(CompletableFuture::isDone).count() == 4);
    Work.touch(gate);
    int lost = 0;
    for (CompletableFuture<Long> call : calls) {
      Throwable failure = catchThrowable(call::get);
      if (failure != null) {
        assertThat(failure)
            .hasCauseInstanceOf(RunnerLostException.class)
            .hasMessageContaining("pool-0");
        lost++;
      }
    }
    assertThat(lost).isEqualTo(4);
    String runner = pool.call(ctx -> ctx.parent().orElseThrow().runner());
    assertThat(runner).isEqualTo("pool-1");
  }

  @Test
  void idempotentWorkIsRepeatedOnAnotherRunner() throws Exception {
    ready(1, 1);
    String gate = file("gate");
    CompletableFuture<String> call =
        pool.with(o -> o.retryOnRunnerLost(1)).submit(() -> Work.await(gate));
    awaitFile("gate.started");
    runners.get(0).kill();
    RunnerProcess next = start(0, 1);
    source.ready(List.of(next.endpoint()));
    Work.touch(gate);
    assertThat(call.get()).isEqualTo(gate);
  }

  @Test
  void theDeadlineInterruptsTheWorkAndTheSlotGoesOn() throws Exception {
    ready(1, 1);
    String gate = file("gate");
    assertThatThrownBy(
            () -> pool.with(o -> o.timeout(Duration.ofSeconds(1))).call(() -> Work.await(gate)))
        .isInstanceOf(ExecutionTimeoutException.class)
        .hasMessageContaining("pool-0");
    awaitFile("gate.interrupted");
    assertThat(pool.call(() -> 1)).isEqualTo(1);
  }

  @Test
  void oneBudgetForWaitingAndRunning() throws Exception {
    ready(1, 1);
    String gate = file("gate");
    CompletableFuture<String> busy = pool.submit(() -> Work.await(gate));
    awaitFile("gate.started");
    assertThatThrownBy(() -> pool.with(o -> o.timeout(Duration.ofMillis(200))).call(() -> 1))
        .isInstanceOfSatisfying(
            QueueTimeoutException.class, e -> assertThat(e.poolState().ready()).isEqualTo(1));
    Work.touch(gate);
    busy.get();
  }

  @Test
  void anInterruptCancelsTheRemoteWork() throws Exception {
    ready(1, 2);
    String gate = file("gate");
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              thrown.set(catchThrowable(() -> pool.call(() -> Work.await(gate))));
              if (!Thread.currentThread().isInterrupted()) {
                thrown.set(new AssertionError("the interrupt flag is not set", thrown.get()));
              }
            });
    caller.start();
    awaitFile("gate.started");
    caller.interrupt();
    caller.join();
    assertThat(thrown.get()).isInstanceOf(CallInterruptedException.class);
    awaitFile("gate.interrupted");
    assertThat(pool.call(() -> 1)).isEqualTo(1);
  }

  /** Only newer JVMs have them; an interrupt closes the socket that one reads. */
  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void anInterruptedVirtualThreadCancelsTheRemoteWork() throws Exception {
    ready(1, 2);
    Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
    for (boolean places : new boolean[] {false, true}) {
      String gate = file("gate" + places);
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Runnable work =
          () -> {
            if (places) {
              thrown.set(catchThrowable(() -> pool.place(() -> Work.await(gate))));
            } else {
              thrown.set(catchThrowable(() -> pool.call(() -> Work.await(gate))));
            }
          };
      Thread caller = (Thread) start.invoke(null, work);
      awaitFile("gate" + places + ".started");
      caller.interrupt();
      caller.join();
      assertThat(thrown.get()).isInstanceOf(CallInterruptedException.class);
      awaitFile("gate" + places + ".interrupted");
    }
    assertThat(pool.call(() -> 1)).isEqualTo(1);
  }

  @Test
  void anInterruptEndsTheWaitInLine() throws Exception {
    source.ready(List.of());
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller = new Thread(() -> thrown.set(catchThrowable(() -> pool.call(() -> 1))));
    caller.start();
    await().until(() -> !source.demands.isEmpty());
    caller.interrupt();
    caller.join();
    assertThat(thrown.get()).isInstanceOf(CallInterruptedException.class);
  }

  @Test
  void cancellingAFutureOrACastCancelsItsWork() throws Exception {
    ready(1, 2);
    String one = file("one");
    CompletableFuture<String> future = pool.submit(() -> Work.await(one));
    String two = file("two");
    Cast cast =
        pool.cast(
            () -> {
              Work.await(two);
            });
    awaitFile("one.started");
    awaitFile("two.started");
    assertThat(future.cancel(true)).isTrue();
    assertThat(cast.cancel()).isTrue();
    awaitFile("one.interrupted");
    awaitFile("two.interrupted");
    assertThat(cast.cancel()).isFalse();
  }

  @Test
  void aCallCancelledInLineNeverStarts() throws Exception {
    ready(1, 1);
    String gate = file("gate");
    CompletableFuture<String> busy = pool.submit(() -> Work.await(gate));
    awaitFile("gate.started");
    String never = file("never");
    CompletableFuture<Integer> waiting =
        pool.submit(
            () -> {
              Work.touch(never);
              return 1;
            });
    waiting.cancel(true);
    Work.touch(gate);
    busy.get();
    assertThat(pool.call(() -> 1)).isEqualTo(1);
    assertThat(folder.resolve("never")).doesNotExist();
  }

  @Test
  void closeWaitsForCallsAndRefusesNewOnes() throws Exception {
    ready(1, 1);
    String gate = file("gate");
    CompletableFuture<String> running = pool.submit(() -> Work.await(gate));
    CompletableFuture<Integer> waiting = pool.submit(() -> 2);
    awaitFile("gate.started");
    CountDownLatch closed = new CountDownLatch(1);
    Thread closing =
        new Thread(
            () -> {
              callers.get(0).close(Duration.ofSeconds(60));
              closed.countDown();
            });
    closing.start();
    await().until(() -> catchThrowable(() -> pool.call(() -> 1)) instanceof CallerClosedException);
    assertThat(closed.getCount()).isEqualTo(1);
    Work.touch(gate);
    assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(running.get()).isEqualTo(gate);
    assertThat(waiting.get()).isEqualTo(2);
    assertThat(source.closed).isTrue();
  }

  @Test
  void closeNowCancelsWhatRunsAndWhatWaits() throws Exception {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    ready(1, 1);
    String gate = file("gate");
    CompletableFuture<String> running = pool.submit(() -> Work.await(gate));
    awaitFile("gate.started");
    CompletableFuture<Integer> waiting = pool.submit(() -> 2);
    callers.get(0).close(Duration.ZERO);
    assertThatThrownBy(running::get).hasCauseInstanceOf(CallerClosedException.class);
    assertThatThrownBy(waiting::get).hasCauseInstanceOf(CallerClosedException.class);
    awaitFile("gate.interrupted");
    await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(t -> t.getName().startsWith("flame-") && !before.contains(t)));
  }

  @Test
  void aPoolThatTakesNoCallsFailsThoseThatWaitAndSaysSo() throws Exception {
    source.ready(List.of());
    CompletableFuture<Integer> suspended = pool.submit(() -> 1);
    source.show(ManualSource.view(PoolView.Presence.PRESENT, true, List.of()));
    assertThatThrownBy(suspended::get).hasCauseInstanceOf(PoolSuspendedException.class);
    assertThatThrownBy(() -> pool.call(() -> 1)).isInstanceOf(PoolSuspendedException.class);

    source.ready(List.of());
    CompletableFuture<Integer> deleted = pool.submit(() -> 1);
    source.show(ManualSource.view(PoolView.Presence.DELETED, false, List.of()));
    assertThatThrownBy(deleted::get).hasCauseInstanceOf(PoolDeletedException.class);

    source.show(PoolView.NOT_FOUND);
    assertThatThrownBy(() -> pool.call(() -> 1)).isInstanceOf(PoolNotFoundException.class);
  }

  @Test
  void failingBootsFailTheCallsAndStayDemandSoThatBootsGoOn() throws Exception {
    source.show(
        ManualSource.view(
            PoolView.Presence.PRESENT,
            false,
            List.of(),
            new PoolState.Condition("BootHealthy", "False", "BootFailing", "no such image")));
    assertThatThrownBy(() -> pool.call(() -> 1))
        .isInstanceOf(BootFailedException.class)
        .hasMessageContaining("no such image");
    await().until(() -> source.demands.stream().anyMatch(d -> d.queued() == 1));
    ready(1, 1);
    assertThat(pool.call(() -> 1)).isEqualTo(1);
  }

  /** Runners drain one after another under load: every call ends well, and none starts twice. */
  @Test
  void drainingRunnersLoseNoCallAndStartNoneTwice() throws Exception {
    List<PoolView.Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      start(i % 2, 4);
    }
    runners.forEach(runner -> endpoints.add(runner.endpoint()));
    source.ready(endpoints.subList(0, 2));
    String marks = Files.createDirectories(folder.resolve("marks")).toString();
    AtomicBoolean going = new AtomicBoolean(true);
    AtomicInteger ids = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(6);
    List<Future<?>> loops = new ArrayList<>();
    for (int t = 0; t < 6; t++) {
      loops.add(
          threads.submit(
              () -> {
                while (going.get()) {
                  int id = ids.incrementAndGet();
                  assertThat(pool.call(() -> Work.once(marks, id))).isEqualTo(id);
                }
              }));
    }
    for (int round = 0; round < 5; round++) {
      int before = ids.get();
      await().until(() -> ids.get() > before + 100);
      RunnerProcess old = runners.get(round);
      if (round % 2 == 0) {
        old.stop(); // before the endpoints say so
        await().until(() -> !old.isAlive());
      }
      source.ready(endpoints.subList(round + 1, round + 3));
      old.stop();
      await().until(() -> !old.isAlive());
    }
    going.set(false);
    for (Future<?> loop : loops) {
      loop.get();
    }
    threads.shutdown();
    try (var files = Files.list(Path.of(marks))) {
      assertThat(files.count()).isEqualTo(ids.get());
    }
  }
}
