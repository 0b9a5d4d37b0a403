package dev.flamepool.operator.backend.pod;

import dev.flamepool.api.Names;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.Machine.State;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.Trouble;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/** A Pod's status as a machine's: a pure function of the Pod and the time. */
final class PodView {
  /**
   * A Pod that is still there so long after its grace is on a node that does not answer: its
   * kubelet would have removed it.
   */
  static final Duration LOST = Duration.ofMinutes(2);

  /** Exit codes of a runner that ended in order. */
  static final Set<Integer> ORDERLY = Set.of(0, 10, 11, 12, 13);

  private static final String OUT_OF_MEMORY = "OOMKilled";
  private static final String DEADLINE = "DeadlineExceeded";
  private static final String SCHEDULED = "PodScheduled";
  private static final String DISRUPTION = "DisruptionTarget";

  /** Words that say nothing. */
  private static final Set<String> ORDINARY =
      Set.of("Completed", "Error", "ContainerCreating", "PodInitializing");

  private PodView() {}

  static Machine of(MachineKey key, Pod pod, Instant now) {
    PodStatus status = pod.getStatus() == null ? new PodStatus() : pod.getStatus();
    Optional<ContainerStatus> runner =
        find(status.getContainerStatuses(), Ownership.container(pod));
    Optional<ContainerStateTerminated> exit =
        runner.map(ContainerStatus::getState).map(ContainerState::getTerminated);
    if (exit.isPresent() || isOver(status) || isLost(pod, now)) {
      return ended(key, pod, status, exit);
    }
    boolean running =
        "Running".equals(status.getPhase())
            && runner.map(ContainerStatus::getState).map(ContainerState::getRunning).isPresent();
    State state =
        pod.getMetadata().getDeletionTimestamp() != null
            ? State.STOPPING
            : running ? State.RUNNING : State.STARTING;
    return new Machine(
        key,
        pod.getMetadata().getUid(),
        running ? address(pod, status) : Optional.empty(),
        state,
        OptionalInt.empty(),
        "",
        List.of(),
        state == State.STARTING ? pending(key, pod, status) : Optional.empty());
  }

  /** Whether a Pod's node has not answered for so long that it is given up. */
  static boolean isLost(Pod pod, Instant now) {
    String due = pod.getMetadata().getDeletionTimestamp();
    return due != null && !now.isBefore(Instant.parse(due).plus(LOST));
  }

  private static boolean isOver(PodStatus status) {
    return "Succeeded".equals(status.getPhase()) || "Failed".equals(status.getPhase());
  }

  private static Machine ended(
      MachineKey key, Pod pod, PodStatus status, Optional<ContainerStateTerminated> exit) {
    OptionalInt code =
        exit.map(ContainerStateTerminated::getExitCode)
            .map(OptionalInt::of)
            .orElse(OptionalInt.empty());
    return new Machine(
        key,
        pod.getMetadata().getUid(),
        Optional.empty(),
        State.ENDED,
        code,
        cause(pod, status, exit),
        List.of(),
        end(status, exit));
  }

  /**
   * The runner's own word; else the kernel's or the cluster's. A container counts as out of memory
   * also when only a process was killed that a call had started: its exit code tells the
   * difference.
   */
  private static String cause(Pod pod, PodStatus status, Optional<ContainerStateTerminated> exit) {
    Optional<String> own = exit.flatMap(one -> LastWords.cause(one.getMessage()));
    if (own.isPresent()) {
      return own.get();
    }
    boolean inOrder = exit.map(one -> ORDERLY.contains(one.getExitCode())).orElse(false);
    if (!inOrder && exit.map(one -> OUT_OF_MEMORY.equals(one.getReason())).orElse(false)) {
      return "OutOfMemory";
    }
    if (DEADLINE.equals(status.getReason())) {
      return "Lifetime";
    }
    return pod.getMetadata().getDeletionTimestamp() != null ? "Deleted" : "";
  }

