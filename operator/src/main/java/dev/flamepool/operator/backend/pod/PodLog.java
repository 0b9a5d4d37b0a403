package dev.flamepool.operator.backend.pod;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.operator.backend.Redaction;
import dev.flamepool.operator.cluster.ClusterApi;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The last lines that a runner's container wrote, without any value of a Secret that its
 * environment refers to. Where such a Secret cannot be read there are no lines: they could hold it.
 */
final class PodLog {
  private static final int LINES = 50;
  private static final int LINE_LENGTH = 512;
  private static final int BYTES = 256 * 1024;

  private final KubernetesClient client;
  private final ClusterApi api;

  PodLog(KubernetesClient client) {
    this.client = client;
    this.api = new ClusterApi(client);
  }

  /** At most 50 lines; empty when there is no log, or it cannot be read. */
  List<String> lines(Pod pod) {
    String container = Ownership.container(pod);
    try {
      Map<String, String> secrets = secrets(pod, container);
      String log =
          client.raw(
              "/api/v1/namespaces/%s/pods/%s/log?container=%s&tailLines=%d&limitBytes=%d"
                  .formatted(
                      pod.getMetadata().getNamespace(),
                      pod.getMetadata().getName(),
                      URLEncoder.encode(container, UTF_8),
                      LINES,
                      BYTES));
      return log == null ? List.of() : lines(log, secrets);
    } catch (KubernetesClientException e) {
      return List.of();
    }
  }

  /** What else a container left, without secrets; empty where these cannot be read. */
  String words(Pod pod, String text) {
    try {
      return Redaction.of(text, secrets(pod, Ownership.container(pod)));
    } catch (KubernetesClientException e) {
      return "";
    }
  }

  /** The last lines of a log. */
  static List<String> lines(String log, Map<String, String> secrets) {
    List<String> all = Redaction.of(log, secrets).lines().toList();
    return all.subList(Math.max(0, all.size() - LINES), all.size()).stream()
        .map(line -> line.length() <= LINE_LENGTH ? line : line.substring(0, LINE_LENGTH))
        .toList();
  }

  private Map<String, String> secrets(Pod pod, String container) {
    Map<String, String> values = new HashMap<>();
    for (String name : referred(pod, container)) {
      Map<String, String> data =
          api.secret(pod.getMetadata().getNamespace(), name).map(Secret::getData).orElse(null);
      if (data != null) {
        data.forEach(
            (key, text) ->
                values.put(name + "/" + key, new String(Base64.getDecoder().decode(text), UTF_8)));
      }
    }
    return values;
  }

  /** Names of the Secrets that a container's environment refers to. */
  static Set<String> referred(Pod pod, String container) {
    Set<String> names = new LinkedHashSet<>();
    for (Container one : pod.getSpec().getContainers()) {
      if (one.getName().equals(container)) {
        for (EnvVar variable : one.getEnv()) {
          if (variable.getValueFrom() != null
              && variable.getValueFrom().getSecretKeyRef() != null) {
            names.add(variable.getValueFrom().getSecretKeyRef().getName());
          }
        }
        for (EnvFromSource source : one.getEnvFrom()) {
          if (source.getSecretRef() != null) {
            names.add(source.getSecretRef().getName());
          }
        }
      }
    }
    return names;
  }
}
