package dev.flamepool.operator.backend.pod;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps runners out of everybody's selectors: a Service would send them requests, and what counts a
 * Deployment's Pods would count them. Only a template's own labels can do that. Pure.
 */
final class Selectors {
  private Selectors() {}

  /** What would take a Pod with these labels for one of its own; for people. */
  static Optional<String> match(
      Map<String, String> labels, List<Service> services, List<Deployment> deployments) {
    Optional<String> service =
        services.stream()
            .filter(one -> one.getSpec() != null && matches(one.getSpec().getSelector(), labels))
            .findFirst()
            .map(one -> words("Service", one.getMetadata().getName(), one.getSpec().getSelector()));
    return service.or(
        () ->
            deployments.stream()
                .filter(
                    one -> one.getSpec() != null && matches(one.getSpec().getSelector(), labels))
                .findFirst()
                .map(
                    one ->
                        words(
                            "Deployment",
                            one.getMetadata().getName(),
                            one.getSpec().getSelector().getMatchLabels())));
  }

  private static String words(String kind, String name, Map<String, String> selector) {
    return ("pod.template.metadata.labels: %s %s would take the runners for its own Pods (it selects"
            + " %s); remove or change one of these labels")
        .formatted(kind, name, selector);
  }

  private static boolean matches(
      @Nullable Map<String, String> selector, Map<String, String> labels) {
    return selector != null
        && !selector.isEmpty()
        && labels.entrySet().containsAll(selector.entrySet());
  }

  private static boolean matches(@Nullable LabelSelector selector, Map<String, String> labels) {
    if (selector == null) {
      return false;
    }
    Map<String, String> equal =
        selector.getMatchLabels() == null ? Map.of() : selector.getMatchLabels();
    boolean empty = equal.isEmpty() && selector.getMatchExpressions().isEmpty();
    return !empty
        && labels.entrySet().containsAll(equal.entrySet())
        && selector.getMatchExpressions().stream().allMatch(one -> matches(one, labels));
  }

  private static boolean matches(LabelSelectorRequirement one, Map<String, String> labels) {
    String value = labels.get(one.getKey());
    return switch (one.getOperator()) {
      case "In" -> value != null && one.getValues().contains(value);
      case "NotIn" -> value == null || !one.getValues().contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      default -> true;
    };
  }
}
