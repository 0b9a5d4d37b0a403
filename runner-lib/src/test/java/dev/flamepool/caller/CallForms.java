package dev.flamepool.caller;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.flamepool.CallInterruptedException;
import dev.flamepool.CallNotSerializableException;
import dev.flamepool.ExecutionTimeoutException;
import dev.flamepool.FlameException;
import dev.flamepool.MapOptions.Progress;
import dev.flamepool.Outcome;
import dev.flamepool.Placed;
import dev.flamepool.Pool;
import dev.flamepool.QueueTimeoutException;
import dev.flamepool.RemoteCallException;
import dev.flamepool.RemoteCallable;
import dev.flamepool.RemoteExecutor;
import dev.flamepool.Trackable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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

  @Test
  default void aPlacedObjectStaysWhereItIsAndTakesItsCallsInOrder() throws Exception {
    String end = path("end");
    Placed<Counter> counter = forms().place(() -> new Counter(end));
    List<CompletableFuture<Integer>> counts = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      counts.add(counter.submit(Counter::next));
    }
    for (int i = 0; i < 50; i++) {
      assertThat(counts.get(i).get()).isEqualTo(i + 1);
    }
    counter.run(c -> c.next());
    assertThat(counter.call(Counter::next)).isEqualTo(52);
    assertThatThrownBy(() -> counter.call(c -> 1 / (c.next() - 53)))
        .isInstanceOf(RemoteCallException.class)
        .hasCauseInstanceOf(ArithmeticException.class);
    assertThat(files().resolve("end")).doesNotExist();
    counter.close();
    assertThat(files().resolve("end")).exists();
    assertThatThrownBy(() -> counter.call(Counter::next))
        .isInstanceOf(FlameException.class)
        .hasMessageContaining("closed");
  }

  @Test
  default void closeWaitsForTheCallsBefore() throws Exception {
    String end = path("end");
    String gate = path("gate");
    Placed<Counter> counter = forms().place(ctx -> new Counter(end));
    CompletableFuture<String> first = counter.submit(c -> Work.await(gate));
    CompletableFuture<Integer> second = counter.submit(Counter::next);
    CompletableFuture<Void> closing =
        CompletableFuture.runAsync(counter::close, task -> new Thread(task).start());
    awaitPath("gate.started");
    Work.touch(gate);
    closing.get(20, TimeUnit.SECONDS);
    assertThat(first.get()).isEqualTo(gate);
    assertThat(second.get()).isEqualTo(1);
    assertThat(files().resolve("end")).exists();
  }

  @Test
  default void whatFailsInPlacingAndClosingIsReportedAsItself() {
    for (int i = 0; i < 6; i++) { // more than there are places
      assertThatThrownBy(
              () ->
                  forms()
                      .place(
                          () -> {
                            throw new IllegalStateException("no such shard");
                          }))
          .isInstanceOf(RemoteCallException.class)
          .hasRootCauseMessage("no such shard");
      assertThatThrownBy(() -> forms().place(() -> null)).isInstanceOf(RemoteCallException.class);
      String end = path("end");
      Placed<Counter> bad = forms().place(() -> new Counter(end));
      bad.run(Counter::spoil);
      assertThatThrownBy(bad::close)
          .isInstanceOf(RemoteCallException.class)
          .hasRootCauseMessage("closed badly");
      bad.close();
    }
  }

  @Test
  default void aCallThatIsGivenUpLeavesTheObject() throws Exception {
    String end = path("end");
    String gate = path("gate");
    String late = path("late");
    try (Placed<Counter> counter = forms().place(() -> new Counter(end))) {
      assertThatThrownBy(
              () -> counter.with(o -> o.timeout(ofMillis(200))).call(c -> Work.await(gate)))
          .isInstanceOf(ExecutionTimeoutException.class);
      awaitPath("gate.interrupted");
      CompletableFuture<Boolean> stubborn = counter.submit(c -> Work.ignoreInterrupts(late));
      awaitPath("late.started");
      assertThatThrownBy(() -> counter.with(o -> o.timeout(ofMillis(100))).call(Counter::next))
          .isInstanceOf(QueueTimeoutException.class);
      CompletableFuture<Integer> never = counter.submit(Counter::next);
      never.cancel(true);
      stubborn.cancel(true);
      awaitPath("late.interrupted");
      Work.touch(late);
      assertThat(counter.call(Counter::next)).as("the first that ran").isEqualTo(1);
    }
  }

  @Test
  default void asManyCallsAtOnceAsWasSaid() throws Exception {
    String end = path("end");
    try (Placed<Counter> counter =
        forms().with(o -> o.concurrency(3)).place(() -> new Counter(end))) {
      List<CompletableFuture<String>> calls = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        String gate = path("gate-" + i);
        calls.add(counter.submit(c -> Work.await(gate)));
      }
      for (int i = 0; i < 3; i++) {
        awaitPath("gate-" + i + ".started");
      }
      for (int i = 0; i < 3; i++) {
        Work.touch(path("gate-" + i));
        assertThat(calls.get(i).get()).isEqualTo(path("gate-" + i));
      }
    }
    assertThat(files().resolve("end")).exists();
    List<Integer> free = forms().map(List.of(1, 2, 3, 4), i -> Work.atOnce(300));
    assertThat(free).as("all places were given back").contains(4);
  }

  /** Resources at several depths; the list is sent by Java serialization because of its type. */
  record Opened(Trackable<Counter> one, List<Trackable<Counter>> all, int number)
      implements java.io.Serializable {}

  @Test
  default void whatAResultTracksStaysUntilItIsClosed() throws Exception {
    String first = path("first");
    String second = path("second");
    Pool tracking = forms().with(o -> o.trackResources(true));
    Opened opened =
        tracking.call(
            () -> {
              Trackable<Counter> one = Trackable.of(new Counter(first));
              Trackable<Counter> two = Trackable.of(new Counter(second));
              return new Opened(one, new CopyOnWriteArrayList<>(List.of(one, two)), 7);
            });
    assertThat(opened.number()).isEqualTo(7);
    assertThat(opened.all().get(0)).as("one resource, one reference").isSameAs(opened.one());
    assertThat(opened.one().call(Counter::next)).isEqualTo(1);
    assertThat(opened.one().submit(Counter::next).get()).isEqualTo(2);
    assertThat(opened.all().get(1).call(Counter::next)).isEqualTo(1);
    opened.one().close();
    assertThat(files().resolve("first")).exists();
    assertThat(files().resolve("second")).doesNotExist();
    assertThatThrownBy(() -> opened.one().call(Counter::next)).isInstanceOf(FlameException.class);
    assertThat(opened.all().get(1).call(Counter::next)).isEqualTo(2);
    opened.all().get(1).close();
    assertThat(files().resolve("second")).exists();

    String alone = path("alone");
    try (Trackable<Counter> itself =
        tracking.submit(() -> Trackable.of(new Counter(alone))).get()) {
      assertThat(itself.call(Counter::next)).isEqualTo(1);
      assertThatThrownBy(() -> forms().call(() -> itself.call(Counter::next)))
          .isInstanceOf(CallNotSerializableException.class)
          .hasMessageContaining("placed.call(");
    }
    assertThat(tracking.call(() -> "nothing tracked")).isEqualTo("nothing tracked");
  }

  /** Nothing of this method's frame is left when it returns. */
  private void placeAndDrop(String end, String busyEnd, String gate, String tracked) {
    Placed<Counter> dropped = forms().place(() -> new Counter(end));
    dropped.onLost(lost -> dropped.run(Counter::next));
    Placed<Counter> busy = forms().place(() -> new Counter(busyEnd));
    CompletableFuture<String> works = busy.with(o -> o).submit(c -> Work.await(gate));
    Trackable<Counter> one =
        forms().with(o -> o.trackResources(true)).call(() -> Trackable.of(new Counter(tracked)));
    assertThat(List.of(works.isDone(), one.call(Counter::next))).containsExactly(false, 1);
  }

  private void collectUntil(String name) {
    await()
        .until(
            () -> {
              System.gc();
              return Files.exists(files().resolve(name));
            });
  }

  @Test
  default void whatNobodyCanReachIsLetGo() {
    String gate = path("gate");
    String heldEnd = path("held");
    Placed<Counter> held = forms().place(() -> new Counter(heldEnd));
    placeAndDrop(path("end"), path("busy"), gate, path("tracked"));
    collectUntil("end");
    collectUntil("tracked");
    assertThat(files().resolve("busy")).as("its call runs").doesNotExist();
    Work.touch(gate);
    collectUntil("busy");
    assertThat(held.call(Counter::next)).isEqualTo(1);
    held.close();
  }

  @Test
  default void aResultMayTrackOnlyIfItWasAskedTo() {
    String end = path("end");
    assertThatThrownBy(() -> forms().call(() -> List.of(Trackable.of(new Counter(end)))))
        .isInstanceOf(RemoteCallException.class)
        .hasMessageContaining("trackResources(true)");
  }

  @Test
  default void whatIsReturnedAfterTheDeadlineIsTooLate() {
    assertThatThrownBy(
            () ->
                forms()
                    .with(o -> o.timeout(ofMillis(100)))
                    .call(
                        () -> {
                          try {
                            TimeUnit.MINUTES.sleep(1);
                            return "slept";
                          } catch (InterruptedException e) {
                            return "woken";
                          }
                        }))
        .isInstanceOf(ExecutionTimeoutException.class);
  }

  @Test
  default void optionsThatMakeNoSenseFailAtOnce() {
    Pool wide = forms().with(o -> o.concurrency(2));
    for (ThrowingCallable wrong :
        List.<ThrowingCallable>of(
            () -> wide.call(() -> 1),
            () -> wide.run(() -> {}),
            () -> wide.submit(() -> 1),
            () -> wide.cast(() -> {}),
            () -> wide.map(List.of(1), i -> i),
            () -> wide.asExecutor(),
            () -> forms().with(o -> o.retryOnRunnerLost(1)).place(() -> new Counter("")),
            () -> forms().with(o -> o.detached()).place(() -> new Counter("")),
            () -> forms().with(o -> o.trackResources(true)).place(() -> new Counter("")),
            () -> forms().with(o -> o.detached().trackResources(true)),
            () -> forms().with(o -> o.trackResources(true).detached()),
            () -> forms().with(o -> o.concurrency(0)),
            () -> forms().with(o -> o.retryOnRunnerLost(-1)),
            () -> forms().with(o -> o.timeout(ofMillis(0))),
            () -> forms().map(List.of(1), i -> i, o -> o.atOnce(0)))) {
      assertThatThrownBy(wrong).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
