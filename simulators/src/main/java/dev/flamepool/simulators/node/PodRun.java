package dev.flamepool.simulators.node;

import dev.flamepool.simulators.machine.Exit;
import dev.flamepool.simulators.machine.MachineRuntime;
import dev.flamepool.simulators.node.ContainerRun.Phase;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A Pod on the node and how its containers follow each other. On the loop. */
final class PodRun {
  private static final long DEFAULT_GRACE_SECONDS = 30;

  /** A container that ran as long is not held to have crashed in a row. */
  private static final Duration HEALTHY = Duration.ofMinutes(10);

  private final MachineRuntime runtime;
  private final Starter starter;
  private final EventLog events;
  final String ip;
  final Instant startTime;
  final List<ContainerRun> inits = new ArrayList<>();
  final List<ContainerRun> mains = new ArrayList<>();
  final Map<String, PodCondition> conditions = new HashMap<>();

  /** As last seen. */
  Pod pod;

  /** Its volumes are filled. */
  boolean mounted;

  /** Its address is known to the cluster, and so to the next simulator. */
  boolean published;

  @Nullable PodStatus written;
  Instant writeAfter = Instant.MIN;
  @Nullable String failure;
  @Nullable String failureMessage;

  /** The API server has it no more. */
  boolean gone;

  boolean removed;
  private @Nullable Instant killAt;

  PodRun(
      Pod pod,
      String ip,
      Instant now,
      NodeOptions options,
      MachineRuntime runtime,
      Starter starter,
      EventLog events) {
    this.pod = pod;
    this.ip = ip;
    this.runtime = runtime;
    this.starter = starter;
    this.events = events;
    boolean withInit = !pod.getSpec().getInitContainers().isEmpty();
    for (Container init : pod.getSpec().getInitContainers()) {
      inits.add(new ContainerRun(init, true, uid(), true, options.backOff()));
    }
    for (Container main : pod.getSpec().getContainers()) {
      mains.add(new ContainerRun(main, false, uid(), withInit, options.backOff()));
    }
    PodStatus before = pod.getStatus();
    boolean known = before != null && before.getStartTime() != null;
    startTime = known ? Instant.parse(before.getStartTime()) : now;
    if (before != null) {
      published = before.getPodIP() != null;
      before.getConditions().forEach(c -> conditions.put(c.getType(), c));
      adopt(inits, before.getInitContainerStatuses(), now);
      adopt(mains, before.getContainerStatuses(), now);
      boolean failed = "Failed".equals(before.getPhase()) && before.getReason() != null;
      failure = failed ? before.getReason() : null;
      failureMessage = failed ? before.getMessage() : null;
    }
    mounted = all().anyMatch(c -> c.phase != Phase.WAITING || c.lastEnd != null);
  }

  private void adopt(List<ContainerRun> runs, List<ContainerStatus> statuses, Instant now) {
    for (ContainerRun run : runs) {
      statuses.stream()
          .filter(status -> status.getName().equals(run.spec.getName()))
          .forEach(status -> run.adopt(status, runtime.isRunning(run.machine), now));
    }
  }

  String uid() {
    return pod.getMetadata().getUid();
  }

  String namespace() {
    return pod.getMetadata().getNamespace();
  }

  String name() {
    return pod.getMetadata().getName();
  }

  Stream<ContainerRun> all() {
    return Stream.concat(inits.stream(), mains.stream());
  }

  List<ContainerRun> running() {
    return all().filter(c -> c.phase == Phase.RUNNING).toList();
  }

  boolean isInitialised() {
    return inits.stream().allMatch(ContainerRun::succeeded);
  }

  boolean isStopping() {
    return killAt != null;
  }

  /** Whether a container that has ended is to be started again. */
  boolean restarts(ContainerRun container) {
    return switch (Objects.requireNonNullElse(pod.getSpec().getRestartPolicy(), "Always")) {
      case "Never" -> false;
      case "OnFailure" -> container.failed();
      default -> container.failed() || !container.init;
    };
  }

  /** Does what is due. */
  void step(Instant now) {
    if (gone) {
      stop(now, Duration.ofSeconds(2));
    } else if (pod.getMetadata().getDeletionTimestamp() != null) {
      Long asked = pod.getMetadata().getDeletionGracePeriodSeconds();
      stop(now, asked == null ? grace() : Duration.ofSeconds(asked));
    } else if (failure == null && isOverdue(now)) {
      fail(
          "DeadlineExceeded", "Pod was active on the node longer than the specified deadline", now);
    }
    if (failure != null && killAt == null) {
      stop(now, grace());
    }
    if (killAt == null) {
      if (published && !PodStatuses.isOver(PodStatuses.phase(this))) {
        advance(now);
      }
    } else if (!now.isBefore(killAt)) {
      running().forEach(container -> runtime.kill(container.machine));
    }
  }

  private boolean isOverdue(Instant now) {
    Long limit = pod.getSpec().getActiveDeadlineSeconds();
    return limit != null
        && startTime.plusSeconds(limit).isBefore(now)
        && !PodStatuses.isOver(PodStatuses.phase(this));
  }

  /** The Pod fails as a whole; its containers are stopped. */
  private void fail(String reason, String message, Instant now) {
    failure = reason;
    failureMessage = message;
    events.kubelet(pod, true, reason, message);
    stop(now, grace());
  }

  private Duration grace() {
    return Duration.ofSeconds(
        Objects.requireNonNullElse(
            pod.getSpec().getTerminationGracePeriodSeconds(), DEFAULT_GRACE_SECONDS));
  }

  private void stop(Instant now, Duration grace) {
    Instant limit = now.plus(grace);
    if (killAt == null) {
      killAt = limit;
      for (ContainerRun container : running()) {
        String name = container.spec.getName();
        events.container(pod, container, false, "Killing", "Stopping container " + name);
        runtime.signal(container.machine, "SIGTERM");
      }
    } else if (limit.isBefore(killAt)) {
      killAt = limit;
    }
  }

  private void advance(Instant now) {
    for (ContainerRun init : inits) {
      if (!init.succeeded()) {
        advance(init, now);
        return;
      }
    }
    mains.forEach(main -> advance(main, now));
  }

  private void advance(ContainerRun container, Instant now) {
    if (container.phase == Phase.ENDED && restarts(container)) {
      Duration pause = container.again(now, HEALTHY);
      String words =
          "back-off %s restarting failed container=%s pod=%s_%s(%s)"
              .formatted(
                  BackOff.words(pause), container.spec.getName(), name(), namespace(), uid());
      container.waits("CrashLoopBackOff", words, now.plus(pause));
      if (!pause.isZero()) {
        String what = "Back-off restarting failed container " + container.spec.getName();
        events.container(pod, container, true, "BackOff", what + " in pod " + name());
      }
    }
    if (container.phase == Phase.WAITING) {
      starter.step(this, container, now);
    }
  }

  /** A process has ended. */
  void ended(ContainerRun container, Exit exit, Instant now) {
    if (container.phase == Phase.RUNNING) {
      boolean failed = exit.code() != 0;
      container.ended(exit, failed ? starter.lastWords(container) : "", now);
    }
  }
}
