package dev.flamepool.simulators.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceFieldSelector;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The downward API: what a Pod may learn of itself. */
final class Fields {
  private static final Pattern ENTRY =
      Pattern.compile("metadata\\.(labels|annotations)\\['(.*)'\\]");

  private Fields() {}

  /**
   * A field's value.
   *
   * @throws NotYet if the field is not served
   */
  static String value(Pod pod, String ip, String path) throws NotYet {
    Matcher entry = ENTRY.matcher(path);
    if (entry.matches()) {
      boolean labels = entry.group(1).equals("labels");
      Map<String, String> map =
          labels ? pod.getMetadata().getLabels() : pod.getMetadata().getAnnotations();
      return Objects.requireNonNullElse(map, Map.<String, String>of())
          .getOrDefault(entry.group(2), "");
    }
    return switch (path) {
      case "metadata.name" -> pod.getMetadata().getName();
      case "metadata.namespace" -> pod.getMetadata().getNamespace();
      case "metadata.uid" -> pod.getMetadata().getUid();
      case "metadata.labels" -> lines(pod.getMetadata().getLabels());
      case "metadata.annotations" -> lines(pod.getMetadata().getAnnotations());
      case "spec.nodeName" -> Objects.requireNonNullElse(pod.getSpec().getNodeName(), "");
      case "spec.serviceAccountName" ->
          Objects.requireNonNullElse(pod.getSpec().getServiceAccountName(), "default");
      case "status.hostIP", "status.hostIPs" -> NodeObject.HOST_IP;
      case "status.podIP", "status.podIPs" -> ip;
      default -> throw new NotYet("unsupported fieldPath: " + path);
    };
  }

  private static String lines(@Nullable Map<String, String> map) {
    return new TreeMap<>(Objects.requireNonNullElse(map, Map.<String, String>of()))
        .entrySet().stream()
            .map(e -> e.getKey() + "=\"" + escaped(e.getValue()) + "\"")
            .collect(Collectors.joining("\n"));
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  /** A container's request or limit in units of the divisor, rounded up; 0 if it has none. */
  static String resource(Container container, ResourceFieldSelector field) throws NotYet {
    String[] parts = field.getResource().split("\\.", 2);
    if (parts.length < 2 || container.getResources() == null) {
      return "0";
    }
    Map<String, Quantity> all =
        switch (parts[0]) {
          case "limits" -> container.getResources().getLimits();
          case "requests" -> container.getResources().getRequests();
          default -> throw new NotYet("unsupported container resource : " + field.getResource());
        };
    Quantity amount = all == null ? null : all.get(parts[1]);
    if (amount == null) {
      return "0";
    }
    BigDecimal divisor =
        field.getDivisor() == null ? BigDecimal.ZERO : field.getDivisor().getNumericalAmount();
    BigDecimal unit = divisor.signum() == 0 ? BigDecimal.ONE : divisor;
    return amount.getNumericalAmount().divide(unit, 0, RoundingMode.CEILING).toPlainString();
  }
}
