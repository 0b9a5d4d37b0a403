package dev.flamepool.operator.backend;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.BackendException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * A cloud in memory, under a controlled clock, that outlives the operators using it. Tests script
 * its faults, move its clock and read its log; operators reach it through {@link ScriptedBackend}.
 * Thread-safe.
 */
public final class ScriptedCloud {
  /** What can be asked of it. */
  public enum Operation {
    /** {@link RunnerBackend#launch}. */
    LAUNCH,
    /** {@link RunnerBackend#find}. */
    FIND,
    /** {@link RunnerBackend#list}. */
    LIST,
    /** {@link RunnerBackend#stop}. */
    STOP,
    /** {@link RunnerBackend#delete}. */
    DELETE
  }

  /** An entry like any other: nothing of it counts here. */
  static final BackendEntry ENTRY = new BackendEntry("x", null, null, null, null, null);

  private interface Effect<T> {
    T run() throws BackendException;
  }

  private record Due(Instant at, long order, MachineKey create, Runnable effect) {}

  private final ManualClock clock;
  private final Map<MachineKey, ScriptedMachine> machines = new LinkedHashMap<>();
  private final Map<Operation, Deque<Fault>> next = new EnumMap<>(Operation.class);
  private final Map<String, Fault> offerings = new HashMap<>();
  private final PriorityQueue<Due> due =
      new PriorityQueue<>(Comparator.comparing(Due::at).thenComparing(Due::order));
  private final List<CloudEvent> log = new ArrayList<>();
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final List<LaunchAttempt> made = new ArrayList<>();
  private final Deque<String> changed = new ArrayDeque<>();
  private Optional<String> verdict = Optional.empty();
  private Optional<BackendException> check = Optional.empty();
  private int checks;
  private Duration bootTime = Duration.ZERO;
  private Duration visibleAfter = Duration.ZERO;
  private Duration stopTime = Duration.ZERO;
  private Duration deleteTime = Duration.ZERO;
  private long sequence;

  /** An empty cloud that serves everything at once. */
  public ScriptedCloud(ManualClock clock) {
    this.clock = clock;
    clock.onAdvance(this::settle);
  }

  // ---- the script

  /** The next calls of an operation meet these faults, one each, in order. */
  public synchronized void next(Operation operation, Fault... faults) {
    next.computeIfAbsent(operation, o -> new ArrayDeque<>()).addAll(Arrays.asList(faults));
  }

  /** Every launch with this offering meets a fault; null ends that. */
  public synchronized void offering(String offering, Fault fault) {
    if (fault == null) {
      offerings.remove(offering);
    } else {
      offerings.put(offering, fault);
    }
  }

  /** What {@link RunnerBackend#validate} says; null for no objection. */
  public synchronized void verdict(String words) {
    verdict = Optional.ofNullable(words);
  }

  /** What {@link RunnerBackend#check} throws; null for nothing. */
  public synchronized void check(BackendException failure) {
    check = Optional.ofNullable(failure);
  }

  /** What its machines were made from, oldest first. */
  public synchronized List<LaunchAttempt> made() {
    return List.copyOf(made);
  }

  /** How often it was asked. */
  public synchronized int checks() {
    return checks;
  }

  synchronized void checked() throws BackendException {
    checks++;
    if (check.isPresent()) {
      throw check.get();
    }
  }

  /** From the create to running with an address. */
  public synchronized void bootTime(Duration time) {
    bootTime = time;
  }

  /** How long a new machine is missing in lists and its find is ambiguous. */
  public synchronized void visibleAfter(Duration time) {
    visibleAfter = time;
  }

  /** How long a machine takes to end after a stop; at most the grace given. */
  public synchronized void stopTime(Duration time) {
    stopTime = time;
  }

  /** How long a living machine takes to vanish after a delete; its remains go at once. */
  public synchronized void deleteTime(Duration time) {
    deleteTime = time;
  }

  /** A runner's process ends by itself: its machines are ended, their remains stay. */
  public void die(String runnerUid, int exitCode, String cause, String... lastLines) {
    synchronized (this) {
      for (ScriptedMachine machine : machines.values()) {
        if (machine.key.runnerUid().equals(runnerUid) && machine.live()) {
          end(machine, exitCode, cause, List.of(lastLines));
        }
      }
    }
    tell();
  }

  // ---- what a test reads

  /** Everything that happened, in order. */
  public synchronized List<CloudEvent> log() {
    return List.copyOf(log);
  }

