package dev.flamepool.simulators.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether a Pod can go to a node: the filters of the scheduler, in their order and words. */
final class Fit {
  private Fit() {}

  /** Why not, by the first filter that refuses; empty if it fits. */
  static List<String> refusals(Pod pod, Node node, Requests used) {
    if (Boolean.TRUE.equals(node.getSpec().getUnschedulable())
        && pod.getSpec().getTolerations().stream().noneMatch(t -> tolerates(t, cordon()))) {
      return List.of("node(s) were unschedulable");
    }
    for (Taint taint : node.getSpec().getTaints()) {
      if (!taint.getEffect().equals("PreferNoSchedule")
          && pod.getSpec().getTolerations().stream().noneMatch(t -> tolerates(t, taint))) {
        String value = Objects.requireNonNullElse(taint.getValue(), "");
        return List.of("node(s) had untolerated taint {" + taint.getKey() + ": " + value + "}");
      }
    }
    if (!selects(pod, node)) {
      return List.of("node(s) didn't match Pod's node affinity/selector");
    }
    Requests room = Requests.of(node.getStatus().getAllocatable());
    Requests wanted = used.plus(Requests.of(pod));
    List<String> lacks = new ArrayList<>();
    if (wanted.pods() > room.pods()) {
      lacks.add("Too many pods");
    }
    if (wanted.cpu().compareTo(room.cpu()) > 0) {
      lacks.add("Insufficient cpu");
    }
    if (wanted.memory().compareTo(room.memory()) > 0) {
      lacks.add("Insufficient memory");
    }
    return lacks;
  }

  /** The scheduler's sentence for a cluster of this one node. */
  static String sentence(List<String> refusals) {
    boolean scarce = refusals.stream().allMatch(r -> r.startsWith("Ins") || r.startsWith("Too"));
    return "0/1 nodes are available: "
        + refusals.stream().sorted().map(reason -> "1 " + reason).collect(Collectors.joining(", "))
        + ". preemption: 0/1 nodes are available: 1 "
        + (scarce
            ? "No preemption victims found for incoming pod."
            : "Preemption is not helpful for scheduling.");
  }

  private static Taint cordon() {
    return new Taint("NoSchedule", "node.kubernetes.io/unschedulable", null, "");
  }

  private static boolean tolerates(Toleration toleration, Taint taint) {
    String key = Objects.requireNonNullElse(toleration.getKey(), "");
    String effect = Objects.requireNonNullElse(toleration.getEffect(), "");
    boolean any = "Exists".equals(toleration.getOperator());
    return (effect.isEmpty() || effect.equals(taint.getEffect()))
        && (key.isEmpty() ? any : key.equals(taint.getKey()))
        && (any
            || Objects.requireNonNullElse(toleration.getValue(), "")
                .equals(Objects.requireNonNullElse(taint.getValue(), "")));
  }

  private static boolean selects(Pod pod, Node node) {
    Map<String, String> labels =
        Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.of());
    Map<String, String> selector =
        Objects.requireNonNullElse(pod.getSpec().getNodeSelector(), Map.of());
    if (!labels.entrySet().containsAll(selector.entrySet())) {
      return false;
    }
    var affinity = pod.getSpec().getAffinity();
    if (affinity == null
        || affinity.getNodeAffinity() == null
        || affinity.getNodeAffinity().getRequiredDuringSchedulingIgnoredDuringExecution() == null) {
      return true;
    }
    return affinity
        .getNodeAffinity()
        .getRequiredDuringSchedulingIgnoredDuringExecution()
        .getNodeSelectorTerms()
        .stream()
        .anyMatch(term -> matches(term, node, labels));
  }

  private static boolean matches(NodeSelectorTerm term, Node node, Map<String, String> labels) {
    Map<String, String> fields = Map.of("metadata.name", node.getMetadata().getName());
    boolean empty = term.getMatchExpressions().isEmpty() && term.getMatchFields().isEmpty();
    return !empty
        && term.getMatchExpressions().stream().allMatch(r -> holds(r, labels))
        && term.getMatchFields().stream().allMatch(r -> holds(r, fields));
  }

  private static boolean holds(NodeSelectorRequirement wanted, Map<String, String> labels) {
    String value = labels.get(wanted.getKey());
    List<String> values = wanted.getValues();
    return switch (wanted.getOperator()) {
      case "In" -> value != null && values.contains(value);
      case "NotIn" -> value == null || !values.contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      case "Gt" -> isNumber(value) && Long.parseLong(value) > Long.parseLong(values.get(0));
      case "Lt" -> isNumber(value) && Long.parseLong(value) < Long.parseLong(values.get(0));
      default -> false;
    };
  }

  private static boolean isNumber(@Nullable String text) {
    return text != null && text.matches("-?\\d{1,18}");
  }
}
