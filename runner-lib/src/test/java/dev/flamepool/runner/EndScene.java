package dev.flamepool.runner;

import static dev.flamepool.runner.TestRunner.hello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.FlameParent;
import dev.flamepool.IdleCheck;
import dev.flamepool.RunnerApplication;
import dev.flamepool.closure.Closures;
import dev.flamepool.wire.CallOptions;
import dev.flamepool.wire.EndCause;
import dev.flamepool.wire.RawPeer;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.ReplyDecoder;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.Silence;
import dev.flamepool.wire.SlotConnection;
import dev.flamepool.wire.Stay;
import dev.flamepool.wire.Wait;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A runner with callers that is about to end, its clock, its threads and its application. */
final class EndScene implements RunnerApplication {
  /** Of the runner, for calls when it ends. */
  static final Duration GRACE = Duration.ofSeconds(20);

  /** For calls, which run in this JVM. */
  static volatile EndScene now;

  final ManualTicker clock = new ManualTicker();
  final TestRunner runner;
  private final boolean hangingIdleCheck;
  volatile boolean stopHangs;
  volatile boolean stopThrows;
  volatile boolean noThreads;

  /** Whether some peer stops in the middle of a body. */
  volatile boolean peerStops;

  private final CountDownLatch over = new CountDownLatch(1);
  private final CountDownLatch begin = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);
  private final CountDownLatch idleAsked = new CountDownLatch(1);
  private final AtomicInteger begun = new AtomicInteger();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final Deque<AutoCloseable> ends = new ArrayDeque<>();

  /**
   * @param hangingIdleCheck whether the application has an idle check, which hangs
   */
  EndScene(
      boolean singleUse,
      long idleMs,
      long orphanMs,
      long lifetimeMs,
      boolean hangingIdleCheck,
      Path identity) {
    FlameParent parent =
        TestRunner.parent(8, singleUse, idleMs, -1, orphanMs, lifetimeMs, identity);
    now = this;
    this.hangingIdleCheck = hangingIdleCheck;
    runner = new TestRunner(parent, clock, new Threads(false, this::make), this);
  }

  private Thread make(Runnable work, String name) {
    Thread thread =
        new Thread(work, name) {
          @Override
          public synchronized void start() {
            if (noThreads) {
              throw new OutOfMemoryError("unable to create native thread");
            }
            super.start();
          }
        };
    thread.setDaemon(true);
    threads.add(thread);
    return thread;
  }

  @Override
  public void start(FlameParent parent) {}

  @Override
  public void stop() {
    if (stopThrows) {
      throw new AssertionError("stop");
    }
    if (stopHangs) {
      hang();
    }
  }

  @Override
  public IdleCheck idleCheck() {
    return hangingIdleCheck ? this::answersNever : IdleCheck.ALWAYS;
  }

  private boolean answersNever() {
    idleAsked.countDown();
    hang();
    return true;
  }

  void awaitIdleQuestion() throws InterruptedException {
    assertThat(idleAsked.await(20, TimeUnit.SECONDS)).isTrue();
  }

  /** As code does that no interrupt reaches, until all is over. */
  void hang() {
    while (over.getCount() > 0) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** To be called by a call: it has begun. */
  void begins() {
    begun.incrementAndGet();
  }

  /** To be called by a call: waits until the end may begin. */
  void awaitBegin() throws InterruptedException {
    begin.await();
  }

  void letBegin() {
    begin.countDown();
  }

  /** Waits until the end has begun and calls may go on. */
  void awaitGo() throws InterruptedException {
    go.await();
  }

  /** Calls go on. */
  void letGo() {
    go.countDown();
  }

  <T extends AutoCloseable> T keep(T what) {
    ends.push(what);
    return what;
  }

  /** One that has heard from the runner: its thread there has been made. */
  TestRunner.Control control(Role role, String id) throws Exception {
    TestRunner.Control control = keep(runner.control(role, id));
    until(() -> !control.heard.isEmpty());
    return control;
  }

  SlotConnection slot(String caller) throws Exception {
    return keep(runner.slot(caller, 1));
  }

  RawPeer raw(String caller) throws Exception {
    return keep(
        RawPeer.slot(
            runner.address, TestRunner.UID, TestRunner.CALLER, hello(Role.CALLER, caller)));
  }

  /** What {@code System.exit} does to its thread, and a shutdown hook on another. */
  static void exit() {
    EndScene scene = now;
    Thread caller = Thread.currentThread();
    new Thread(
            () -> scene.runner.runner.exited(caller, "Here.now", EndScene.GRACE.toMillis()), "hook")
        .start();
    scene.hang();
  }

  /** A call that {@link #begins}, which is waited for. */
  CompletableFuture<Reply> begun(String caller, Task<?> work) throws Exception {
    return begun(caller, work, -1);
  }

  CompletableFuture<Reply> begun(String caller, Task<?> work, long timeoutMs) throws Exception {
    int before = begun.get();
    CompletableFuture<Reply> reply = call(caller, work, timeoutMs, TestRunner.DECODER);
    until(() -> begun.get() > before);
    return reply;
  }

  /** One call of a caller that then closes its slot. */
  CompletableFuture<Reply> call(String caller, Task<?> work, long timeoutMs, ReplyDecoder decoder)
      throws Exception {
    SlotConnection slot = slot(caller);
    CallOptions options = new CallOptions(timeoutMs, true, Map.of());
    return TestRunner.async(
        () -> {
          try (slot) {
            return slot.call(
                Closures.encode(work, Task.class, true), options, decoder, Wait.FOREVER);
          }
        });
  }

  /** Places an object; its slot stays open. */
  void place(String caller, Task<?> factory) throws Exception {
    Reply placed =
        slot(caller)
            .call(
                new Stay(Stay.Verb.PLACE, 1),
                Closures.encode(factory, Task.class, false),
                CallOptions.DEFAULT,
                TestRunner.DECODER,
                Wait.FOREVER);
    assertThat(placed).isInstanceOf(Reply.Stays.class);
  }

  RunnerState.Snapshot state() {
    return runner.runner.runnerState().now();
  }

  /**
   * Waits until that is so. Where a peer stops in a body, slots stand still as often as it takes;
   * elsewhere they do not: one that is merely slow would be cut off.
   */
  void standStillUntil(Callable<Boolean> so) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(
            () -> {
              boolean is = so.call();
              if (!is && peerStops) {
                Silence.standStill(17);
              }
              return is;
            });
  }

  static void until(Callable<Boolean> so) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(so);
  }

  /** The end is under way and waits: for its callers, or in the application's code. */
  boolean isAtRest() {
    return runner.ended.isDone() || threads.stream().anyMatch(EndScene::endWaits);
  }

  private static boolean endWaits(Thread thread) {
    if (!thread.getName().equals("flame-end")) {
      return false;
    }
    List<String> frames =
        java.util.Arrays.stream(thread.getStackTrace())
            .map(StackTraceElement::getMethodName)
            .toList();
    return frames.contains("hang")
        || (frames.contains("awaitNoSlots") && thread.getState() == Thread.State.TIMED_WAITING);
  }

  EndCause cause() throws Exception {
    return runner.awaitEnd();
  }

  /** Whatever hung goes on, so that all threads of the runner end. */
  void end() throws Exception {
    noThreads = false;
    letBegin();
    letGo();
    over.countDown();
    while (!ends.isEmpty()) {
      ends.pop().close();
    }
    runner.runner.stop(0, "the scene is over");
    clock.advance(GRACE.plusSeconds(60));
    for (Thread thread : threads) {
      thread.join(20_000);
      assertThat(thread.isAlive()).as(() -> thread + " is left").isFalse();
    }
  }
}
