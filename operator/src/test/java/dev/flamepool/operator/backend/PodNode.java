package dev.flamepool.operator.backend;

import dev.flamepool.operator.backend.Machine.State;
import dev.flamepool.operator.cluster.Json;
import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A {@link ScriptedCloud} as the node of a namespace's runners: their Pods are bound to it, each is
 * one of the cloud's machines, and their status follows those. What is due happens when it is told
 * to {@link #work}.
 */
public final class PodNode {
  private static final String LABEL = "flamepool.dev/";
  private static final String UID = LABEL + "runner-uid";
  private static final int FIRST_SIGNAL = 128;

  private final KubernetesClient client;
  private final String namespace;
  private final ScriptedCloud cloud;

  /** Pods that were bound, by their uid. */
  private final Map<String, MachineKey> bound = new HashMap<>();

  private boolean silent;

  /** A node without Pods. */
  public PodNode(KubernetesClient client, String namespace, ScriptedCloud cloud) {
    this.client = client;
    this.namespace = namespace;
    this.cloud = cloud;
  }

  /** It says and does nothing any more; who runs there runs on. */
  public void silent(boolean now) {
    silent = now;
  }

  /** The Pods of runners, as they are now. */
  public List<Pod> pods() {
    return client.pods().inNamespace(namespace).withLabel(UID).list().getItems();
  }

  /** Does and says what a scheduler and a kubelet would have by now. */
  public void work() {
    List<Pod> pods = pods();
    List<String> there = pods.stream().map(pod -> pod.getMetadata().getUid()).toList();
    try {
      for (String uid : List.copyOf(bound.keySet())) {
        if (!there.contains(uid) && !(silent && isLive(bound.get(uid)))) {
          cloud.delete(bound.remove(uid));
        }
      }
      for (Pod pod : silent ? List.<Pod>of() : pods) {
        tend(pod);
      }
    } catch (BackendException e) {
      throw new IllegalStateException(e); // no script makes a node's own work fail
    }
  }

  private boolean isLive(MachineKey key) {
    return cloud.live().stream().anyMatch(machine -> machine.key().equals(key));
  }

  private void tend(Pod pod) throws BackendException {
    String uid = pod.getMetadata().getUid();
    MachineKey key = key(pod);
    if (!bound.containsKey(uid)) {
      bind(pod);
      bound.put(uid, key);
      cloud.launch(new LaunchAttempt(key, uid, "", ScriptedCloud.ENTRY, Boot.of(Map.of())));
    }
    boolean ending = pod.getMetadata().getDeletionTimestamp() != null;
    if (ending) {
      cloud.stop(key, Duration.ofSeconds(pod.getMetadata().getDeletionGracePeriodSeconds()));
    }
    Optional<Machine> machine =
        cloud.machines().stream().filter(one -> one.key().equals(key)).findFirst();
    State state = machine.map(Machine::state).orElse(State.ENDED);
    String phase = Optional.ofNullable(pod.getStatus()).map(PodStatus::getPhase).orElse("Pending");
    if (state == State.RUNNING && phase.equals("Pending")) {
      status(pod, "Running", null, "{\"running\": {}}");
    } else if (state == State.ENDED && (phase.equals("Pending") || phase.equals("Running"))) {
      ended(pod, machine);
      if (ending) {
        cloud.delete(bound.remove(uid)); // who is over, and to be deleted, is gone with its status
      }
    }
  }

  /** A signal with a cause is the kubelet's own. */
  private void ended(Pod pod, Optional<Machine> machine) {
    int code = machine.map(Machine::exitCode).orElseThrow().orElse(0);
    String cause = code > FIRST_SIGNAL ? machine.get().cause() : "";
    status(
        pod,
        code == 0 ? "Succeeded" : "Failed",
        cause.isEmpty() ? null : cause,
        "{\"running\": null, \"terminated\": {\"exitCode\": %d, \"reason\": \"%s\"}}"
            .formatted(code, code == 0 ? "Completed" : "Error"));
  }

  private void bind(Pod pod) {
    client.raw(
        "/api/v1/namespaces/%s/pods/%s/binding".formatted(namespace, pod.getMetadata().getName()),
        "POST",
        new BindingBuilder()
            .withNewMetadata()
            .withName(pod.getMetadata().getName())
            .endMetadata()
            .withNewTarget()
            .withKind("Node")
            .withName("node-1")
            .endTarget()
            .build());
  }

  private void status(Pod pod, String phase, String reason, String state) {
    String status =
        """
        {"status": {"phase": "%s", "reason": %s, "podIP": "127.0.0.1", "containerStatuses": [
          {"name": "%s", "image": "x", "imageID": "x", "ready": false, "restartCount": 0,
           "state": %s}]}}
        """
            .formatted(
                phase, Json.text(reason), pod.getSpec().getContainers().get(0).getName(), state);
    client
        .pods()
        .inNamespace(namespace)
        .withName(pod.getMetadata().getName())
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON_MERGE), status);
  }

  private static MachineKey key(Pod pod) {
    Map<String, String> labels = pod.getMetadata().getLabels();
    return new MachineKey(
        labels.get(LABEL + "installation"),
        pod.getMetadata().getNamespace(),
        labels.get(LABEL + "pool"),
        labels.get(LABEL + "runner"),
        labels.get(UID),
        Integer.parseInt(labels.get(LABEL + "attempt")));
  }
}