  /** The Pod's own reason (evicted, preempted), else the container's, else an init container's. */
  private static Optional<Trouble> end(PodStatus status, Optional<ContainerStateTerminated> exit) {
    if (status.getReason() != null) {
      return Optional.of(
          exit.isEmpty()
              ? PodTrouble.refused(status.getReason(), status.getMessage())
              : PodTrouble.ended(status.getReason(), status.getMessage()));
    }
    Optional<Trouble> own =
        exit.map(one -> PodTrouble.ended(reason(one), LastWords.words(one.getMessage())))
            .filter(one -> !ORDINARY.contains(one.reason()) || !one.words().isEmpty());
    if (own.isPresent()) {
      return own;
    }
    Optional<Trouble> disrupted =
        status.getConditions().stream()
            .filter(one -> DISRUPTION.equals(one.getType()) && "True".equals(one.getStatus()))
            .findFirst()
            .map(one -> PodTrouble.ended(one.getReason(), one.getMessage()));
    if (disrupted.isPresent() || exit.isPresent()) {
      return disrupted;
    }
    if (!isOver(status)) {
      return Optional.of(PodTrouble.ended("NodeLost", "its node does not answer"));
    }
    return status.getInitContainerStatuses().stream()
        .filter(one -> one.getState() != null && one.getState().getTerminated() != null)
        .filter(one -> one.getState().getTerminated().getExitCode() != 0)
        .findFirst()
        .map(
            one ->
                PodTrouble.ended(
                    "InitContainerFailed",
                    one.getName() + ", exit code " + one.getState().getTerminated().getExitCode()));
  }

  private static String reason(ContainerStateTerminated exit) {
    return exit.getReason() == null ? "Error" : exit.getReason();
  }

  private static Optional<Trouble> pending(MachineKey key, Pod pod, PodStatus status) {
    Optional<Trouble> place =
        status.getConditions().stream()
            .filter(one -> SCHEDULED.equals(one.getType()) && "False".equals(one.getStatus()))
            .findFirst()
            .map(one -> PodTrouble.unscheduled(one.getReason(), one.getMessage()));
    if (place.isPresent()) {
      return place;
    }
    return Stream.concat(
            status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream())
        .filter(PodView::waits)
        .findFirst()
        .map(one -> waiting(key, one, one.getName().equals(Ownership.container(pod))));
  }

  private static boolean waits(ContainerStatus container) {
    ContainerStateWaiting waiting =
        container.getState() == null ? null : container.getState().getWaiting();
    return waiting != null
        && waiting.getReason() != null
        && !ORDINARY.contains(waiting.getReason());
  }

  /** Says which container it is unless it is the runner's, and how it ended last if it did. */
  private static Trouble waiting(MachineKey key, ContainerStatus container, boolean runner) {
    ContainerStateWaiting waiting = container.getState().getWaiting();
    Trouble trouble =
        PodTrouble.waiting(
            waiting.getReason(),
            waiting.getMessage(),
            Names.bootSecret(key.runner(), key.runnerUid(), key.attempt()));
    ContainerStateTerminated last =
        container.getLastState() == null ? null : container.getLastState().getTerminated();
    String words =
        (runner ? "" : "container " + container.getName() + ": ")
            + trouble.words()
            + (last == null ? "" : " (exit code " + last.getExitCode() + ")");
    return new Trouble(trouble.reason(), words.strip(), trouble.refusal(), trouble.definite());
  }

  /** Whether a Pod has a node and nothing is said of its containers: the kubelet prepares it. */
  static boolean isPrepared(Pod pod) {
    PodStatus status = pod.getStatus();
    return status != null
        && pod.getMetadata().getDeletionTimestamp() == null
        && "Pending".equals(status.getPhase())
        && pod.getSpec().getNodeName() != null
        && Stream.concat(
                status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream())
            .allMatch(one -> one.getState() != null && one.getState().getWaiting() != null);
  }

  private static Optional<String> address(Pod pod, PodStatus status) {
    int port = Ownership.port(pod);
    String ip = status.getPodIP() == null ? "" : status.getPodIP();
    return port == 0 || ip.isEmpty()
        ? Optional.empty()
        : Optional.of((ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + port);
  }

  private static Optional<ContainerStatus> find(List<ContainerStatus> all, String name) {
    return all.stream().filter(one -> name.equals(one.getName())).findFirst();
  }
}