  /** All machines, remains included, whether visible or not. */
  public synchronized List<Machine> machines() {
    return machines.values().stream().map(ScriptedMachine::view).toList();
  }

  /** The machines that live. */
  public synchronized List<Machine> live() {
    return machines.values().stream()
        .filter(ScriptedMachine::live)
        .map(ScriptedMachine::view)
        .toList();
  }

  /** Creates that have been asked for and are still under way. */
  public synchronized long pending() {
    return due.stream().filter(d -> d.create() != null).count();
  }

  /** How often an operation was called. */
  public synchronized long calls(Operation operation) {
    return log.stream()
        .filter(e -> e.type() == CloudEvent.Type.CALL && e.detail().startsWith(operation.name()))
        .count();
  }

  /** Starts a machine that no operator of this test asked for, such as an orphan. */
  public synchronized void plant(MachineKey key) {
    create(new LaunchAttempt(key, "planted", "", ENTRY, Boot.of(Map.of())));
  }

  /** What happened so far is no more read. */
  public synchronized void forgetPast() {
    log.clear();
    made.clear();
  }

  // ---- what a backend calls

  synchronized Optional<String> verdict(BackendEntry entry) {
    return verdict;
  }

  Machine launch(LaunchAttempt attempt) throws BackendException {
    MachineKey key = attempt.key();
    Fault standing;
    synchronized (this) {
      standing = offerings.get(attempt.offering());
    }
    return call(Operation.LAUNCH, key, standing, () -> create(attempt).view());
  }

  Optional<Machine> find(MachineKey key) throws BackendException {
    return call(
        Operation.FIND,
        key,
        null,
        () -> {
          ScriptedMachine machine = machines.get(key);
          boolean underWay = due.stream().anyMatch(d -> key.equals(d.create()));
          if (underWay || (machine != null && !visible(machine))) {
            throw BackendException.unsettled("answers lag: ask again later");
          }
          return Optional.ofNullable(machine).map(ScriptedMachine::view);
        });
  }

  List<Machine> list(String installation) throws BackendException {
    return call(
        Operation.LIST,
        null,
        null,
        () ->
            machines.values().stream()
                .filter(m -> m.key.installation().equals(installation) && visible(m))
                .map(ScriptedMachine::view)
                .toList());
  }

  void stop(MachineKey key, Duration grace) throws BackendException {
    call(
        Operation.STOP,
        key,
        null,
        () -> {
          ScriptedMachine machine = machines.get(key);
          if (machine != null && machine.live() && machine.state != Machine.State.STOPPING) {
            machine.state = Machine.State.STOPPING;
            note(CloudEvent.Type.STOPPING, key, "grace " + grace);
            changed.add(key.runnerUid());
            Duration takes = stopTime.compareTo(grace) < 0 ? stopTime : grace;
            later(takes, () -> end(machine, 12, "Drained", List.of()));
          }
          return true;
        });
  }

  void delete(MachineKey key) throws BackendException {
    call(
        Operation.DELETE,
        key,
        null,
        () -> {
          due.removeIf(d -> key.equals(d.create()));
          ScriptedMachine machine = machines.get(key);
          if (machine != null && !machine.deleting) {
            machine.deleting = true;
            later(machine.live() ? deleteTime : Duration.ZERO, () -> remove(machine));
            if (machine.live()) {
              machine.state = Machine.State.STOPPING;
            }
          }
          return true;
        });
  }

  void onChange(Consumer<String> runnerUid) {
    listeners.add(runnerUid);
  }

  // ---- how it works

  private <T> T call(Operation operation, MachineKey key, Fault standing, Effect<T> effect)
      throws BackendException {
    Fault fault;
    synchronized (this) {
      note(CloudEvent.Type.CALL, key, operation + (key == null ? "" : " " + key.runner()));
      Fault queued = next.getOrDefault(operation, new ArrayDeque<>()).poll();
      fault = queued == null ? standing : queued;
      if (fault != null) {
        note(CloudEvent.Type.FAULT, key, fault.toString());
      }
    }
    try {
      return struck(fault, operation == Operation.LAUNCH ? key : null, effect);
    } finally {
      tell();
    }
  }

