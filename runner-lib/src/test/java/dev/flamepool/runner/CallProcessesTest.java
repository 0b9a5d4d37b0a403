package dev.flamepool.runner;

import static dev.flamepool.runner.TestRunner.call;
import static dev.flamepool.runner.TestRunner.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.Flame;
import dev.flamepool.closure.Closures;
import dev.flamepool.wire.CallOptions;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.SlotConnection;
import dev.flamepool.wire.Stay;
import dev.flamepool.wire.Wait;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that calls have started: each ends with what has started it, and with nothing else. */
@Tag("scenario")
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class CallProcessesTest {
  // Both ends are in this JVM, so that a function can meet the test here.
  private static final BlockingQueue<Process> STARTED = new LinkedBlockingQueue<>();
  private static final List<Process> ALL = new CopyOnWriteArrayList<>();
  private static volatile CountDownLatch gate = new CountDownLatch(1);

  @TempDir Path folder;
  private final List<ProcessHandle> others = new ArrayList<>();

  @AfterEach
  void nothingIsLeft() {
    gate.countDown();
    gate = new CountDownLatch(1);
    STARTED.clear();
    ALL.forEach(process -> process.descendants().forEach(ProcessHandle::destroyForcibly));
    ALL.forEach(Process::destroyForcibly);
    ALL.clear();
    others.forEach(ProcessHandle::destroyForcibly);
  }

  private static Process start(String... command) throws IOException {
    Process process = new ProcessBuilder(command).start();
    ALL.add(process);
    STARTED.add(process);
    return process;
  }

  private static long sleeper() throws IOException {
    return start("sleep", "600").pid();
  }

  private static boolean lives(long pid) {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
  }

  private static boolean lives(Object pid) {
    return lives(((Long) pid).longValue());
  }

  private static void awaitEnd(Object pid) {
    await().atMost(Duration.ofSeconds(20)).until(() -> !lives(pid));
  }

  /** That many more calls have left processes, and these have ended: others had time to end. */
  private static void othersEnd(SlotConnection slot) {
    for (int i = 0; i < 3; i++) {
      awaitEnd(value(call(slot, CallProcessesTest::sleeper)));
    }
  }

  @Test
  void theyEndWithTheCallAndSoDoTheirChildren() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        SlotConnection s = r.slot("c", 1)) {
      Task<Long> shell =
          () -> {
            Process parent = start("sh", "-c", "sleep 600 & echo $!; wait");
            try (BufferedReader out = parent.inputReader()) {
              return Long.valueOf(out.readLine());
            }
          };
      Object child = value(call(s, shell));
      Process parent = STARTED.take();
      awaitEnd(parent.pid());
      awaitEnd(child);
      for (int i = 0; i < 2; i++) { // the slot's next calls too
        awaitEnd(value(call(s, CallProcessesTest::sleeper)));
        STARTED.take();
        Reply thrown =
            call(
                s,
                () -> {
                  sleeper();
                  throw new IllegalStateException("no");
                });
        assertThat(thrown).isInstanceOf(Reply.Failed.class);
        awaitEnd(STARTED.take().pid());
      }
    }
  }

  /** How a call ends that waits for what it has started. */
  enum End {
    LATE,
    CANCELLED,
    CALLER_GONE,
    RUNNER_ENDS
  }

  @ParameterizedTest
  @EnumSource
  void theyEndWithACallThatIsInterrupted(End end) throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        SlotConnection one = r.slot("c", 1);
        SlotConnection two = r.slot("d", 1)) {
      TestRunner.Control control = r.control(Role.CALLER, "c");
      long timeout = end == End.LATE ? 1_000 : -1;
      CompletableFuture<Reply> running =
          TestRunner.async(
              () ->
                  call(
                      one,
                      () -> start("sleep", "600").waitFor(),
                      new CallOptions(timeout, true, Map.of()),
                      Wait.FOREVER));
      Process process = STARTED.take();
      if (end != End.LATE) {
        othersEnd(two);
        assertThat(process.isAlive()).as("the call runs").isTrue();
      }
      switch (end) {
        case CANCELLED -> control.send(new ControlMessage.Cancel(1, 1));
        case CALLER_GONE -> control.close();
        case RUNNER_ENDS -> r.runner.stop(0, "told to");
        default -> {}
      }
      awaitEnd(process.pid());
      assertThat(running.get(20, TimeUnit.SECONDS)).isNotInstanceOf(Reply.Result.class);
    }
  }

  /** The answer cannot be written: it is more than buffers hold. */
  @Test
  void theyEndWhereTheConnectionIsLost() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false))) {
      SlotConnection one = r.slot("c", 1);
      var unused =
          TestRunner.async(
              () ->
                  call(
                      one,
                      () -> {
                        sleeper();
                        gate.await();
                        return new byte[8 << 20];
                      }));
      Process process = STARTED.take();
      one.close();
      gate.countDown();
      awaitEnd(process.pid());
    }
  }

  @Test
  void thoseOfOtherCallsAndOtherThreadsLiveOn() throws Exception {
    long ofTheTest = sleeper();
    STARTED.take();
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        SlotConnection one = r.slot("c", 1);
        SlotConnection two = r.slot("c", 2)) {
      CompletableFuture<Reply> running =
          TestRunner.async(
              () ->
                  call(
                      one,
                      () -> {
                        sleeper();
                        return gate.await(20, TimeUnit.SECONDS);
                      }));
      Process needed = STARTED.take();
      othersEnd(two);
      assertThat(needed.isAlive()).isTrue();
      gate.countDown();
      running.get(20, TimeUnit.SECONDS);
      awaitEnd(needed.pid());
      assertThat(lives(ofTheTest)).isTrue();
    }
  }

  /** One that starts processes, as long as it stays and when it closes. */
  static final class Starter implements AutoCloseable {
    final long own;

    Starter() throws IOException {
      own = sleeper();
    }

    @Override
    public void close() throws IOException {
      sleeper();
    }
  }

  private static Reply stay(SlotConnection slot, Stay.Verb verb, long id, EncodedCall call) {
    return slot.call(
        new Stay(verb, id), call, CallOptions.DEFAULT, TestRunner.DECODER, Wait.FOREVER);
  }

  /** What is called on an object that stays. */
  interface OnStarter extends java.io.Serializable {
    long on(Starter starter) throws Exception;
  }

  private static Reply on(SlotConnection slot, OnStarter work) {
    return stay(slot, Stay.Verb.ON, 0, Closures.encode(work, OnStarter.class, true));
  }

  private static void place(SlotConnection slot, long id) {
    Task<Starter> factory = Starter::new;
    assertThat(stay(slot, Stay.Verb.PLACE, id, Closures.encode(factory, Task.class, false)))
        .isInstanceOf(Reply.Stays.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void thoseOfAPlacedObjectEndWithIt(boolean callerIsLost) throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        SlotConnection slot = r.slot("c", 1);
        SlotConnection second = r.slot("c", 2);
        SlotConnection other = r.slot("d", 1)) {
      TestRunner.Control control = r.control(Role.CALLER, "c");
      place(slot, 5);
      assertThat(stay(second, Stay.Verb.ATTACH, 5, EncodedCall.NOTHING))
          .isInstanceOf(Reply.Stays.class);
      List<Object> all = new ArrayList<>();
      all.add(value(on(slot, starter -> starter.own)));
      all.add(value(on(slot, starter -> sleeper())));
      all.add(value(on(second, starter -> sleeper())));
      othersEnd(other);
      assertThat(all).allMatch(CallProcessesTest::lives);
      STARTED.clear();
      if (callerIsLost) {
        control.close();
      } else {
        assertThat(stay(slot, Stay.Verb.RELEASE, 0, EncodedCall.NOTHING))
            .isInstanceOf(Reply.Result.class);
      }
      all.add(STARTED.take().pid());
      all.forEach(CallProcessesTest::awaitEnd);
      if (!callerIsLost) {
        awaitEnd(value(call(slot, CallProcessesTest::sleeper)));
      }
    }
  }

  @Test
  void thoseOfACallThatOutlivesItsObjectEndToo() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        SlotConnection slot = r.slot("c", 1);
        SlotConnection second = r.slot("c", 2)) {
      place(slot, 5);
      assertThat(stay(second, Stay.Verb.ATTACH, 5, EncodedCall.NOTHING))
          .isInstanceOf(Reply.Stays.class);
      STARTED.clear();
      CompletableFuture<Reply> running =
          TestRunner.async(
              () ->
                  on(
                      second,
                      starter -> {
                        sleeper();
                        gate.await();
                        return 1;
                      }));
      Process late = STARTED.take();
      assertThat(stay(slot, Stay.Verb.RELEASE, 0, EncodedCall.NOTHING))
          .isInstanceOf(Reply.Result.class);
      othersEnd(slot);
      assertThat(late.isAlive()).as("its call runs").isTrue();
      gate.countDown();
      awaitEnd(late.pid());
      assertThat(running.get(20, TimeUnit.SECONDS)).isInstanceOf(Reply.Lost.class);
    }
  }

  @Test
  void oneThatIgnoresItsSignalIsKilledAfterAGrace() throws Exception {
    ManualTicker clock = new ManualTicker();
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false), clock, null);
        SlotConnection s = r.slot("c", 1)) {
      call(
          s,
          () -> {
            Process deaf =
                start("sh", "-c", "trap 'echo heard' TERM; echo ready; while :; do sleep 1; done");
            return deaf.inputReader().readLine();
          });
      Process deaf = STARTED.take();
      assertThat(deaf.inputReader().readLine()).isEqualTo("heard");
      assertThat(deaf.isAlive()).isTrue();
      await()
          .until(
              () -> {
                clock.advance(Duration.ofSeconds(1));
                return !deaf.isAlive();
              });
      r.runner.stop(0, "test over");
      clock.advance(Duration.ofMinutes(1));
    }
  }

  @Test
  void oneThatIsKeptLivesOn() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        SlotConnection s = r.slot("c", 1)) {
      Object kept =
          value(
              call(
                  s,
                  () -> {
                    Process helper = start("sh", "-c", "sleep 600 & wait");
                    Flame.keep(helper.toHandle());
                    return helper.pid();
                  }));
      othersEnd(s);
      assertThat(lives(kept)).isTrue();
    }
  }

  /** How a runner ends. */
  enum Way {
    TOLD,
    EXITED,
    OUT_OF_MEMORY
  }

  @ParameterizedTest
  @EnumSource
  void whatTheApplicationHasStartedEndsWithTheRunnerOnly(Way way) throws Exception {
    Path pid = folder.resolve("pid-of-start");
    try (ChildRunner child = new ChildRunner(folder, 500, "-Dtest.process=" + pid);
        SlotConnection s = child.slot(1)) {
      Object ofCall = value(call(s, () -> new ProcessBuilder("sleep", "600").start().pid()));
      awaitEnd(ofCall);
      long ofStart = Long.parseLong(Files.readString(pid).trim());
      ProcessHandle.of(ofStart).ifPresent(others::add);
      assertThat(lives(ofStart)).isTrue();
      Task<Integer> last =
          way == Way.EXITED
              ? () -> {
                System.exit(3);
                return 1;
              }
              : () -> new long[1 << 24].length;
      if (way == Way.TOLD) {
        child.process().destroy();
      } else {
        call(s, last);
      }
      child.exitCode();
      await().until(() -> !lives(ofStart));
      assertThat(child.file("output.log"))
          .contains("ended processes that calls have left: 1, 1 in all; the last: sleep, process ");
    }
  }
}
