package dev.flamepool.simulators.ec2;

import dev.flamepool.simulators.machine.Exit;
import dev.flamepool.simulators.machine.Loopback;
import dev.flamepool.simulators.machine.MachineRuntime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances and how their states follow from each other: {@code pending -> running ->
 * shutting-down -> terminated}, or {@code -> stopping -> stopped}. What is due by the clock happens
 * in {@link #settle}. Everything here holds the lock.
 */
final class Cloud {
  private static final Logger LOG = LoggerFactory.getLogger(Cloud.class);

  final Ec2Options options;
  private final Store store;
  private final MachineRuntime runtime;
  private final Guest guest;
  private final Map<String, Instance> instances = new LinkedHashMap<>();
  private final Set<String> leftVolumes = new TreeSet<>();
  private final ReentrantLock lock = new ReentrantLock();
  private long sequence;
  private boolean closed;

  Cloud(Ec2Options options, Store store, MachineRuntime runtime, Guest guest) throws IOException {
    this.options = options;
    this.store = store;
    this.runtime = runtime;
    this.guest = guest;
    runtime.onExit(this::ended);
    for (Instance instance : store.load()) {
      instances.put(instance.id, instance);
      sequence = Math.max(sequence, instance.sequence);
    }
    recover();
  }

  /** What has happened to instances while there was no simulator. */
  private void recover() {
    for (Instance instance : List.copyOf(instances.values())) {
      if (instance.isIn("running", "shutting-down", "stopping")
          && !runtime.isRunning(instance.id)) {
        ended(instance.id, Exit.unseen());
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

  long now() {
    return options.clock().millis();
  }

  /** All instances, also those that no call knows yet or any more, in the order of launch. */
  List<Instance> all() {
    return new ArrayList<>(instances.values());
  }

  /** Those that calls know. */
  List<Instance> visible() {
    return instances.values().stream().filter(this::isVisible).collect(Collectors.toList());
  }

  private boolean isVisible(Instance instance) {
    return instance.visibleMs <= now()
        && (instance.endedMs < 0 || now() < instance.endedMs + options.forgetAfter().toMillis());
  }

  /** The instance, also if no call knows it; or null. */
  @Nullable Instance get(String id) {
    return instances.get(id);
  }

  /** The instances of these ids; EC2 answers for all or for none. */
  List<Instance> get(List<String> ids) throws AwsError {
    List<Instance> found = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (String id : ids) {
      if (!id.matches("i-([0-9a-f]{8}|[0-9a-f]{17})")) {
        throw AwsError.of("InvalidInstanceID.Malformed", "Invalid id: \"" + id + "\"");
      }
      Instance instance = instances.get(id);
      if (instance == null || !isVisible(instance)) {
        missing.add(id);
      } else {
        found.add(instance);
      }
    }
    if (missing.size() == 1) {
      throw AwsError.of(
          "InvalidInstanceID.NotFound", "The instance ID '" + missing.get(0) + "' does not exist");
    } else if (!missing.isEmpty()) {
      throw AwsError.of(
          "InvalidInstanceID.NotFound",
          "The instance IDs '" + String.join(", ", missing) + "' do not exist");
    }
    return found;
  }

  /** What lies on an instance's console, whoever may see it. */
  byte[] console(String id) {
    return store.console(id);
  }

  /** What EC2 shows of it: the newest of what runs, else what was posted after the end. */
  byte[] console(Instance instance, boolean latest) throws AwsError {
    boolean ended = instance.isIn("terminated", "stopped");
    if (options.consoleLag().isZero() || (latest && !ended)) {
      return console(instance.id);
    }
    if (latest) {
      throw AwsError.of(
          "IncorrectInstanceState", "The instance '" + instance.id + "' does not run");
    }
    long posted = instance.endedMs + options.consoleLag().toMillis();
    return ended && now() >= posted ? console(instance.id) : new byte[0];
  }

  /** The volumes that have outlived their instance. */
  Set<String> leftVolumes() {
    lock();
    try {
      return Set.copyOf(leftVolumes);
    } finally {
      unlock();
    }
  }

  /** Launches an instance that is checked already. */
  void add(Instance instance) {
    long now = now();
    instance.id = Ids.of("i");
    instance.sequence = ++sequence;
    instance.address = Loopback.next(addresses());
    instance.launchedMs = now;
    instance.dueMs = now + options.pendingTime().toMillis();
    instances.put(instance.id, instance);
    store.save(instance);
  }

  private Set<String> addresses() {
    return instances.values().stream()
        .filter(instance -> !instance.state.equals("terminated"))
        .map(instance -> instance.address)
        .collect(Collectors.toSet());
  }

  /** Ends an instance for good, by way of its operating system unless that is to be skipped. */
  void terminate(Instance instance, String code, String words, boolean atOnce) {
    if (instance.isIn("terminated", "shutting-down")) {
      return;
    }
    reason(instance, code, words);
    if (instance.isIn("running", "stopping") && runtime.isRunning(instance.id)) {
      enter(instance, "shutting-down", atOnce ? now() : now() + limit());
      if (!atOnce) {
        runtime.signal(instance.id, "SIGTERM");
      }
    } else {
      enter(instance, "shutting-down", now());
    }
  }

  void stop(Instance instance, boolean force) {
    if (instance.isIn("stopped", "stopping")) {
      return;
    }
    reason(instance, "Client.UserInitiatedShutdown", "User initiated shutdown");
    enter(instance, "stopping", force ? now() : now() + limit());
    if (!force) {
      runtime.signal(instance.id, "SIGTERM");
    }
  }

  private long limit() {
    return options.shutdownLimit().toMillis();
  }

  void save(Instance instance) {
    store.save(instance);
  }

  private void reason(Instance instance, String code, String words) {
    instance.reasonCode = code;
    instance.reasonWords = code + ": " + words;
    instance.transition =
        code.equals("Client.UserInitiatedShutdown")
            ? "User initiated ("
                + Instant.ofEpochMilli(now()).toString().replace('T', ' ').substring(0, 19)
                + " GMT)"
            : words;
  }

  // ---- faults

  void release(String id) {
    lock();
    try {
      Instance instance = known(id);
      instance.stuckPending = false;
      instance.stuckShuttingDown = false;
      store.save(instance);
      settle();
    } finally {
      unlock();
    }
  }

  void interrupt(String id, Duration notice) {
    lock();
    try {
      Instance instance = known(id);
      instance.interruptedMs = now() + notice.toMillis();
      store.save(instance);
      settle();
    } finally {
      unlock();
    }
  }

  private Instance known(String id) {
    Instance instance = instances.get(id);
    if (instance == null) {
      throw new IllegalArgumentException(id + " is no instance");
    }
    return instance;
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
      for (Instance instance : List.copyOf(instances.values())) {
        boolean moved = true;
        while (moved) {
          moved = step(instance);
        }
      }
    } finally {
      unlock();
    }
  }

  private boolean step(Instance instance) {
    long now = now();
    if (instance.interruptedMs >= 0
        && instance.interruptedMs <= now
        && instance.isIn("pending", "running")) {
      terminate(instance, "Server.SpotInstanceTermination", "Spot instance termination", false);
      return true;
    }
    if (instance.dueMs < 0 || instance.dueMs > now) {
      return false;
    }
    switch (instance.state) {
      case "pending" -> {
        if (instance.stuckPending) {
          return false;
        }
        boot(instance);
      }
      case "shutting-down", "stopping" -> {
        if (instance.stuckShuttingDown) {
          return false;
        } else if (runtime.isRunning(instance.id)) {
          runtime.kill(instance.id);
          return false;
        }
        rest(instance);
      }
      case "terminated" -> {
        instances.remove(instance.id);
        store.forget(instance);
        return false;
      }
      default -> instance.dueMs = -1;
    }
    return true;
  }

  private void boot(Instance instance) {
    if (!instance.failure.isEmpty()) {
      terminate(instance, instance.failure, "The launch failed", true);
      return;
    }
    try {
      if (!runtime.isRunning(instance.id)) {
        runtime.start(guest.launch(instance));
      }
      if (instance.state.equals("pending")) {
        enter(instance, "running", -1);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("instance {} does not boot: {}", instance.id, e.toString());
      terminate(instance, "Server.InternalError", "Internal error on launch", true);
    }
  }

  private void ended(String id, Exit exit) {
    lock();
    try {
      Instance instance = instances.get(id);
      if (instance == null || closed || instance.isIn("stopped", "terminated")) {
        return;
      }
      if (instance.isIn("shutting-down", "stopping")) {
        instance.dueMs = now();
      } else {
        LOG.debug("instance {} has shut itself down: {}", id, exit);
        reason(instance, "Client.InstanceInitiatedShutdown", "Instance initiated shutdown");
        boolean ends = instance.shutdownBehavior.equals("terminate") || instance.spot;
        enter(instance, ends ? "shutting-down" : "stopping", now());
      }
      settle();
    } finally {
      unlock();
    }
  }

  /** The end of shutting down or stopping. */
  private void rest(Instance instance) {
    if (instance.state.equals("stopping")) {
      enter(instance, "stopped", -1);
      return;
    }
    runtime.remove(instance.id);
    instance.endedMs = now();
    instance.volumes.forEach(
        (device, goes) -> {
          if (!goes) {
            leftVolumes.add(InstanceXml.volumeId(instance, device));
          }
        });
    enter(
        instance,
        "terminated",
        now() + Math.max(options.forgetAfter().toMillis(), options.tokensLast().toMillis()));
  }

  private void enter(Instance instance, String state, long dueMs) {
    instance.state = state;
    instance.dueMs = dueMs;
    store.save(instance);
  }

  /** Ends all processes; nothing changes any more. */
  void close() {
    lock();
    try {
      closed = true;
    } finally {
      unlock();
    }
    runtime.close();
  }
}
