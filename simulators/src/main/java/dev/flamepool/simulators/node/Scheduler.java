package dev.flamepool.simulators.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives Pods to the node, or says why it cannot. On the loop. */
final class Scheduler {
  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);
  private static final String NAME = "default-scheduler";

  private final ApiServer api;
  private final EventLog events;
  private final NodeFaults faults;
  private final Clock clock;
  private final String name;
  private final Predicate<String> namespaces;
  private final Map<String, Pod> pods = new HashMap<>();

  /** Bound by us, and not yet seen to be. */
  private final Set<String> assumed = new HashSet<>();

  /** What was last said of a Pod that does not fit. */
  private final Map<String, String> refused = new HashMap<>();

  private @Nullable Node node;

  Scheduler(ApiServer api, EventLog events, NodeFaults faults, NodeOptions options) {
    this.api = api;
    this.events = events;
    this.faults = faults;
    clock = options.clock();
    name = options.name();
    namespaces = options::schedules;
  }

  void seen(Node now) {
    node = now;
  }

  void seen(Pod pod) {
    pods.put(pod.getMetadata().getUid(), pod);
    if (pod.getSpec().getNodeName() != null) {
      assumed.remove(pod.getMetadata().getUid());
      refused.remove(pod.getMetadata().getUid());
    }
  }

  void gone(String uid) {
    pods.remove(uid);
    assumed.remove(uid);
    refused.remove(uid);
  }

  Set<String> known() {
    return Set.copyOf(pods.keySet());
  }

  void tick() {
    if (node == null || node.getStatus() == null) {
      return;
    }
    List<Pod> waiting =
        pods.values().stream()
            .filter(this::isOurs)
            .sorted(
                Comparator.comparing((Pod pod) -> pod.getMetadata().getCreationTimestamp())
                    .thenComparing(pod -> pod.getMetadata().getName()))
            .toList();
    for (Pod pod : waiting) {
      try {
        place(pod);
      } catch (KubernetesClientException e) {
        LOG.debug("{} is tried again: {}", pod.getMetadata().getName(), e.toString());
      }
    }
  }

  private boolean isOurs(Pod pod) {
    return pod.getSpec().getNodeName() == null
        && namespaces.test(pod.getMetadata().getNamespace())
        && !assumed.contains(pod.getMetadata().getUid())
        && pod.getMetadata().getDeletionTimestamp() == null
        && pod.getSpec().getSchedulingGates().isEmpty()
        && NAME.equals(Objects.requireNonNullElse(pod.getSpec().getSchedulerName(), NAME));
  }

  private void place(Pod pod) {
    String uid = pod.getMetadata().getUid();
    List<String> refusals = Fit.refusals(pod, condition(Objects.requireNonNull(node)), used());
    if (refusals.isEmpty()) {
      api.bind(pod, name);
      assumed.add(uid);
      refused.remove(uid);
      String what = pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
      events.scheduler(pod, false, "Scheduled", "Successfully assigned " + what + " to " + name);
      return;
    }
    String message = Fit.sentence(refusals);
    if (!message.equals(refused.get(uid))) {
      api.writeStatus(pod, unschedulable(message));
      refused.put(uid, message);
      events.scheduler(pod, true, "FailedScheduling", message);
    }
  }

  /** A node that is not ready is tainted, even where no controller writes the taint. */
  private Node condition(Node seen) {
    return faults.ready()
        ? seen
        : new NodeBuilder(seen)
            .editSpec()
            .addNewTaint("NoSchedule", "node.kubernetes.io/not-ready", null, "")
            .endSpec()
            .build();
  }

  private Requests used() {
    return Requests.sum(
        pods.values().stream()
            .filter(
                pod ->
                    name.equals(pod.getSpec().getNodeName())
                        || assumed.contains(pod.getMetadata().getUid()))
            .filter(pod -> !PodStatuses.isOver(pod))
            .toList());
  }

  private PodStatus unschedulable(String message) {
    return new PodStatusBuilder()
        .withPhase("Pending")
        .withConditions(
            new PodConditionBuilder()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason("Unschedulable")
                .withMessage(message)
                .withLastTransitionTime(NodeObject.time(clock.instant()))
                .build())
        .build();
  }
}
