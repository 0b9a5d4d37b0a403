package dev.flamepool.simulators.node;

import dev.flamepool.simulators.machine.Exit;
import dev.flamepool.simulators.machine.LocalMachines;
import dev.flamepool.simulators.machine.Loopback;
import dev.flamepool.simulators.machine.MachineRuntime;
import dev.flamepool.simulators.node.ContainerRun.Phase;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Pods of the node: takes them in, lets each do its steps, says how they are. On the loop. */
final class Kubelet {
  private static final Logger LOG = LoggerFactory.getLogger(Kubelet.class);

  private final NodeOptions options;
  private final NodeFaults faults;
  private final ApiServer api;
  private final MachineRuntime runtime;
  private final Volumes volumes;
  private final Starter starter;
  private final EventLog events;
  private final Loop loop;
  private final Clock clock;
  private final Prober prober = new Prober();
  private final ExecutorService probes =
      Executors.newCachedThreadPool(NodeSimulator.daemon("node-probe"));
  private final Map<String, PodRun> pods = new LinkedHashMap<>();

  /** Ended and taken away; what the API server still says of them is old. */
  private final Set<String> forgotten = new HashSet<>();

  Kubelet(
      NodeOptions options,
      NodeFaults faults,
      ApiServer api,
      MachineRuntime runtime,
      Volumes volumes,
      Starter starter,
      EventLog events,
      Loop loop) {
    this.options = options;
    this.faults = faults;
    this.api = api;
    this.runtime = runtime;
    this.volumes = volumes;
    this.starter = starter;
    this.events = events;
    this.loop = loop;
    clock = options.clock();
    runtime.onExit((machine, exit) -> loop.later(() -> ended(machine, exit)));
  }

  void seen(Pod given) {
    Pod pod = api.issuesTokens() ? given : Account.admitted(given);
    String uid = pod.getMetadata().getUid();
    if (!options.name().equals(pod.getSpec().getNodeName()) || forgotten.contains(uid)) {
      return;
    }
    PodRun run = pods.get(uid);
    if (run != null) {
      run.pod = pod;
      return;
    }
    String known = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
    Set<String> taken = pods.values().stream().map(other -> other.ip).collect(Collectors.toSet());
    String ip = Objects.requireNonNullElseGet(known, () -> Loopback.next(taken));
    pods.put(uid, new PodRun(pod, ip, clock.instant(), options, runtime, starter, events));
  }

  void gone(String uid) {
    PodRun run = pods.get(uid);
    if (run != null) {
      run.gone = true;
    }
  }

  /** Ends processes of Pods that went while there was no simulator; all Pods have been seen. */
  void endOrphans() {
    for (String machine : runtime.running()) {
      String uid = machine.substring(0, Math.max(0, machine.indexOf('.')));
      if (!pods.containsKey(uid)) {
        LOG.info("the process of a Pod that is no more is ended: {}", machine);
        runtime.kill(machine);
      }
    }
  }

  void tick() {
    runtime.settle();
    if (faults.silent()) {
      return;
    }
    for (PodRun run : List.copyOf(pods.values())) {
      try {
        tick(run);
      } catch (RuntimeException e) {
        LOG.warn("pod {} cannot be looked after now", run.name(), e);
        run.writeAfter = clock.instant().plus(options.retry());
      }
    }
  }

  private void tick(PodRun run) {
    Instant now = clock.instant();
    run.step(now);
    run.mains.forEach(container -> probe(run, container, now));
    publish(run, now);
    boolean ended = run.isStopping() && run.running().isEmpty();
    if (run.gone && ended) {
      forget(run);
    } else if (ended
        && run.pod.getMetadata().getDeletionTimestamp() != null
        && !run.removed
        && !now.isBefore(run.writeAfter)) {
      remove(run, now);
    }
  }

  private void publish(PodRun run, Instant now) {
    PodStatus next = PodStatuses.of(run, now);
    if (run.gone || next.equals(run.written) || now.isBefore(run.writeAfter)) {
      return;
    }
    try {
      api.writeStatus(run.pod, next);
    } catch (KubernetesClientException e) {
      if (e.getCode() != ApiServer.GONE && e.getCode() != ApiServer.CONFLICT) {
        LOG.info("the status of pod {} is not written: {}", run.name(), e.getMessage());
        run.writeAfter = now.plus(options.retry());
        return;
      }
    }
    run.written = next;
    run.published = true;
  }

  private void remove(PodRun run, Instant now) {
    try {
      api.remove(run.pod);
      run.removed = true;
    } catch (KubernetesClientException e) {
      run.removed = e.getCode() == ApiServer.GONE || e.getCode() == ApiServer.CONFLICT;
      run.writeAfter = now.plus(options.retry());
    }
  }

  private void forget(PodRun run) {
    pods.remove(run.uid());
    forgotten.add(run.uid());
    run.all().forEach(container -> runtime.remove(container.machine));
    try {
      volumes.remove(run.uid());
    } catch (IOException e) {
      LOG.warn("the volumes of pod {} cannot be removed: {}", run.name(), e.toString());
    }
  }

  private void ended(String machine, Exit exit) {
    for (PodRun run : pods.values()) {
      run.all()
          .filter(container -> container.machine.equals(machine))
          .forEach(container -> run.ended(container, exit, clock.instant()));
    }
  }

  // ---- probes

  private void probe(PodRun run, ContainerRun container, Instant now) {
    Probe probe = container.spec.getReadinessProbe();
    boolean due = !container.probing.asked && !now.isBefore(container.probing.next);
    if (container.phase != Phase.RUNNING || probe == null || !due || run.isStopping()) {
      return;
    }
    int life = container.life;
    container.probing.asked = true;
    Prober.Inside inside = command -> inside(run, container, command);
    try {
      probes.execute(
          () -> {
            try {
              boolean success = prober.succeeds(probe, container.spec, run.ip, inside);
              loop.later(() -> answered(run, container, probe, life, success));
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    } catch (RejectedExecutionException closed) {
      LOG.debug("no probe any more: {}", closed.toString());
    }
  }

  private ProcessBuilder inside(PodRun run, ContainerRun container, List<String> command)
      throws IOException {
    Container same =
        new ContainerBuilder(container.spec).withCommand(command).withArgs(List.of()).build();
    Image image = options.image(container.spec.getImage());
    if (!(runtime instanceof LocalMachines machines) || image == null) {
      throw new IOException("there is no process to look into");
    }
    try {
      return machines.process(starter.launch(run, same, container.machine, image));
    } catch (NotYet missing) {
      throw new IOException(missing);
    }
  }

  private void answered(
      PodRun run, ContainerRun container, Probe probe, int life, boolean success) {
    if (container.phase != Phase.RUNNING || container.life != life) {
      return;
    }
    container.ready = container.probing.answered(probe, success, container.ready, clock.instant());
    if (!success) {
      events.container(run.pod, container, true, "Unhealthy", "Readiness probe failed");
    }
  }

  // ---- for those who ask from elsewhere

  List<PodRun> runs() {
    return List.copyOf(pods.values());
  }

  void close() {
    probes.shutdownNow();
  }
}
