package dev.flamepool.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The plain manifests are the chart's, rendered; what only Helm understands is left out. */
class RenderedManifestsTest {
  private static final Path MANIFESTS = Path.of("../manifests");
  private static final String VALUES =
      "{endPools: {enabled: false}, networkPolicy: {enabled: true}, metrics: {serviceMonitor:"
          + " {enabled: true}, prometheusRule: {enabled: true}, dashboard: {enabled: true}}}";

  /** Which templates make a file, in this order. */
  private static final Map<String, List<String>> FILES =
      Map.of(
          "operator/rbac.yaml", List.of("serviceaccount", "rbac"),
          "operator/roles.yaml", List.of("aggregated-roles"),
          "operator/caller-policy.yaml", List.of("caller-policy"),
          "operator/deployment.yaml", List.of("deployment", "poddisruptionbudget", "service"),
          "network-policy/networkpolicy.yaml", List.of("networkpolicy"),
          "monitoring/servicemonitor.yaml", List.of("servicemonitor"),
          "monitoring/prometheusrule.yaml", List.of("prometheusrule"),
          "monitoring/dashboard.yaml", List.of("dashboard"));

  @Test
  void committedManifestsAreTheRenderedOnes() throws IOException {
    String rendered = OperatorChart.rendered(VALUES).text();
    for (Map.Entry<String, List<String>> file : FILES.entrySet()) {
      Path committed = MANIFESTS.resolve(file.getKey());
      String wanted =
          file.getValue().stream()
              .map(template -> documents(rendered, template))
              .collect(Collectors.joining("---\n"));
      if (Boolean.getBoolean("manifests.write")) {
        Files.createDirectories(committed.getParent());
        Files.writeString(committed, wanted);
      }
      assertThat(committed)
          .as(
              "write it anew: mvn -pl helm -am test -Dtest=RenderedManifestsTest"
                  + " -Dsurefire.failIfNoSpecifiedTests=false -Dmanifests.write")
          .exists()
          .content()
          .isEqualTo(wanted);
    }
  }

  @Test
  void everyTemplateIsInAFile() {
    List<String> used = FILES.values().stream().flatMap(List::stream).toList();
    assertThat(
            Arrays.stream(OperatorChart.rendered(VALUES).text().split("\n"))
                .filter(line -> line.startsWith("# Source: "))
                .map(line -> line.replaceAll(".*/|\\.yaml$", ""))
                .distinct())
        .containsExactlyInAnyOrderElementsOf(used);
  }

  private static String documents(String rendered, String template) {
    String source = "# Source: flamepool-operator/templates/" + template + ".yaml\n";
    return Arrays.stream(rendered.split("(?m)^---\n"))
        .filter(document -> document.startsWith(source))
        .map(document -> document.substring(source.length()))
        .map(
            document ->
                document
                    .lines()
                    .filter(line -> !line.contains("helm.sh/chart:"))
                    .filter(line -> !line.contains("app.kubernetes.io/managed-by: Helm"))
                    .collect(Collectors.joining("\n", "", "\n")))
        .collect(Collectors.joining("---\n"));
  }
}
