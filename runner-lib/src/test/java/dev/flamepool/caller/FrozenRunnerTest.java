package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.flamepool.CallInterruptedException;
import dev.flamepool.ExecutionTimeoutException;
import dev.flamepool.Pool;
import dev.flamepool.RunnerLostException;
import dev.flamepool.closure.CodeVersion;
import dev.flamepool.wire.Certificates;
import dev.flamepool.wire.HalfRunner;
import dev.flamepool.wire.HalfRunner.Stop;
import dev.flamepool.wire.Silence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A runner stops in the middle of a call; its caller gives up in each phase. */
@Timeout(60)
@Tag("scenario")
class FrozenRunnerTest {
  private static final Certificates CERTIFICATES = RealRunners.CERTIFICATES;

  private static final byte[] BIG = new byte[HalfRunner.BODY];

  private final ManualSource source = new ManualSource(CERTIFICATES.caller().identity());
  private Engines engines;
  private Pool pool;
  private HalfRunner runner;

  @BeforeEach
  void connect() {
    engines =
        Engines.remote(
            RunnerProcess.NAMESPACE,
            name -> source,
            FrozenRunnerTest.class.getClassLoader(),
            () -> new CodeVersion(RunnerProcess.CODE, List.of()),
            () -> {},
            Engines.Additions.NONE);
    pool = engines.pool(RunnerProcess.POOL);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    engines.close(Duration.ZERO);
    if (runner != null) {
      runner.close();
    }
  }

  private void start(Stop stop, boolean obeys) throws Exception {
    runner = new HalfRunner(CERTIFICATES, "uid-0", "default/pool", RunnerProcess.CODE, stop, obeys);
    source.ready(
        List.of(new PoolView.Endpoint("pool-0", "uid-0", runner.address(), RunnerProcess.CODE, 1)));
  }

  private static Object work(Pool on, Stop stop) {
    byte[] body = stop == Stop.SENDING ? BIG : new byte[1];
    return on.call(() -> body.length);
  }

  /** There is one place, so it is free again. */
  private void nextCallIsServed() {
    assertThat(pool.with(o -> o.timeout(Duration.ofSeconds(20))).<Object>call(() -> 1)).isNull();
  }

  @ParameterizedTest
  @EnumSource(
      value = Stop.class,
      names = {"SENDING", "WAITING", "RECEIVING"})
  void theDeadlineEndsACallInTheMiddle(Stop stop) throws Exception {
    start(stop, false);
    assertThatThrownBy(() -> work(pool.with(o -> o.timeout(Duration.ofMillis(400))), stop))
        .isInstanceOf(ExecutionTimeoutException.class)
        .hasMessageContaining("pool-0");
    nextCallIsServed();
  }

  /** It lives, as its control connection says, and the call has no deadline. */
  @Test
  void aBodyThatIsNotTakenIsSentElsewhereAfterTheLinksTime() throws Exception {
    start(Stop.SENDING, false);
    CompletableFuture<Object> call =
        CompletableFuture.supplyAsync(() -> work(pool.with(o -> o.noTimeout()), Stop.SENDING));
    runner.awaitStop();
    standStillUntilDone(call);
    assertThat(call.join()).as("it never began, so another connection carries it").isNull();
    nextCallIsServed();
  }

  @Test
  void aResultThatStopsIsNotWaitedForLongerThanTheLinksTime() throws Exception {
    start(Stop.RECEIVING, false);
    CompletableFuture<Object> call =
        CompletableFuture.supplyAsync(() -> work(pool.with(o -> o.noTimeout()), Stop.RECEIVING));
    runner.awaitStop();
    standStillUntilDone(call);
    assertThatThrownBy(call::join)
        .hasCauseInstanceOf(RunnerLostException.class)
        .hasMessageContaining("pool-0");
    nextCallIsServed();
  }

  /** Work may take as long as it likes. */
  @Test
  void aReplyThatHasNotBegunIsWaitedFor() throws Exception {
    start(Stop.WAITING, true);
    CompletableFuture<Integer> call = pool.with(o -> o.noTimeout()).submit(() -> 1);
    runner.awaitStop();
    Silence.standStill(17);
    Silence.standStill(17);
    assertThat(call).isNotDone();
    call.cancel(true);
    nextCallIsServed();
  }

