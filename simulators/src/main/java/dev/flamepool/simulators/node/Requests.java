package dev.flamepool.simulators.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What Pods ask for of a node.
 *
 * @param cpu in cores
 * @param memory in bytes
 */
record Requests(BigDecimal cpu, BigDecimal memory, int pods) {
  static final Requests NONE = new Requests(BigDecimal.ZERO, BigDecimal.ZERO, 0);

  /** The sum over the containers, or what the greediest init container asks for if that is more. */
  static Requests of(Pod pod) {
    return new Requests(amount(pod, "cpu"), amount(pod, "memory"), 1);
  }

  static Requests of(Map<String, Quantity> allocatable) {
    return new Requests(
        value(allocatable.get("cpu")),
        value(allocatable.get("memory")),
        value(allocatable.get("pods")).intValue());
  }

  static Requests sum(Collection<Pod> pods) {
    return pods.stream().map(Requests::of).reduce(NONE, Requests::plus);
  }

  Requests plus(Requests other) {
    return new Requests(cpu.add(other.cpu), memory.add(other.memory), pods + other.pods);
  }

  private static BigDecimal amount(Pod pod, String resource) {
    BigDecimal sum =
        pod.getSpec().getContainers().stream()
            .map(container -> amount(container, resource))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    return pod.getSpec().getInitContainers().stream()
        .map(container -> amount(container, resource))
        .reduce(sum, BigDecimal::max);
  }

  /** What has a limit only requests as much. */
  private static BigDecimal amount(Container container, String resource) {
    if (container.getResources() == null) {
      return BigDecimal.ZERO;
    }
    Quantity request = get(container.getResources().getRequests(), resource);
    return value(request != null ? request : get(container.getResources().getLimits(), resource));
  }

  private static @Nullable Quantity get(@Nullable Map<String, Quantity> all, String resource) {
    return Objects.requireNonNullElse(all, Map.<String, Quantity>of()).get(resource);
  }

  private static BigDecimal value(@Nullable Quantity quantity) {
    return quantity == null ? BigDecimal.ZERO : quantity.getNumericalAmount();
  }
}
