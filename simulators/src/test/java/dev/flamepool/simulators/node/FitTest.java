package dev.flamepool.simulators.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether a Pod fits on a node. */
class FitTest {
  private static final String NODE =
      """
      ---
      {apiVersion: v1, kind: Node, metadata: {name: n, labels: {zone: a, cores: '4'}},
       spec: {taints: [%s]}, status: {allocatable: {cpu: '2', memory: 1Gi, pods: '10'}}}
      """;

  @Test
  void labelsAreSelected() {
    assertThat(refusals("nodeSelector: {zone: a}", "")).isEmpty();
    assertThat(refusals("nodeSelector: {zone: b}", ""))
        .containsExactly("node(s) didn't match Pod's node affinity/selector");
    assertThat(refusals(affinity("{key: zone, operator: In, values: [a, b]}"), "")).isEmpty();
    assertThat(refusals(affinity("{key: cores, operator: Gt, values: ['3']}"), "")).isEmpty();
    assertThat(refusals(affinity("{key: zone, operator: DoesNotExist}"), "")).isNotEmpty();
    assertThat(refusals(affinity("{key: zone, operator: NotIn, values: [a]}"), "")).isNotEmpty();
  }

  private static String affinity(String expression) {
    return ("affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
            + " {nodeSelectorTerms: [{matchExpressions: [%s]}]}}}")
        .formatted(expression);
  }

  @Test
  void taintsAreTolerated() {
    String taint = "{key: gpu, value: 'yes', effect: NoSchedule}";
    assertThat(refusals("", taint)).containsExactly("node(s) had untolerated taint {gpu: yes}");
    assertThat(refusals("tolerations: [{key: gpu, value: 'no'}]", taint)).isNotEmpty();
    assertThat(refusals("tolerations: [{key: gpu, value: 'yes'}]", taint)).isEmpty();
    assertThat(refusals("tolerations: [{operator: Exists}]", taint)).isEmpty();
    assertThat(refusals("tolerations: [{key: gpu, operator: Exists, effect: NoExecute}]", taint))
        .isNotEmpty();
    assertThat(refusals("", "{key: gpu, effect: PreferNoSchedule}")).isEmpty();
  }

  @Test
  void theGreediestOfInitContainersAndTheSumOfTheOthersMustFit() {
    String half = "{name: x, resources: {requests: {cpu: '1', memory: 512Mi}}}";
    assertThat(refusals("containers: [%s, %s]".formatted(half, half), "")).isEmpty();
    assertThat(refusals("containers: [%s, %s, %s]".formatted(half, half, half), ""))
        .containsExactly("Insufficient cpu", "Insufficient memory");
    String init = "initContainers: [{name: i, resources: {limits: {cpu: 2500m}}}]";
    assertThat(refusals("containers: [%s], %s".formatted(half, init), ""))
        .containsExactly("Insufficient cpu");
  }

  private static List<String> refusals(String spec, String taints) {
    Pod pod =
        Serialization.unmarshal(
            "---\n{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {%s}}".formatted(spec),
            Pod.class);
    Node node = Serialization.unmarshal(NODE.formatted(taints), Node.class);
    return Fit.refusals(pod, node, Requests.NONE);
  }
}
