package dev.flamepool.simulators.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.util.List;

/** A Pod's service account, as containers see it. */
final class Account {
  /** Where every client looks for it. */
  static final String FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

  private static final String VOLUME = "kube-api-access";

  private Account() {}

  static boolean isMounted(Container container) {
    return container.getVolumeMounts().stream()
        .anyMatch(mount -> mount.getMountPath().replaceAll("/+$", "").equals(FOLDER));
  }

  /** The Pod as an API server's admission leaves it: its containers have the account's token. */
  static Pod admitted(Pod pod) {
    if (Boolean.FALSE.equals(pod.getSpec().getAutomountServiceAccountToken())) {
      return pod;
    }
    Volume volume =
        new VolumeBuilder()
            .withName(VOLUME)
            .withNewProjected()
            .addNewSource()
            .withNewServiceAccountToken()
            .withPath("token")
            .endServiceAccountToken()
            .endSource()
            .addNewSource()
            .withNewConfigMap()
            .withName(ApiServer.ROOT_CA)
            .addNewItem()
            .withKey("ca.crt")
            .withPath("ca.crt")
            .endItem()
            .endConfigMap()
            .endSource()
            .addNewSource()
            .withNewDownwardAPI()
            .addNewItem()
            .withPath("namespace")
            .withNewFieldRef("v1", "metadata.namespace")
            .endItem()
            .endDownwardAPI()
            .endSource()
            .endProjected()
            .build();
    return new PodBuilder(pod)
        .editSpec()
        .addToVolumes(volume)
        .withInitContainers(admitted(pod.getSpec().getInitContainers()))
        .withContainers(admitted(pod.getSpec().getContainers()))
        .endSpec()
        .build();
  }

  private static List<Container> admitted(List<Container> containers) {
    return containers.stream()
        .map(
            container ->
                isMounted(container)
                    ? container
                    : new ContainerBuilder(container)
                        .addNewVolumeMount()
                        .withName(VOLUME)
                        .withMountPath(FOLDER)
                        .withReadOnly(true)
                        .endVolumeMount()
                        .build())
        .toList();
  }
}
