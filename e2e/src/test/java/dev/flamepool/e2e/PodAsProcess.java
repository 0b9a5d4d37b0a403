package dev.flamepool.e2e;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The control plane here has no node, so the test is the kubelet: a Pod of the operator's image
 * runs as a process of this host with the Pod's arguments, environment and service account.
 */
final class PodAsProcess {
  private final ClusterUnderTest cluster;
  private final Path folder;

  PodAsProcess(ClusterUnderTest cluster, Path folder) {
    this.cluster = cluster;
    this.folder = folder;
  }

  /** Starts a Pod's first container. */
  JavaProcess start(Pod pod) throws IOException {
    Container container = pod.getSpec().getContainers().get(0);
    Account account =
        Account.of(
            cluster,
            pod.getMetadata().getNamespace(),
            pod.getSpec().getServiceAccountName(),
            folder);
    List<String> command =
        new ArrayList<>(
            List.of(
                "dev.flamepool.operator.Main", "--kubeconfig", account.kubeconfig().toString()));
    // Pods have addresses of their own, processes share one.
    container.getArgs().stream()
        .map(argument -> argument.replaceAll("^--health-port=.*", "--health-port=0"))
        .forEach(command::add);
    Map<String, String> environment = new HashMap<>();
    for (EnvVar variable : container.getEnv()) {
      environment.put(variable.getName(), variable.getValue());
    }
    return JavaProcess.start(
        folder.resolve(pod.getMetadata().getName() + ".log"), command, environment);
  }

  /** Says how a Pod's process ended. */
  void ended(Pod pod, int exitCode) {
    KubernetesClient client = cluster.client();
    client
        .resource(pod)
        .editStatus(
            now -> {
              PodStatus status = now.getStatus() == null ? new PodStatus() : now.getStatus();
              status.setPhase(exitCode == 0 ? "Succeeded" : "Failed");
              now.setStatus(status);
              return now;
            });
  }
}
