package dev.flamepool.operator.backend.pod;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.Names;
import dev.flamepool.api.PodBackend;
import dev.flamepool.operator.cluster.Json;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The options of a pod entry: what is wrong with them, and what they come to. Pure. */
final class PodOptions {
  /** The name of a container whose template gives none. */
  static final String CONTAINER = "runner";

  private static final Set<String> OWN_METADATA =
      Set.of("name", "generateName", "namespace", "ownerReferences", "finalizers", "uid");
  private static final Set<String> OWN_ANNOTATIONS =
      Set.of(Ownership.COPY_OF, Ownership.TEMPLATE_HASH);

  private PodOptions() {}

  /** What is wrong with an entry, naming field, value and remedy. */
  static Optional<String> problem(BackendEntry entry) {
    PodBackend pod = entry.pod();
    if (pod == null || (pod.template() == null && pod.runnerFrom() == null)) {
      return Optional.of(
          "pod: give template (a Pod template) or runnerFrom (the application's own Deployment)");
    }
    boolean copies = pod.runnerFrom() != null;
    if (copies && isBlank(pod.runnerFrom().deployment())) {
      return Optional.of(
          "pod.runnerFrom.deployment: is missing; give the name of the application's Deployment");
    }
    ObjectNode template = template(pod);
    return metadata(template)
        .or(() -> types(template))
        .or(() -> restartPolicy(template))
        .or(() -> containers(pod, template, copies));
  }

  /** The template as it was given, with a name for a container that has none; empty for none. */
  static ObjectNode template(PodBackend pod) {
    ObjectNode template =
        pod.template() == null ? Json.object() : (ObjectNode) Json.tree(pod.template());
    JsonNode containers = template.path("spec").path("containers");
    if (containers.size() == 1
        && containers.get(0) instanceof ObjectNode only
        && isBlank(only.path("name").asText(""))
        && (pod.runnerFrom() == null || pod.container() != null)) {
      only.put("name", pod.container() == null ? CONTAINER : pod.container());
    }
    return template;
  }

  /** The container that is the runner: the one that is named, else the first. */
  static Optional<String> container(PodBackend pod, List<String> names) {
    return pod.container() == null
        ? names.stream().findFirst()
        : names.stream().filter(pod.container()::equals).findFirst();
  }

  /** Says which container is not there. */
  static String noContainer(PodBackend pod, List<String> names) {
    return "pod.container: there is no container '%s'; give one of %s"
        .formatted(pod.container() == null ? "" : pod.container(), names);
  }

  private static Optional<String> metadata(ObjectNode template) {
    JsonNode metadata = template.path("metadata");
    for (String field : OWN_METADATA) {
      if (metadata.has(field)) {
        return Optional.of(
            "pod.template.metadata.%s: is set by the operator; remove it".formatted(field));
      }
    }
    for (String map : List.of("labels", "annotations")) {
      for (Map.Entry<String, JsonNode> one : metadata.path(map).properties()) {
        if (one.getKey().startsWith(Ownership.PREFIX) && !OWN_ANNOTATIONS.contains(one.getKey())) {
          return Optional.of(
              "pod.template.metadata.%s: %s is reserved; choose a key that does not begin with %s"
                  .formatted(map, one.getKey(), Ownership.PREFIX));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> types(ObjectNode template) {
    try {
      Json.value(template, PodTemplateSpec.class);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      return Optional.of("pod.template: is no Pod template: " + why + field(e));
    }
  }

  private static String field(IllegalArgumentException e) {
    return e.getCause() instanceof JsonMappingException wrong ? " (at " + path(wrong) + ")" : "";
  }

  private static String path(JsonMappingException wrong) {
    StringBuilder path = new StringBuilder();
    wrong
        .getPath()
        .forEach(
            step ->
                path.append(
                    step.getFieldName() == null
                        ? "[" + step.getIndex() + "]"
                        : (path.isEmpty() ? "" : ".") + step.getFieldName()));
    return path.toString();
  }

  private static Optional<String> restartPolicy(ObjectNode template) {
    String policy = template.path("spec").path("restartPolicy").asText("Never");
    return policy.equals("Never")
        ? Optional.empty()
        : Optional.of(
            "pod.template.spec.restartPolicy: '%s' would start an ended runner again; leave it out"
                .formatted(policy));
  }

  private static Optional<String> containers(PodBackend pod, ObjectNode template, boolean copies) {
    JsonNode containers = template.path("spec").path("containers");
    for (JsonNode container : containers) {
      for (JsonNode variable : container.path("env")) {
        if (Names.RESERVED_ENV.contains(variable.path("name").asText())) {
          return Optional.of(
              "pod.template: container %s: env %s is set by the operator; remove it"
                  .formatted(
                      container.path("name").asText(CONTAINER), variable.path("name").asText()));
        }
      }
    }
    if (copies) {
      return Optional.empty();
    }
    List<String> names =
        StreamSupport.stream(containers.spliterator(), false)
            .map(container -> container.path("name").asText(""))
            .toList();
    if (names.isEmpty()) {
      return Optional.of(
          "pod.template.spec.containers: is missing; give one with the application's image, or"
              + " runnerFrom");
    }
    Optional<String> runner = container(pod, names);
    if (runner.isEmpty()) {
      return Optional.of(noContainer(pod, names));
    }
    return isBlank(containers.get(names.indexOf(runner.get())).path("image").asText(""))
        ? Optional.of(
            "pod.template: container %s has no image; give the application's image"
                .formatted(runner.get()))
        : Optional.empty();
  }

  private static boolean isBlank(@Nullable String text) {
    return text == null || text.isBlank();
  }
}
