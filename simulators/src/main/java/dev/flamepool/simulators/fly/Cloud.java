package dev.flamepool.simulators.fly;

import dev.flamepool.simulators.fly.FlyMachine.Quirk;
import dev.flamepool.simulators.machine.Exit;
import dev.flamepool.simulators.machine.Loopback;
import dev.flamepool.simulators.machine.MachineRuntime;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machines and how their states follow from each other: {@code created -> starting -> started
 * -> stopped}, or {@code -> destroying -> destroyed}. What is due by the clock happens in {@link
 * #settle}. Everything here holds the lock.
 */
final class Cloud {
  private static final Logger LOG = LoggerFactory.getLogger(Cloud.class);

  /** Else a process that ends at once would be started without end. */
  private static final long RESTART_PAUSE_MS = 1_000;

  final Clock clock;
  final FlyOptions options;
  private final Store store;
  private final MachineRuntime runtime;
  private final Map<String, FlyMachine> machines = new LinkedHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean closed;

  Cloud(FlyOptions options, Store store, MachineRuntime runtime) throws IOException {
    this.options = options;
    this.clock = options.clock();
    this.store = store;
    this.runtime = runtime;
    runtime.onExit(this::ended);
    store.load().forEach(machine -> machines.put(machine.id, machine));
    recover();
  }

  /** What has happened to machines while there was no simulator. */
  private void recover() {
    for (FlyMachine machine : List.copyOf(machines.values())) {
      if (machine.isIn("started", "stopping", "suspended") && !runtime.isRunning(machine.id)) {
        ended(machine.id, Exit.unseen());
      }
    }
  }

  // ---- for those who serve requests

  void lock() {
    lock.lock();
  }

  void unlock() {
    lock.unlock();
  }

  /** Lets others in for a moment, in which something may change: callers look again. */
  @SuppressWarnings("WaitNotInLoop")
  void pause() {
    try {
      boolean unused = changed.await(20, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** All machines, in the order of their creation. */
  List<FlyMachine> all() {
    return new ArrayList<>(machines.values());
  }

  /** The machine, or null. */
  @Nullable FlyMachine get(String id) {
    return machines.get(id);
  }

  long now() {
    return clock.millis();
  }

  /** Adds a machine that is checked already and not known yet. */
  void add(FlyMachine machine, boolean launch) {
    long now = now();
    machine.id = Ids.machine();
    machine.instanceId = Ids.ulid(now);
    machine.address = Loopback.next(addresses());
    machine.createdMs = now;
    machine.dueMs = launch ? now + options.bootDelay().toMillis() : -1;
    machine.state = launch ? "created" : "stopped";
    machine.event("launch", "created", "user", now);
    machines.put(machine.id, machine);
    save(machine);
  }

  private Set<String> addresses() {
    return machines.values().stream()
        .filter(machine -> !machine.isDestroyed())
        .map(machine -> machine.address)
        .collect(Collectors.toSet());
  }

  /** Starts a machine that rests. */
  void start(FlyMachine machine) {
    machine.restarts = 0;
    enter(machine, "starting", now() + options.startDelay().toMillis());
    machine.event("start", "starting", "user", now());
    save(machine);
    settle();
  }

  /** Stops a machine that runs, and starts it again if asked to. */
  void stop(FlyMachine machine, String signal, Duration timeout, boolean restart) {
    boolean first = !machine.state.equals("stopping");
    machine.requestedStop = true;
    machine.restartAfterStop = restart;
    enter(machine, "stopping", now() + timeout.toMillis());
    if (first) {
      machine.event(restart ? "restart" : "stop", "stopping", "user", now());
    }
    save(machine);
    runtime.signal(machine.id, signal);
    settle();
  }

  /** Ends a machine for good. */
  void destroy(FlyMachine machine, String source) {
    if (!machine.isIn("destroying", "destroyed")) {
      machine.event("destroy", "destroying", source, now());
      enter(machine, "destroying", now() + options.destroyDelay().toMillis());
    }
    settle();
  }

  void signal(FlyMachine machine, String signal) {
    runtime.signal(machine.id, signal);
  }

  /** The machine stands still and keeps its memory. */
  void suspend(FlyMachine machine) {
    runtime.signal(machine.id, "SIGSTOP");
    machine.event("suspend", "suspended", "user", now());
    enter(machine, "suspended", -1);
  }

  void resume(FlyMachine machine) {
    runtime.signal(machine.id, "SIGCONT");
    machine.event("start", "started", "user", now());
    enter(machine, "started", -1);
  }

  void save(FlyMachine machine) {
    machine.updatedMs = now();
    store.save(machine);
    changed.signalAll();
  }

  // ---- faults

  void host(String id, boolean reachable) {
    lock();
    try {
      FlyMachine machine = known(id);
      if (reachable) {
        machine.quirks.remove(Quirk.HOST_UNREACHABLE);
        runtime.signal(id, "SIGCONT");
      } else {
        machine.quirks.add(Quirk.HOST_UNREACHABLE);
        runtime.signal(id, "SIGSTOP");
      }
      save(machine);
      if (reachable && machine.isIn("started", "stopping") && !runtime.isRunning(id)) {
        ended(id, Exit.unseen());
      }
      settle();
    } finally {
      unlock();
    }
  }

  void release(String id) {
    lock();
    try {
      FlyMachine machine = known(id);
      machine.quirks.remove(Quirk.STUCK_CREATED);
      machine.quirks.remove(Quirk.STUCK_DESTROYING);
      save(machine);
      settle();
    } finally {
      unlock();
    }
  }

  private FlyMachine known(String id) {
    FlyMachine machine = machines.get(id);
    if (machine == null) {
      throw new IllegalArgumentException(id + " is no machine");
    }
    return machine;
  }

  // ---- what happens by itself

  /** Does all that is due by now. */
  void settle() {
    lock();
    try {
      if (closed) {
        return;
      }
      runtime.settle();
      for (FlyMachine machine : List.copyOf(machines.values())) {
        boolean moved = true;
        while (moved) {
          moved = step(machine);
        }
      }
    } finally {
      unlock();
    }
  }

  private boolean step(FlyMachine machine) {
    if (machine.dueMs < 0 || machine.dueMs > now() || machine.is(Quirk.HOST_UNREACHABLE)) {
      return false;
    }
    switch (machine.state) {
      case "created" -> {
        if (machine.is(Quirk.STUCK_CREATED)) {
          return false;
        }
        enter(machine, "starting", now() + options.startDelay().toMillis());
      }
      case "starting" -> boot(machine);
      case "stopping" -> {
        enter(machine, "stopping", -1);
        runtime.kill(machine.id);
      }
      case "destroying" -> {
        if (machine.is(Quirk.STUCK_DESTROYING)) {
          return false;
        } else if (runtime.isRunning(machine.id)) {
          runtime.kill(machine.id);
          return false;
        }
        machine.event("destroy", "destroyed", "flyd", now());
        machine.lease = null;
        runtime.remove(machine.id);
        enter(machine, "destroyed", now() + options.forgetAfter().toMillis());
      }
      case "destroyed" -> {
        machines.remove(machine.id);
        store.forget(machine);
        return false;
      }
      default -> machine.dueMs = -1;
    }
    return true;
  }

  private void boot(FlyMachine machine) {
    machine.requestedStop = false;
    try {
      if (machine.is(Quirk.FAILS_TO_BOOT)) {
        throw new IOException("it is to fail");
      }
      if (!runtime.isRunning(machine.id)) {
        runtime.start(MachineConfig.launch(machine, options));
      }
      machine.event("start", "started", "flyd", now());
      enter(machine, "started", -1);
    } catch (IOException | FlyError | RuntimeException e) {
      LOG.info("machine {} does not boot: {}", machine.id, e.toString());
      machine.event("start", "failed", "flyd", now());
      enter(machine, "failed", -1);
    }
  }

  private void ended(String id, Exit exit) {
    lock();
    try {
      FlyMachine machine = machines.get(id);
      if (machine == null || closed || machine.isIn("created", "stopped", "failed", "destroyed")) {
        return;
      }
      boolean restart = machine.restartAfterStop || Exits.startsAgain(machine, exit);
      machine.event("exit", "stopped", "flyd", now(), Exits.event(machine, exit, restart, now()));
      machine.restartAfterStop = false;
      if (machine.state.equals("destroying")) {
        save(machine);
      } else if (restart) {
        machine.restarts++;
        long pause = machine.requestedStop ? 0 : RESTART_PAUSE_MS;
        enter(machine, "starting", now() + options.startDelay().toMillis() + pause);
      } else if (machine.config.path("auto_destroy").asBoolean()) {
        destroy(machine, "flyd");
      } else {
        enter(machine, "stopped", -1);
      }
      settle();
    } finally {
      unlock();
    }
  }

  private void enter(FlyMachine machine, String state, long dueMs) {
    machine.state = state;
    machine.dueMs = dueMs;
    save(machine);
  }

  /** Ends all processes; nothing changes any more. */
  void close() {
    lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      unlock();
    }
    runtime.close();
  }
}
