package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.CallOptions;
import dev.flamepool.CallerClosedException;
import dev.flamepool.QueueTimeoutException;
import dev.flamepool.RemoteCallable;
import dev.flamepool.RunnerLostException;
import dev.flamepool.closure.Closures;
import dev.flamepool.closure.CodeVersion;
import dev.flamepool.wire.Control;
import dev.flamepool.wire.ControlListener;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Identity;
import dev.flamepool.wire.Slot;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** One schedule of a scenario: the real client of a pool, threads and time by steps. */
final class Played {
  private static final Identity IDENTITY = RealRunners.CERTIFICATES.caller().identity();
  private static final List<EncodedCall> BODIES = new ArrayList<>();

  static {
    for (int i = 0; i < 16; i++) {
      BODIES.add(Closures.encode((RemoteCallable<String>) () -> "x", RemoteCallable.class, false));
    }
  }

  /**
   * Something that happens from outside.
   *
   * @param waits whether it has to be done on a thread of its own
   */
  record Event(String name, boolean waits, Consumer<Played> what) {
    Event(String name, Consumer<Played> what) {
      this(name, false, what);
    }
  }

  /**
   * What can happen.
   *
   * @param runners the most calls of each
   * @param refusals how often a runner may say that others fill it
   * @param losses how often a connection may break
   * @param prelude what has happened before
   * @param actors each in its own order, in any order among each other
   */
  record Scenario(
      String name,
      List<Integer> runners,
      int refusals,
      int losses,
      List<Event> prelude,
      List<List<Event>> actors) {}

  /** A call as its maker sees it. */
  static final class Made {
    final int number;
    final int mayBegin;
    final CompletableFuture<Object> end;
    final AtomicInteger ends = new AtomicInteger();
    Thread thread;

    Made(int number, int mayBegin, CompletableFuture<Object> end) {
      this.number = number;
      this.mayBegin = mayBegin;
      this.end = end;
      Futures.atEnd(end, (value, failure) -> ends.incrementAndGet());
    }
  }

  final Steps steps = new Steps();
  final Choices choices;
  final List<SteppedRunner> runners = new ArrayList<>();
  final List<Made> made = new ArrayList<>();
  final ManualSource source = new ManualSource(IDENTITY);
  final QueueRoom room = new QueueRoom(1 << 20, 1 << 20);
  final PoolClient client;
  Hold hold;
  volatile boolean closing;
  private volatile boolean closed;
  private boolean stirred;

  Played(Scenario scenario, Choices choices) {
    this.choices = choices;
    for (int i = 0; i < scenario.runners().size(); i++) {
      SteppedRunner runner =
          new SteppedRunner(i, scenario.runners().get(i), steps, choices, BODIES::indexOf);
      runner.refusals = scenario.refusals();
      runner.losses = scenario.losses();
      runners.add(runner);
    }
    Network network =
        new Network() {
          @Override
          public Slot slot(Route route, int number) throws IOException {
            return to(route).slot(number);
          }

          @Override
          public Control control(Route route, ControlListener listener) throws IOException {
            return to(route).control(listener);
          }
        };
    Wiring wiring =
        new Wiring(
            "caller",
            () -> new CodeVersion(RunnerProcess.CODE, List.of()),
            Closures.replies(Played.class.getClassLoader()),
            steps,
            steps.timer(),
            network);
    client = new PoolClient("default", "pool", wiring, source, room);
  }

  private SteppedRunner to(Route route) {
    return runners.stream()
        .filter(runner -> runner.endpoint.uid().equals(route.uid()))
        .findFirst()
        .orElseThrow();
  }

  // What scenarios are made of.

  static Event ready(int... which) {
    return new Event(
        "ready",
        played -> {
          List<PoolView.Endpoint> endpoints = new ArrayList<>();
          for (int i : which) {
            endpoints.add(played.runners.get(i).endpoint);
          }
          played.source.ready(endpoints);
        });
  }

  static Event suspend() {
    return new Event(
        "suspend",
        played -> {
          played.stirred = true;
          played.source.show(ManualSource.view(PoolView.Presence.PRESENT, true, List.of()));
        });
  }

  static Event submit(int number, UnaryOperator<CallOptions> how) {
    CallOptions options = how.apply(CallOptions.DEFAULTS);
    return new Event(
        "submit " + number,
        played ->
            played.make(
                number, options, () -> played.client.submit(BODIES.get(number), options).future()));
  }

