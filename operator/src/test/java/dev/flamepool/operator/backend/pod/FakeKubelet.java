package dev.flamepool.operator.backend.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Says of Pods what a kubelet would, and runs nothing. A finalizer of its own stands for the
 * graceful deletion, so that a Pod's object goes only after its container.
 */
final class FakeKubelet implements ResourceEventHandler<Pod>, AutoCloseable {
  private static final String FINALIZER = "test.flamepool.dev/kubelet";
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  private final KubernetesClient client;
  private final String namespace;
  private final ExecutorService node = Executors.newSingleThreadExecutor();
  private final SharedIndexInformer<Pod> informer;

  /** Uids of the Pods that run, and of their runners. */
  private final Map<String, String> alive = new ConcurrentHashMap<>();

  /** Names of Pods that are left alone. */
  private final Set<String> ignored = ConcurrentHashMap.newKeySet();

  FakeKubelet(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
    this.informer = client.pods().inNamespace(namespace).withLabel(Ownership.UID).inform(this);
  }

  /** How many Pods of a runner run. */
  int alive(String runnerUid) {
    return (int) alive.values().stream().filter(runnerUid::equals).count();
  }

  /** A Pod of this name stays as it is. */
  void ignore(String name) {
    ignored.add(name);
  }

  /** A container dies without a word. */
  void kill(String podUid) {
    for (Pod pod : informer.getStore().list()) {
      if (pod.getMetadata().getUid().equals(podUid)) {
        alive.remove(podUid);
        status(pod, "Failed", "{\"terminated\":{\"exitCode\":137,\"reason\":\"Error\"}}");
      }
    }
  }

  /** Writes a status. */
  void status(Pod pod, String phase, String state) {
    status(
        pod.getMetadata().getName(),
        """
        {"phase": "%s", "podIP": "127.0.0.1", "containerStatuses": [{"name": "%s", "image": "x",
          "imageID": "x", "ready": false, "restartCount": 0, "state": %s}]}
        """
            .formatted(phase, Ownership.container(pod), state));
  }

  /** Writes a status. */
  void status(String name, String status) {
    client
        .pods()
        .inNamespace(namespace)
        .withName(name)
        .subresource("status")
        .patch(MERGE, "{\"status\": " + status + "}");
  }

  @Override
  public void onAdd(Pod pod) {
    node.execute(() -> look(pod.getMetadata().getName()));
  }

  @Override
  public void onUpdate(Pod before, Pod now) {
    onAdd(now);
  }

  @Override
  public void onDelete(Pod pod, boolean unknown) {
    node.execute(() -> alive.remove(pod.getMetadata().getUid()));
  }

  private void look(String name) {
    String uid = "";
    try {
      Pod pod = client.pods().inNamespace(namespace).withName(name).get();
      if (pod == null || ignored.contains(name)) {
        return;
      }
      uid = pod.getMetadata().getUid();
      if (pod.getMetadata().getDeletionTimestamp() != null) {
        end(pod);
      } else if (pod.getStatus() == null
          || pod.getStatus().getPhase() == null
          || (pod.getStatus().getPhase().equals("Pending")
              && pod.getStatus().getContainerStatuses().isEmpty())) {
        metadata(name, "{\"finalizers\": [\"" + FINALIZER + "\"]}");
        alive.put(uid, Ownership.key(pod).orElseThrow().runnerUid());
        status(pod, "Running", "{\"running\": {}}");
      }
    } catch (KubernetesClientException e) {
      alive.remove(uid); // it has gone in the meantime, or this has
    }
  }

  private void end(Pod pod) {
    if (alive.remove(pod.getMetadata().getUid()) != null) {
      status(
          pod,
          "Failed",
          "{\"running\":null,\"terminated\":{\"exitCode\":12,\"reason\":\"Error\","
              + "\"message\":\"flame: 12 DRAINED told to end by SIGTERM\"}}");
    }
    metadata(pod.getMetadata().getName(), "{\"finalizers\": null}");
    client
        .pods()
        .inNamespace(namespace)
        .withName(pod.getMetadata().getName())
        .withGracePeriod(0)
        .delete();
  }

  private void metadata(String name, String metadata) {
    client
        .pods()
        .inNamespace(namespace)
        .withName(name)
        .patch(MERGE, "{\"metadata\": " + metadata + "}");
  }

  @Override
  public void close() {
    informer.stop();
    node.shutdownNow();
  }
}
