package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.flamepool.CallInterruptedException;
import dev.flamepool.CallNotSerializableException;
import dev.flamepool.CallerClosedException;
import dev.flamepool.ExecutionTimeoutException;
import dev.flamepool.Flame;
import dev.flamepool.Placed;
import dev.flamepool.Pool;
import dev.flamepool.RemoteCallException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Without a cluster calls behave as they will with one. */
@Timeout(60)
class InProcessTest {
  @TempDir Path folder;
  private final Flame flame = Flame.inProcess();
  private final Pool pool = flame.pool("pool");

  @AfterEach
  void close() {
    flame.closeNow();
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private void awaitFile(String name) {
    await().until(() -> Files.exists(folder.resolve(name)));
  }

  private static int deeper(int n) {
    return n < 0 ? n : deeper(Math.abs(n) + 1) + 1;
  }

  /** As on runners, where an exhausted heap ends the runner. */
  @Test
  void anErrorEndsItsCall() throws Exception {
    CompletableFuture<Integer> deep = pool.submit(() -> deeper(0));
    CompletableFuture<Integer> full =
        pool.submit(
            () -> {
              throw new OutOfMemoryError("test");
            });
    Placed<StringBuilder> kept = pool.place(() -> new StringBuilder());
    CompletableFuture<Integer> onKept =
        kept.submit(
            it -> {
              throw new OutOfMemoryError("test");
            });
    for (CompletableFuture<Integer> call : List.of(deep, full, onKept)) {
      assertThatThrownBy(call::get)
          .cause()
          .isInstanceOf(RemoteCallException.class)
          .hasCauseInstanceOf(call == deep ? StackOverflowError.class : OutOfMemoryError.class);
    }
    kept.close();
    assertThat(pool.call(() -> 1)).as("life goes on").isEqualTo(1);
  }

  @Test
  void capturesAndResultsAreCopies() {
    int[] captured = {1};
    int[] result =
        pool.call(
            () -> {
              captured[0] = 2;
              return captured;
            });
    assertThat(captured).containsExactly(1);
    assertThat(result).containsExactly(2);
    Thread thread = Thread.currentThread();
    assertThatThrownBy(() -> pool.run(() -> thread.getName()))
        .isInstanceOf(CallNotSerializableException.class);
  }

  @Test
  void exceptionsComeAsFromARunner() {
    assertThatThrownBy(
            () ->
                pool.run(
                    () -> {
                      throw new IllegalStateException("no");
                    }))
        .isInstanceOf(RemoteCallException.class)
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void theDeadlineInterrupts() {
    String gate = file("gate");
    assertThatThrownBy(
            () -> pool.with(o -> o.timeout(Duration.ofMillis(300))).call(() -> Work.await(gate)))
        .isInstanceOf(ExecutionTimeoutException.class);
    awaitFile("gate.interrupted");
  }

  @Test
  void anInterruptAndACancelReachTheWork() throws Exception {
    String one = file("one");
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller =
        new Thread(() -> thrown.set(catchThrowable(() -> pool.call(() -> Work.await(one)))));
    caller.start();
    awaitFile("one.started");
    caller.interrupt();
    caller.join();
    assertThat(thrown.get()).isInstanceOf(CallInterruptedException.class);
    awaitFile("one.interrupted");

    String two = file("two");
    CompletableFuture<String> future = pool.submit(() -> Work.await(two));
    awaitFile("two.started");
    future.cancel(true);
    awaitFile("two.interrupted");
  }

  @Test
  void callsMadeByCallsDoNotWaitForThemselves() {
    assertThat(pool.call(() -> Nested.call(20))).isEqualTo(20);
  }

  /** A call that calls the pool, on what would be the runner. */
  private static final class Nested {
    static int call(int depth) {
      try (Flame own = Flame.inProcess()) {
        return depth == 0 ? 0 : 1 + own.pool("pool").call(() -> call(depth - 1));
      }
    }
  }

  @Test
  void closeNowCancelsAndRefuses() {
    String gate = file("gate");
    CompletableFuture<String> running = pool.submit(() -> Work.await(gate));
    awaitFile("gate.started");
    flame.closeNow();
    assertThatThrownBy(running::get).hasCauseInstanceOf(CallerClosedException.class);
    awaitFile("gate.interrupted");
    assertThatThrownBy(() -> pool.call(() -> 1)).isInstanceOf(CallerClosedException.class);
  }

  /** Whoever closes the object waits for what runs on it, which ends with the Flame. */
  @Test
  void closeNowEndsWhatWaitsForAnObject() throws Exception {
    String gate = file("gate");
    Placed<StringBuilder> kept = pool.place(() -> new StringBuilder());
    CompletableFuture<String> running = kept.submit(it -> Work.await(gate));
    CompletableFuture<Integer> waiting = kept.submit(it -> it.length());
    awaitFile("gate.started");
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread closing = new Thread(() -> thrown.set(catchThrowable(kept::close)));
    closing.start();
    await().until(() -> closing.getState() == Thread.State.WAITING);
    flame.closeNow();
    for (CompletableFuture<?> call : List.of(running, waiting)) {
      assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
          .hasCauseInstanceOf(CallerClosedException.class);
    }
    closing.join(20_000);
    assertThat(closing.isAlive()).isFalse();
    assertThat(thrown.get()).isInstanceOf(CallerClosedException.class);
  }
}