  static Event onPlaced(int number, UnaryOperator<CallOptions> how) {
    CallOptions options = how.apply(CallOptions.DEFAULTS);
    return new Event(
        "submit " + number + " on it",
        played ->
            played.make(
                number,
                options,
                () -> played.hold.submit(0, BODIES.get(number), options).future()));
  }

  /** A thread that calls and waits. */
  static Event call(int number) {
    return new Event(
        "call " + number,
        true,
        played -> {
          CompletableFuture<Object> end = new CompletableFuture<>();
          Made call = new Made(number, 1, end);
          played.made.add(call);
          call.thread = Thread.currentThread();
          try {
            end.complete(played.client.call(BODIES.get(number), CallOptions.DEFAULTS));
          } catch (RuntimeException e) {
            end.completeExceptionally(e);
          }
        });
  }

  static Event interrupt(int number) {
    return new Event(
        "interrupt " + number,
        played -> {
          played.stirred = true;
          played.made.stream()
              .filter(call -> call.number == number && !call.end.isDone())
              .forEach(call -> call.thread.interrupt());
        });
  }

  private void make(
      int number,
      CallOptions options,
      java.util.function.Supplier<CompletableFuture<Object>> submit) {
    CompletableFuture<Object> end;
    try {
      end = submit.get();
    } catch (RuntimeException e) {
      end = CompletableFuture.failedFuture(e);
    }
    made.add(new Made(number, 1 + options.retryOnRunnerLost(), end));
  }

  static Event cancel(int number) {
    return new Event(
        "cancel " + number,
        played ->
            played.made.stream()
                .filter(call -> call.number == number)
                .forEach(call -> call.end.cancel(true)));
  }

  static Event look() {
    return new Event("look", played -> played.runners.forEach(SteppedRunner::look));
  }

  static Event pass(Duration time) {
    return new Event(
        time + " pass",
        played -> {
          played.stirred = true;
          Ticks.pass(time.toNanos());
        });
  }

  static Event kill(int which) {
    return new Event("kill " + which, played -> played.runners.get(which).kill());
  }

  static Event controlEnds(int which) {
    return new Event("control ends " + which, played -> played.runners.get(which).controlEnds());
  }

  static Event says(int which, dev.flamepool.wire.ControlMessage message) {
    return new Event(
        which + " says " + message,
        played -> {
          if (message instanceof dev.flamepool.wire.ControlMessage.Draining) {
            played.stirred = true;
          }
          played.runners.get(which).says(message);
        });
  }

  static Event place(int concurrency) {
    return new Event(
        "place",
        true,
        played ->
            played.hold =
                played.client.place(BODIES.get(15), CallOptions.DEFAULTS.concurrency(concurrency)));
  }

  static Event release() {
    return new Event(
        "release",
        true,
        played -> {
          played.stirred = true;
          played.hold.release(0, CallOptions.DEFAULTS);
        });
  }

  static Event close() {
    return new Event("close", true, Played::end);
  }

  private void end() {
    closing = true;
    try {
      client.refuse();
      client.close();
      closed = true;
    } catch (RuntimeException e) {
      throw new AssertionError("close", e);
    }
    assertThat(made)
        .as("what close left open")
        .allSatisfy(
            call ->
                assertThat(call.end.isDone() || call.thread != null)
                    .as("call " + call.number)
                    .isTrue());
  }

  // The play.

  void play(Scenario scenario) {
    for (Event event : scenario.prelude()) {
      happen(event);
      while (!steps.enabled().isEmpty()) {
        steps.go(steps.enabled().get(0));
      }
    }
    List<Deque<Event>> actors = new ArrayList<>();
    scenario.actors().forEach(events -> actors.add(new ArrayDeque<>(events)));
    for (int step = 0; ; step++) {
      List<Runnable> options = new ArrayList<>();
      for (Steps.Action action : steps.enabled()) {
        options.add(() -> steps.go(action));
      }
      boolean free = options.isEmpty();
      for (Deque<Event> actor : actors) {
        if (!actor.isEmpty()) {
          options.add(() -> happen(actor.remove()));
        }
      }
      if (options.isEmpty()) {
        break;
      }
      assertThat(step).as("steps").isLessThan(1_000);
      options.get(choices.next(options.size(), free)).run();
    }
    check();
  }

  private void happen(Event event) {
    steps.trace.add("[" + event.name() + "]");
    if (event.waits()) {
      steps.run(() -> event.what().accept(this));
    } else {
      event.what().accept(this);
    }
    steps.settle();
  }

