package dev.flamepool.simulators.node;

import dev.flamepool.simulators.node.ContainerRun.Phase;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a kubelet says of a Pod. */
final class PodStatuses {
  private PodStatuses() {}

  static boolean isOver(Pod pod) {
    return pod.getStatus() != null && isOver(pod.getStatus().getPhase());
  }

  static boolean isOver(@Nullable String phase) {
    return "Succeeded".equals(phase) || "Failed".equals(phase);
  }

  static PodStatus of(PodRun run, Instant now) {
    String phase = phase(run);
    PodStatusBuilder status =
        new PodStatusBuilder()
            .withPhase(phase)
            .withReason(isOver(phase) ? run.failure : null)
            .withMessage(isOver(phase) ? run.failureMessage : null)
            .withHostIP(NodeObject.HOST_IP)
            .addNewHostIP(NodeObject.HOST_IP)
            .withStartTime(NodeObject.time(run.startTime))
            .withInitContainerStatuses(run.inits.stream().map(ContainerRun::status).toList())
            .withContainerStatuses(run.mains.stream().map(ContainerRun::status).toList())
            .withPodIP(run.ip)
            .addNewPodIP(run.ip)
            .withConditions(conditions(run, phase, now));
    if (run.pod.getStatus() != null && run.pod.getStatus().getQosClass() != null) {
      status.withQosClass(run.pod.getStatus().getQosClass());
    }
    return status.build();
  }

  static String phase(PodRun run) {
    boolean over = run.isStopping() && run.running().isEmpty();
    if (run.failure != null && over) {
      return "Failed";
    }
    if (!run.isInitialised()) {
      boolean failed = run.inits.stream().anyMatch(c -> c.failed() && !run.restarts(c));
      return failed || over ? "Failed" : "Pending";
    }
    long running = run.mains.stream().filter(c -> c.phase == Phase.RUNNING).count();
    boolean failed = run.mains.stream().anyMatch(ContainerRun::failed);
    boolean fresh = run.mains.stream().anyMatch(c -> c.phase == Phase.WAITING && c.lastEnd == null);
    boolean all = run.mains.stream().allMatch(c -> c.phase == Phase.ENDED && !run.restarts(c));
    if (over) {
      return failed || fresh ? "Failed" : "Succeeded";
    } else if (fresh) {
      return "Pending";
    } else if (running > 0 || !all) {
      return "Running";
    }
    return failed ? "Failed" : "Succeeded";
  }

  private static List<PodCondition> conditions(PodRun run, String phase, Instant now) {
    boolean completed = phase.equals("Succeeded");
    boolean initialised = run.isInitialised();
    List<String> unready =
        run.mains.stream().filter(c -> !c.ready).map(c -> c.spec.getName()).toList();
    List<String> incomplete =
        run.inits.stream().filter(c -> !c.succeeded()).map(c -> c.spec.getName()).toList();
    boolean ready = unready.isEmpty() && initialised && !isOver(phase);
    String why = completed ? "PodCompleted" : isOver(phase) ? "PodFailed" : "ContainersNotReady";
    String words = isOver(phase) ? null : "containers with unready status: " + bracketed(unready);
    List<PodCondition> all = new ArrayList<>();
    if (run.failure != null && run.failure.equals("Evicted")) {
      all.add(
          condition(
              run, "DisruptionTarget", true, "TerminationByKubelet", run.failureMessage, now));
    }
    all.add(condition(run, "PodReadyToStartContainers", run.mounted, null, null, now));
    all.add(
        initialised
            ? condition(run, "Initialized", true, completed ? why : null, null, now)
            : condition(
                run,
                "Initialized",
                false,
                "ContainersNotInitialized",
                "containers with incomplete status: " + bracketed(incomplete),
                now));
    all.add(condition(run, "Ready", ready, ready ? null : why, ready ? null : words, now));
    all.add(
        condition(run, "ContainersReady", ready, ready ? null : why, ready ? null : words, now));
    all.add(condition(run, "PodScheduled", true, null, null, now));
    return all;
  }

  private static String bracketed(List<String> names) {
    return "[" + String.join(" ", names) + "]";
  }

  /** The condition; since when is kept while its status is the same. */
  private static PodCondition condition(
      PodRun run,
      String type,
      boolean holds,
      @Nullable String reason,
      @Nullable String message,
      Instant now) {
    String status = holds ? "True" : "False";
    PodCondition before = run.conditions.get(type);
    boolean same = before != null && before.getStatus().equals(status);
    PodCondition next =
        new PodConditionBuilder()
            .withType(type)
            .withStatus(status)
            .withReason(reason)
            .withMessage(message)
            .withLastTransitionTime(same ? before.getLastTransitionTime() : NodeObject.time(now))
            .build();
    run.conditions.put(type, next);
    return next;
  }
}