  @SuppressWarnings("unchecked")
  private <T> T struck(Fault fault, MachineKey create, Effect<T> effect) throws BackendException {
    if (fault == null) {
      return run(effect);
    } else if (fault instanceof Fault.Refuse refuse) {
      throw new BackendException(refuse.kind(), refuse.words());
    } else if (fault instanceof Fault.LoseResponse) {
      run(effect);
      throw lost();
    } else if (fault instanceof Fault.LoseRequest) {
      throw lost();
    } else if (fault instanceof Fault.Late late) {
      synchronized (this) {
        Instant at = clock.instant().plus(late.by());
        due.add(new Due(at, sequence++, create, () -> quietly(effect)));
      }
      throw lost();
    } else if (fault instanceof Fault.Slow slow) {
      clock.advance(slow.by());
      return run(effect);
    } else if (fault instanceof Fault.Hold hold) {
      try {
        hold.until().await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw lost();
      }
      return run(effect);
    } else {
      return (T) List.of();
    }
  }

  private static BackendException lost() {
    return new BackendException(Kind.AMBIGUOUS, "no answer in time");
  }

  private static void quietly(Effect<?> effect) {
    try {
      effect.run();
    } catch (BackendException e) {
      // nobody listens to the answer of a call that timed out
    }
  }

  private synchronized <T> T run(Effect<T> effect) throws BackendException {
    T answer = effect.run();
    settleNow();
    return answer;
  }

  private ScriptedMachine create(LaunchAttempt attempt) {
    MachineKey key = attempt.key();
    String request =
        attempt.token() + "|" + attempt.offering() + "|" + digest(attempt.boot().files());
    ScriptedMachine known = machines.get(key);
    if (known != null) {
      if (!known.request.equals(request)) {
        note(CloudEvent.Type.VIOLATION, key, "a replay differs from its original");
        throw new IllegalStateException("idempotent parameter mismatch");
      }
      return known;
    }
    made.add(attempt);
    ScriptedMachine machine = new ScriptedMachine(key, request, "m-" + sequence++, clock.instant());
    machines.put(key, machine);
    note(CloudEvent.Type.CREATED, key, machine.id + " in " + attempt.offering());
    later(bootTime, () -> started(machine));
    settleNow();
    return machine;
  }

  private static String digest(Map<String, byte[]> boot) {
    Map<String, Integer> sorted = new TreeMap<>();
    boot.forEach((name, bytes) -> sorted.put(name, Arrays.hashCode(bytes)));
    return sorted.toString();
  }

  private boolean visible(ScriptedMachine machine) {
    return isVisible(machine.created);
  }

  /** Whether what was made then is shown by now. */
  synchronized boolean isVisible(Instant created) {
    return !clock.instant().isBefore(created.plus(visibleAfter));
  }

  Instant now() {
    return clock.instant();
  }

  private void started(ScriptedMachine machine) {
    if (machine.state == Machine.State.STARTING) {
      machine.state = Machine.State.RUNNING;
      machine.address = Optional.of("127.0.0.1:" + (10_000 + machines.size()));
      note(CloudEvent.Type.RUNNING, machine.key, machine.id);
      changed.add(machine.key.runnerUid());
    }
  }

  private void end(ScriptedMachine machine, int exitCode, String cause, List<String> lastLines) {
    if (machine.live()) {
      machine.state = Machine.State.ENDED;
      machine.exitCode = OptionalInt.of(exitCode);
      machine.cause = cause;
      machine.lastLines = lastLines;
      note(CloudEvent.Type.ENDED, machine.key, exitCode + " " + cause);
      changed.add(machine.key.runnerUid());
    }
  }

  private void remove(ScriptedMachine machine) {
    machine.state = Machine.State.ENDED;
    if (machines.remove(machine.key, machine)) {
      note(CloudEvent.Type.REMOVED, machine.key, machine.id);
      changed.add(machine.key.runnerUid());
    }
  }

  private void later(Duration by, Runnable effect) {
    due.add(new Due(clock.instant().plus(by), sequence++, null, effect));
  }

  private void settle() {
    synchronized (this) {
      settleNow();
    }
    tell();
  }

  private void settleNow() {
    while (!due.isEmpty() && !due.peek().at().isAfter(clock.instant())) {
      due.remove().effect().run();
    }
  }

  private void note(CloudEvent.Type type, MachineKey key, String detail) {
    log.add(new CloudEvent(clock.instant(), type, key, detail));
  }

  private void tell() {
    while (true) {
      String uid;
      synchronized (this) {
        uid = changed.poll();
      }
      if (uid == null) {
        return;
      }
      for (Consumer<String> listener : listeners) {
        listener.accept(uid);
      }
    }
  }
}
