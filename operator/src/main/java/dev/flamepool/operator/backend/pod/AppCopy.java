package dev.flamepool.operator.backend.pod;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.api.Names;
import dev.flamepool.api.PodBackend;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.cluster.Json;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * {@code runnerFrom}: the part of an application's Deployment that makes a process the same
 * application, as a template, with the pool's own template laid over it. What makes it a server
 * (probes, ports, hooks), other containers, and above all its labels stay behind. Pure.
 */
final class AppCopy {
  private static final List<String> OF_CONTAINER =
      List.of(
          "name",
          "image",
          "imagePullPolicy",
          "command",
          "args",
          "workingDir",
          "env",
          "envFrom",
          "resources",
          "volumeMounts",
          "volumeDevices",
          "securityContext");
  private static final List<String> OF_POD =
      List.of(
          "serviceAccountName",
          "automountServiceAccountToken",
          "imagePullSecrets",
          "enableServiceLinks",
          "securityContext",
          "nodeSelector",
          "tolerations",
          "priorityClassName",
          "runtimeClassName",
          "shareProcessNamespace",
          "schedulerName",
          "dnsPolicy",
          "dnsConfig",
          "hostAliases");

  private AppCopy() {}

  /**
   * An entry that needs the Deployment no more. Whatever is changed in the Deployment's Pod
   * template makes it another one, as it makes the Deployment roll.
   *
   * @throws BackendException if the Deployment has no such container
   */
  static PodBackend of(PodBackend pod, Deployment app) throws BackendException {
    PodTemplateSpec spec = app.getSpec().getTemplate();
    List<String> names = spec.getSpec().getContainers().stream().map(Container::getName).toList();
    String container =
        PodOptions.container(pod, names)
            .orElseThrow(
                () ->
                    new BackendException(
                        Kind.CONFIGURATION,
                        PodOptions.noContainer(pod, names)
                            + ", as Deployment "
                            + app.getMetadata().getName()
                            + " has them"));
    JsonNode whole = Json.tree(spec);
    PodBackend named = new PodBackend(pod.template(), pod.runnerFrom(), container);
    ObjectNode template =
        TemplateMerge.merge(copy(whole.path("spec"), container), PodOptions.template(named));
    ObjectNode annotations = template.withObject("/metadata").withObject("/annotations");
    annotations.put(Ownership.COPY_OF, "deployment/" + app.getMetadata().getName());
    annotations.put(Ownership.TEMPLATE_HASH, Ownership.hash(Json.text(sorted(whole))));
    return new PodBackend(map(template), pod.runnerFrom(), container);
  }

  private static ObjectNode copy(JsonNode spec, String container) {
    ObjectNode pod = take(spec, OF_POD);
    JsonNode nodeAffinity = spec.path("affinity").path("nodeAffinity");
    if (!nodeAffinity.isMissingNode()) {
      pod.withObject("/affinity").set("nodeAffinity", nodeAffinity);
    }
    ObjectNode copied = Json.object();
    for (JsonNode one : spec.path("containers")) {
      if (one.path("name").asText().equals(container)) {
        copied = take(one, OF_CONTAINER);
      }
    }
    dropReserved(copied);
    pod.withArray("/containers").add(copied);
    Set<String> used = new HashSet<>();
    copied.path("volumeMounts").forEach(mount -> used.add(mount.path("name").asText()));
    copied.path("volumeDevices").forEach(device -> used.add(device.path("name").asText()));
    ArrayNode volumes = pod.withArray("/volumes");
    for (JsonNode volume : spec.path("volumes")) {
      if (used.contains(volume.path("name").asText())) {
        volumes.add(volume);
      }
    }
    ObjectNode template = Json.object();
    template.set("spec", pod);
    return template;
  }

  private static void dropReserved(ObjectNode container) {
    if (container.get("env") instanceof ArrayNode env) {
      for (int i = env.size() - 1; i >= 0; i--) {
        if (Names.RESERVED_ENV.contains(env.get(i).path("name").asText())) {
          env.remove(i);
        }
      }
    }
  }

  private static ObjectNode take(JsonNode from, List<String> fields) {
    ObjectNode taken = Json.object();
    for (String field : fields) {
      if (from.has(field)) {
        taken.set(field, from.get(field).deepCopy());
      }
    }
    return taken;
  }

  /** As it is when it was stored and read again: a Deployment's long is an integer there. */
  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(JsonNode tree) {
    return Json.value(Json.read(Json.text(tree)), TreeMap.class);
  }

  private static Object sorted(JsonNode tree) {
    return Json.value(tree, Map.class);
  }
}