  private static void standStillUntilDone(CompletableFuture<?> call) {
    long[] before = {-1};
    await()
        .until(
            () -> {
              long now = Silence.moved();
              boolean stands = now >= 0 && now == before[0];
              before[0] = now;
              return stands;
            });
    await()
        .atMost(Duration.ofSeconds(40))
        .until(
            () -> {
              Silence.standStill(17);
              return call.isDone();
            });
  }

  static List<Arguments> phases() {
    List<Arguments> all = new ArrayList<>();
    for (Stop stop : Stop.values()) {
      for (Interruptible thread : Interruptible.here()) {
        all.add(Arguments.of(stop, thread, false));
        if (stop == Stop.WAITING) {
          all.add(Arguments.of(stop, thread, true));
        }
      }
    }
    return all;
  }

  /** Who is interrupted. */
  enum Interruptible {
    PLATFORM,
    VIRTUAL;

    static List<Interruptible> here() {
      return Runtime.version().feature() >= 21 ? List.of(values()) : List.of(PLATFORM);
    }

    Thread start(Runnable work) throws ReflectiveOperationException {
      if (this == VIRTUAL) {
        return (Thread)
            Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, work);
      }
      Thread thread = new Thread(work);
      thread.start();
      return thread;
    }
  }

  private Thread calling(Interruptible kind, Stop stop, AtomicReference<Throwable> thrown)
      throws Exception {
    return kind.start(
        () -> {
          Throwable e = catchThrowable(() -> work(pool, stop));
          thrown.set(
              Thread.currentThread().isInterrupted()
                  ? e
                  : new AssertionError("the interrupt flag is not set", e));
        });
  }

  @ParameterizedTest
  @MethodSource("phases")
  void anInterruptEndsTheCall(Stop stop, Interruptible kind, boolean obeys) throws Exception {
    start(stop, obeys);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller = calling(kind, stop, thrown);
    runner.awaitStop();
    caller.interrupt();
    caller.join();
    assertThat(thrown.get()).isInstanceOf(CallInterruptedException.class);
    givenUp(stop, obeys);
  }

  @ParameterizedTest
  @MethodSource("phases")
  void aCancelEndsTheCall(Stop stop, Interruptible ignored, boolean obeys) throws Exception {
    start(stop, obeys);
    byte[] body = stop == Stop.SENDING ? BIG : new byte[1];
    CompletableFuture<Integer> call = pool.submit(() -> body.length);
    runner.awaitStop();
    call.cancel(true);
    assertThatThrownBy(call::join).isInstanceOf(CancellationException.class);
    givenUp(stop, obeys);
  }

  private void givenUp(Stop stop, boolean obeys) throws Exception {
    if (stop == Stop.CONNECTING) {
      runner.goOn();
    } else {
      runner.awaitCancel();
    }
    if (!obeys && (stop == Stop.WAITING || stop == Stop.RECEIVING)) {
      runner.awaitCut();
    }
    nextCallIsServed();
  }

  @ParameterizedTest
  @MethodSource("threads")
  void anInterruptEndsTheWaitInLine(Interruptible kind) throws Exception {
    source.ready(List.of());
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller = calling(kind, Stop.WAITING, thrown);
    await().until(() -> !source.demands.isEmpty());
    caller.interrupt();
    caller.join();
    assertThat(thrown.get()).isInstanceOf(CallInterruptedException.class);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> source.demands.get(source.demands.size() - 1).queued() == 0);
    start(Stop.CONNECTING, false);
    runner.goOn();
    nextCallIsServed();
  }

  static List<Interruptible> threads() {
    return Interruptible.here();
  }

  /** Whoever calls, the same words. */
  @ParameterizedTest
  @MethodSource("threads")
  void moreSeatsThanARunnerHasAreRefused(Interruptible kind) throws Exception {
    start(Stop.CONNECTING, false);
    runner.goOn();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller =
        kind.start(
            () ->
                thrown.set(
                    catchThrowable(
                        () -> pool.with(o -> o.concurrency(2)).place(() -> new StringBuilder()))));
    caller.join();
    assertThat(thrown.get())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("takes 1 calls at once");
    nextCallIsServed();
  }
}
