package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.flamepool.CallInterruptedException;
import dev.flamepool.CallNotSerializableException;
import dev.flamepool.MapOptions.Progress;
import dev.flamepool.Outcome;
import dev.flamepool.Pool;
import dev.flamepool.RemoteCallException;
import dev.flamepool.RemoteCallable;
import dev.flamepool.RemoteExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every form of call promises, wherever it runs. */
interface CallForms {
  /** Three calls at once at least. */
  Pool forms();

  Path files();

  default String path(String name) {
    return files().resolve(name).toString();
  }

  default void awaitPath(String name) {
    await().until(() -> Files.exists(files().resolve(name)));
  }

  @Test
  default void mapKeepsTheOrderAndTellsItsProgress() {
    int factor = 3;
    List<Progress> progress = new ArrayList<>();
    List<Integer> items = IntStream.range(0, 200).boxed().toList();
    List<Integer> results =
        forms()
            .map(
                items,
                i -> {
                  Thread.sleep(i % 3);
                  return i * factor;
                },
                o -> o.atOnce(7).onProgress(progress::add));
    assertThat(results).isEqualTo(items.stream().map(i -> i * factor).toList());
    assertThat(progress).hasSize(200).endsWith(new Progress(200, 0, 200));
    assertThat(forms().map(List.of(), i -> i)).isEmpty();
    assertThat(forms().map(Collections.<String>singletonList(null), i -> i)).containsOnlyNulls();
  }

  @Test
  default void noMoreElementsAreEncodedThanMayBeUnderWay() {
    List<Encoded> items = new ArrayList<>();
    Encoded.open = 0;
    for (int i = 0; i < 60; i++) {
      items.add(new Encoded());
    }
    List<Integer> most = new ArrayList<>();
    forms()
        .map(items, item -> 1, o -> o.atOnce(4).onProgress(p -> most.add(Encoded.open - p.done())));
    assertThat(Encoded.open).isEqualTo(60);
    assertThat(most).allMatch(ahead -> ahead <= 4);
  }

  /** Counts how often it was encoded in this process. */
  final class Encoded implements java.io.Serializable {
    private static final long serialVersionUID = 1;
    static int open;

    private void writeObject(java.io.ObjectOutputStream out) throws IOException {
      open++;
    }
  }

  @Test
  default void mapFailsFastAndCancelsTheRest() {
    String gate = path("gate");
    assertThatThrownBy(
            () ->
                forms()
                    .map(
                        List.of(0, 1, 2),
                        i -> {
                          if (i == 1) {
                            while (!Files.exists(Path.of(gate + ".started"))) {
                              Thread.sleep(5);
                            }
                            throw new IllegalStateException("not " + i);
                          }
                          return i == 0 ? Work.await(gate) : "";
                        }))
        .isInstanceOf(RemoteCallException.class)
        .hasRootCauseMessage("not 1");
    awaitPath("gate.interrupted");
  }

  @Test
  default void mapAllTellsHowEachElementEnded() {
    List<Outcome<Integer>> outcomes = forms().mapAll(List.of(4, 0, 2), i -> 8 / i);
    assertThat(outcomes).extracting(Outcome::value).containsExactly(2, null, 4);
    assertThat(outcomes).extracting(Outcome::succeeded).containsExactly(true, false, true);
    assertThatThrownBy(outcomes.get(1)::get).hasCauseInstanceOf(ArithmeticException.class);
    List<Outcome<Object>> unsendable =
        forms().mapAll(List.<Object>of("fine", new Object()), o -> o);
    assertThat(unsendable.get(0).get()).isEqualTo("fine");
    assertThatThrownBy(unsendable.get(1)::get)
        .isInstanceOfSatisfying(
            CallNotSerializableException.class,
            e -> assertThat(e.capture()).isEqualTo("the argument"));
  }

  @Test
  default void anInterruptEndsMapAndItsCalls() throws Exception {
    String gate = path("gate");
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> thrown.set(catchThrowable(() -> forms().map(List.of(1), i -> Work.await(gate)))));
    caller.start();
    awaitPath("gate.started");
    caller.interrupt();
    caller.join();
    assertThat(thrown.get()).isInstanceOf(CallInterruptedException.class);
    awaitPath("gate.interrupted");
  }

  @Test
  default void theExecutorTakesLambdasAndWhatIsSerializable() throws Exception {
    RemoteExecutor executor = forms().asExecutor();
    int number = 7;
    String ran = path("ran");
    CompletableFuture<Integer> future = executor.submit(() -> number + 1);
    assertThat(future.get()).isEqualTo(8);
    assertThat(executor.submit(() -> Work.touch(ran)).get()).isNull();
    awaitPath("ran");
    String executed = path("executed");
    executor.execute(() -> Work.touch(executed));
    awaitPath("executed");
    ExecutorService plain = executor;
    Callable<String> callable = (Callable<String> & java.io.Serializable) () -> "sent";
    assertThat(plain.submit(callable).get()).isEqualTo("sent");
    RemoteCallable<Integer> one = () -> 1;
    RemoteCallable<Integer> two = () -> 2;
    RemoteCallable<Integer> bad =
        () -> {
          throw new IllegalStateException("bad");
        };
    List<Future<Integer>> all = executor.invokeAll(List.of(one, bad, two));
    assertThat(all).allMatch(Future::isDone);
    assertThat(all.get(2).get()).isEqualTo(2);
    assertThatThrownBy(() -> all.get(1).get()).hasRootCauseMessage("bad");
    assertThat(executor.invokeAny(List.of(bad, two))).isEqualTo(2);
    assertThatThrownBy(() -> executor.invokeAny(List.of(bad))).hasRootCauseMessage("bad");
  }

  @Test
  default void theExecutorRejectsWhatCannotWorkAndSaysWhatToWrite() {
    RemoteExecutor executor = forms().asExecutor();
    Runnable runnable = () -> {};
    Callable<Integer> callable = () -> 1;
    Executor plain = executor;
    assertThatThrownBy(() -> executor.submit(runnable))
        .isInstanceOf(CallNotSerializableException.class)
        .hasMessageContaining("executor.submit(() -> ...)");
    assertThatThrownBy(() -> plain.execute(() -> {}))
        .isInstanceOf(CallNotSerializableException.class)
        .hasMessageContaining("executor.execute(() -> ...)");
    assertThatThrownBy(() -> executor.invokeAll(List.of(callable)))
        .isInstanceOf(CallNotSerializableException.class);
    assertThatThrownBy(() -> CompletableFuture.supplyAsync(() -> 1, executor))
        .isInstanceOf(CallNotSerializableException.class)
        .hasMessageContaining("pool.submit(() -> ...)");
  }

  @Test
  default void theExecutorEndsWithoutThePool() throws Exception {
    RemoteExecutor executor = forms().asExecutor();
    String gate = path("gate");
    CompletableFuture<String> running = executor.submit(() -> Work.await(gate));
    awaitPath("gate.started");
    executor.shutdown();
    assertThatThrownBy(() -> executor.submit(() -> 1))
        .isInstanceOf(RejectedExecutionException.class);
    assertThat(executor.isTerminated()).isFalse();
    assertThat(executor.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(executor.shutdownNow()).isEmpty();
    assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    assertThat(running).isCancelled();
    awaitPath("gate.interrupted");
    assertThat(forms().call(() -> 1)).isEqualTo(1);
  }
}