  private boolean over() {
    return made.stream().allMatch(call -> call.end.isDone()) && !steps.isBusy();
  }

  private void goOn() {
    while (!steps.enabled().isEmpty()) {
      steps.go(steps.enabled().get(0));
    }
  }

  private void check() {
    goOn();
    boolean quiet = !stirred && !closing && runners.stream().noneMatch(runner -> runner.troubled);
    if (quiet) {
      assertThat(over()).as("a call waits although there is room").isTrue();
      List<Integer> order = made.stream().map(call -> call.number).toList();
      if (runners.size() == 1 && runners.get(0).endpoint.maxConcurrency() == 1) {
        List<Integer> began = runners.get(0).began;
        assertThat(began)
            .as("served in order")
            .isEqualTo(order.stream().filter(began::contains).toList());
      }
    }
    for (int round = 0; round < 2_000 && !over(); round++) {
      runners.forEach(SteppedRunner::look);
      if (!steps.passTime()) {
        Ticks.pass(70_000_000);
        steps.settle();
      }
      goOn();
    }
    assertThat(steps.failures()).isEmpty();
    assertThat(over()).as("every call ends").isTrue();
    made.forEach(this::checkEnd);
    assertThat(room.held()).as("heap of calls that wait").isZero();
    if (closing) {
      assertThat(closed).isTrue();
    } else {
      checkPlaces();
    }
    if (!closing) {
      steps.run(this::end);
      steps.settle();
      for (int round = 0; round < 100 && steps.isBusy(); round++) {
        runners.forEach(SteppedRunner::look);
        Ticks.pass(70_000_000);
        goOn();
        steps.settle();
      }
      assertThat(closed).as("close returns").isTrue();
      assertThat(steps.failures()).isEmpty();
    }
    assertThat(room.held()).isZero();
    assertThat(runners).as("places").allSatisfy(it -> assertThat(it.inFlight()).isZero());
  }

  private void checkEnd(Made call) {
    long began =
        runners.stream()
            .flatMap(runner -> runner.began.stream())
            .filter(number -> number == call.number)
            .count();
    String which = "call " + call.number;
    assertThat(call.ends.get()).as("ends of " + which).isEqualTo(1);
    assertThat(began).as("how often " + which + " began").isLessThanOrEqualTo(call.mayBegin);
    Throwable failure = call.end.handle((value, thrown) -> thrown).join();
    if (failure == null) {
      assertThat(began).as(which + " has a result").isPositive();
    }
    if (failure instanceof RunnerLostException lost
        && lost.started() == RunnerLostException.Started.NO) {
      assertThat(began).as(which + " never began, as is said").isZero();
    }
    if (failure instanceof QueueTimeoutException
        || (failure instanceof CallerClosedException
            && failure.getMessage().contains("never started"))) {
      assertThat(began).as(which + ": " + failure).isZero();
    }
  }

  /** All places of all runners that are left can be taken at once, and given back. */
  private void checkPlaces() {
    for (SteppedRunner runner : runners) {
      if (runner.inFlight() > 0) {
        return; // a placed object is there
      }
    }
    SteppedRunner last = runners.get(runners.size() - 1);
    last.refusals = 0;
    last.losses = 0;
    int most = last.endpoint.maxConcurrency();
    if (!last.isAlive()) {
      return;
    }
    Ticks.pass(Duration.ofSeconds(10).toNanos());
    source.ready(List.of(last.endpoint));
    List<CompletableFuture<Object>> all = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      all.add(client.submit(BODIES.get(14 - i), CallOptions.DEFAULTS).future());
    }
    for (int i = 0; i < 50 && last.arriving() < most; i++) {
      List<Steps.Action> starts =
          steps.enabled().stream()
              .filter(
                  action -> action.name().equals("task") || action.name().startsWith("connection"))
              .toList();
      if (starts.isEmpty() && !steps.passTime()) {
        break;
      }
      starts.forEach(steps::go);
    }
    assertThat(last.arriving()).as("places that can be taken at once").isEqualTo(most);
    for (int i = 0; i < 50 && all.stream().anyMatch(call -> !call.isDone()); i++) {
      goOn();
      steps.passTime();
    }
    assertThat(all).allSatisfy(call -> assertThat(call).isCompleted());
    // The demand of calls that are over is taken back.
    for (int i = 0; i < 12; i++) {
      steps.passTime();
      goOn();
    }
    if (!source.demands.isEmpty()) {
      assertThat(source.demands.get(source.demands.size() - 1).queued()).as("demand").isZero();
    }
  }
}
