package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.Flame;
import dev.flamepool.FlameException;
import dev.flamepool.Placed;
import dev.flamepool.Pool;
import dev.flamepool.RemoteExecutor;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Whoever closes and ends the process loses nothing of what was to follow a call. */
class DependentsTest extends RealRunners {
  private final List<String> ran = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Takes so long that a close that does not wait for it is over by then. */
  private Runnable noted(String what) {
    return () -> {
      try {
        ran.add(closed.await(100, TimeUnit.MILLISECONDS) ? what + " too late" : what);
      } catch (InterruptedException e) {
        ran.add(what + " interrupted");
      }
    };
  }

  private void close(Consumer<Duration> close) {
    close.accept(Duration.ofSeconds(20));
    closed.countDown();
  }

  private static void closing(Flame flame) {
    flame.close();
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  private void everyForm(Pool of, Consumer<Duration> close) throws Exception {
    String gate = file("gate-" + of.hashCode());
    of.submit(() -> Work.await(gate)).thenApply(x -> x).thenRunAsync(noted("thenRunAsync"));
    of.cast(() -> Work.await(gate)).completion().thenRunAsync(noted("cast"));
    RemoteExecutor executor = of.asExecutor();
    executor.submit(() -> Work.await(gate)).thenRunAsync(noted("executor"));
    ExecutorService plain = executor;
    Runnable task = (Runnable & Serializable) () -> Work.touch(gate + ".ran");
    ((CompletableFuture<String>) plain.submit(task, "result")).thenRunAsync(noted("with result"));
    Placed<StringBuilder> kept = of.place(() -> new StringBuilder());
    kept.submit(it -> Work.await(gate)).thenRunAsync(noted("placed"));
    CompletableFuture<String> late = of.submit(() -> Work.await(gate + ".never"));
    awaitFile("gate-" + of.hashCode() + ".never.started");
    late.orTimeout(50, TimeUnit.MILLISECONDS);
    late.whenCompleteAsync((value, failure) -> noted("timeout").run());
    of.submit(() -> Work.await(gate)).thenRun(noted("thenRun"));
    CompletableFuture<String> refused =
        of.submit(() -> Work.await(gate)).thenCompose(x -> of.submit(() -> x));
    awaitFile("gate-" + of.hashCode() + ".never.interrupted");
    Work.touch(gate);
    close(close);
    assertThat(ran)
        .contains("thenRun", "thenRunAsync", "cast", "executor", "placed", "timeout")
        .noneMatch(what -> what.endsWith("late"));
    assertThat(refused).isDone();
  }

  @Test
  void closeWaitsForWhatDependsOnCallsOnRunners() throws Exception {
    ready(1, 20);
    everyForm(pool, callers.get(0)::close);
  }

  @Test
  void closeWaitsForWhatDependsOnCallsInProcess() throws Exception {
    Flame flame = Flame.inProcess();
    everyForm(flame.pool("pool"), grace -> closing(flame));
  }

  @Test
  void whatDependsOnACallThatClosingEndsRunsToo() throws Exception {
    source.ready(List.of());
    CompletableFuture<Void> waited = pool.submit(() -> 1).handle((v, e) -> e).thenRun(noted("end"));
    Flame flame = Flame.inProcess();
    String gate = file("gate");
    CompletableFuture<Void> here =
        flame
            .pool("pool")
            .submit(() -> Work.await(gate))
            .handle((value, failure) -> failure)
            .thenAccept(failure -> assertThat(failure).isInstanceOf(FlameException.class));
    awaitFile("gate.started");
    callers.get(0).close(Duration.ZERO);
    flame.closeNow();
    closed.countDown();
    assertThat(waited).isCompleted();
    assertThat(here).isCompleted();
    assertThat(ran).containsExactly("end");
  }

  @Test
  void whatDependsOnACallMayCloseAndIsNotAwaited() throws Exception {
    Flame flame = Flame.builder().shutdownGrace(Duration.ofDays(1)).inProcess();
    String gate = file("gate");
    CompletableFuture<Void> direct =
        flame.pool("pool").submit(() -> Work.await(gate)).thenRun(flame::close);
    ready(1, 1);
    Engines remote = callers.get(0);
    CompletableFuture<Void> later =
        pool.submit(() -> Work.await(gate)).thenRunAsync(() -> remote.close(Duration.ofDays(1)));
    Work.touch(gate);
    direct.get(20, TimeUnit.SECONDS);
    later.get(20, TimeUnit.SECONDS);
  }

  @Test
  void whatNeverEndsHoldsCloseNoLongerThanTheGrace() throws Exception {
    Flame flame = Flame.builder().shutdownGrace(Duration.ofMillis(50)).inProcess();
    CompletableFuture<Void> stuck =
        flame
            .pool("pool")
            .submit(() -> 1)
            .thenRunAsync(
                () -> {
                  try {
                    closed.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                });
    flame.close();
    assertThat(stuck).isNotDone();
    closed.countDown();
    stuck.get(20, TimeUnit.SECONDS);
  }
}
