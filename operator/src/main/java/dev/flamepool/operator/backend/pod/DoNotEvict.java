package dev.flamepool.operator.backend.pod;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.operator.cluster.Json;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The annotations by which cluster autoscalers leave a Pod where it is. What the template says of
 * one of them holds; the others are the operator's. Pure.
 */
final class DoNotEvict {
  private static final Map<String, String> MARKS =
      new TreeMap<>(
          Map.of(
              "cluster-autoscaler.kubernetes.io/safe-to-evict", "false",
              "karpenter.sh/do-not-disrupt", "true"));

  private DoNotEvict() {}

  /** Those of a new Pod, beside its template's: somebody waits for it. */
  static Map<String, String> first(Map<String, String> given) {
    Map<String, String> marks = new TreeMap<>(MARKS);
    marks.keySet().removeAll(given.keySet());
    if (!marks.isEmpty()) {
      marks.put(Ownership.DO_NOT_EVICT, String.join(",", marks.keySet()));
    }
    return marks;
  }

  /**
   * A merge patch that sets or removes those that are the operator's.
   *
   * @return empty when the Pod has it so
   */
  static Optional<String> patch(Pod pod, boolean set) {
    Map<String, String> all = pod.getMetadata().getAnnotations();
    String own = all == null ? null : all.get(Ownership.DO_NOT_EVICT);
    if (own == null) {
      return Optional.empty();
    }
    ObjectNode patch = Json.object();
    ObjectNode annotations = Json.object();
    for (String key : List.of(own.split(",", -1))) {
      String value = MARKS.get(key);
      if (value != null && set != value.equals(all.get(key))) {
        annotations.put(key, set ? value : null);
      }
    }
    if (annotations.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode metadata = patch.putObject("metadata");
    metadata.put("uid", pod.getMetadata().getUid()); // never a later one of its name
    metadata.set("annotations", annotations);
    return Optional.of(Json.text(patch));
  }
}
