package dev.flamepool.operator.backend.pod;

import dev.flamepool.operator.backend.BackendException.Kind;
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
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A Pod's status as a machine's: a pure function of the Pod and the time. */
final class PodView {
  /**
   * A Pod that is still there so long after its grace is on a node that does not answer: its
   * kubelet would have removed it.
   */
  static final Duration LOST = Duration.ofMinutes(2);

  /** Exit codes of a runner that ended in order (DESIGN section 6). */
  static final Set<Integer> ORDERLY = Set.of(0, 10, 11, 12, 13);

  private static final String OUT_OF_MEMORY = "OOMKilled";
  private static final String DEADLINE = "DeadlineExceeded";

  /** What a kubelet says of a container that it cannot start; the value: whether it is in vain. */
  private static final Map<String, Boolean> REFUSALS =
      Map.of(
          "ErrImagePull", false, // tried again after some seconds
          "ImagePullBackOff", true,
          "InvalidImageName", true,
          "ErrImageNeverPull", true,
          "ImageInspectError", true,
          "CreateContainerConfigError", true,
          "CreateContainerError", true,
          "RunContainerError", false);

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
        state == State.STARTING ? pending(status) : Optional.empty());
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
    String reason = exit.map(ContainerStateTerminated::getReason).orElse("");
    OptionalInt code =
        exit.map(ContainerStateTerminated::getExitCode)
            .map(OptionalInt::of)
            .orElse(OptionalInt.empty());
    String cause =
        OUT_OF_MEMORY.equals(reason)
            ? "OutOfMemory"
            : DEADLINE.equals(status.getReason()) ? "Lifetime" : "";
    return new Machine(
        key,
        pod.getMetadata().getUid(),
        Optional.empty(),
        State.ENDED,
        code,
        cause,
        List.of(),
        end(status, exit));
  }

  /** The Pod's own reason (evicted, preempted), else the container's, else an init container's. */
  private static Optional<Trouble> end(PodStatus status, Optional<ContainerStateTerminated> exit) {
    if (status.getReason() != null) {
      return Optional.of(said(status.getReason(), status.getMessage()));
    }
    Optional<Trouble> own =
        exit.filter(one -> one.getReason() != null && !ORDINARY.contains(one.getReason()))
            .map(one -> said(one.getReason(), one.getMessage()));
    if (own.isPresent()) {
      return own;
    }
    if (exit.isPresent()) {
      return Optional.empty();
    }
    if (!isOver(status)) {
      return Optional.of(said("NodeLost", "its node does not answer"));
    }
    return status.getInitContainerStatuses().stream()
        .filter(one -> one.getState() != null && one.getState().getTerminated() != null)
        .filter(one -> one.getState().getTerminated().getExitCode() != 0)
        .findFirst()
        .map(
            one ->
                said(
                    "InitContainerFailed",
                    one.getName() + ", exit code " + one.getState().getTerminated().getExitCode()));
  }

  private static Trouble said(String reason, @Nullable String words) {
    return new Trouble(reason, words == null ? "" : words.strip(), Optional.empty(), true);
  }

  private static Optional<Trouble> pending(PodStatus status) {
    Optional<Trouble> place =
        status.getConditions().stream()
            .filter(one -> "PodScheduled".equals(one.getType()) && "False".equals(one.getStatus()))
            .findFirst()
            .map(
                one ->
                    Trouble.UNSCHEDULABLE.equals(one.getReason())
                        ? new Trouble(
                            Trouble.UNSCHEDULABLE,
                            words(one.getMessage()),
                            Optional.of(Kind.CAPACITY),
                            false)
                        : new Trouble(
                            words(one.getReason()),
                            words(one.getMessage()),
                            Optional.empty(),
                            false));
    if (place.isPresent()) {
      return place;
    }
    return Stream.concat(
            status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream())
        .filter(one -> one.getState() != null && one.getState().getWaiting() != null)
        .map(one -> one.getState().getWaiting())
        .filter(one -> one.getReason() != null && !ORDINARY.contains(one.getReason()))
        .findFirst()
        .map(PodView::waiting);
  }

  private static Trouble waiting(ContainerStateWaiting waiting) {
    Boolean vain = REFUSALS.get(waiting.getReason());
    return new Trouble(
        waiting.getReason(),
        words(waiting.getMessage()),
        vain == null ? Optional.empty() : Optional.of(Kind.CONFIGURATION),
        vain != null && vain);
  }

  private static String words(@Nullable String text) {
    return text == null ? "" : text.strip();
  }

  private static Optional<String> address(Pod pod, PodStatus status) {
    int port = Ownership.port(pod);
    String ip = words(status.getPodIP());
    return port == 0 || ip.isEmpty()
        ? Optional.empty()
        : Optional.of((ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + port);
  }

  private static Optional<ContainerStatus> find(List<ContainerStatus> all, String name) {
    return all.stream().filter(one -> name.equals(one.getName())).findFirst();
  }
}
