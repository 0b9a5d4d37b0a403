package dev.flamepool.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import dev.flamepool.operator.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the operator's chart installs, by its values. */
class OperatorChartTest {
  private static final Path ALL = Path.of("src/test/resources/all-values.yaml");
  private static final Path NAMESPACED = OperatorChart.FOLDER.resolve("examples/namespaced.yaml");

  static List<Path> valuesFiles() throws IOException {
    List<Path> files = new ArrayList<>(List.of(OperatorChart.FOLDER.resolve("values.yaml"), ALL));
    try (Stream<Path> examples = Files.list(OperatorChart.FOLDER.resolve("examples"))) {
      examples.sorted().forEach(files::add);
    }
    return files;
  }

  @Test
  void lintFindsNothing() {
    assertThat(new Helm(OperatorChart.FOLDER).lint().strict().call().isFailed()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("valuesFiles")
  void everyObjectIsOneThatKubernetesKnowsFieldByField(Path values) {
    OperatorChart chart = OperatorChart.rendered(values);
    assertThat(chart.documents()).isNotEmpty().allSatisfy(KubernetesKinds::check);
    assertThat(chart.documents().stream().map(OperatorChartTest::identity)).doesNotHaveDuplicates();
  }

  @Test
  void aMisspeltFieldWouldBeFound() {
    ObjectNode service = (ObjectNode) OperatorChart.rendered("{}").one("Service");
    ((ObjectNode) service.get("spec")).put("clusterIp", "None");
    assertThatThrownBy(() -> KubernetesKinds.check(service)).hasMessageContaining("clusterIp");
  }

  @ParameterizedTest
  @MethodSource("valuesFiles")
  void theOperatorUnderstandsItsArguments(Path values) {
    OperatorChart chart = OperatorChart.rendered(values);
    new CommandLine(new Main()).parseArgs(chart.operatorArguments().toArray(String[]::new));
    if (!chart.of("Job").isEmpty()) {
      var parsed =
          new CommandLine(new Main()).parseArgs(chart.endPoolsArguments().toArray(String[]::new));
      assertThat(parsed.subcommand().commandSpec().name()).isEqualTo("end-all-pools");
    }
  }

  @Test
  void everyOptionOfTheOperatorIsAValue() {
    Set<String> given = new TreeSet<>();
    Stream.of(
            OperatorChart.rendered(ALL),
            OperatorChart.rendered(
                "{replicas: 1, leaderElection: {enabled: false}, orphans: report, pods: {enabled:"
                    + " false}}"))
        .flatMap(chart -> chart.operatorArguments().stream())
        .map(argument -> argument.replaceAll("=.*", ""))
        .forEach(given::add);
    Set<String> options =
        new CommandLine(new Main())
            .getCommandSpec().options().stream()
                .map(option -> List.of(option.names()))
                .filter(names -> names.stream().noneMatch(given::contains))
                .map(names -> names.get(names.size() - 1))
                .collect(Collectors.toSet());
    // In a Pod the cluster is the one that it runs in.
    assertThat(options).isSubsetOf("--help", "--version", "--kubeconfig");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Deployment", "Job"})
  void itsPodsAreRestricted(String kind) {
    JsonNode pod = OperatorChart.rendered("{}").one(kind).at("/spec/template/spec");
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
    JsonNode container = pod.at("/containers/0/securityContext");
    assertThat(container.path("readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(container.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(container.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
  }

  @Test
  void listedNamespacesAndAnInstallationIdNeedNoRightInTheCluster() {
    OperatorChart chart = OperatorChart.rendered(NAMESPACED);
    assertThat(chart.of("ClusterRole")).isEmpty();
    assertThat(chart.of("ClusterRoleBinding")).isEmpty();
    assertThat(chart.of("Role").stream().map(r -> r.at("/metadata/namespace").asText()))
        .contains("shop", "flamepool-system");
    assertThat(chart.operatorArguments()).contains("--namespaces=shop");
    assertThat(chart.endPoolsArguments()).contains("--namespaces=shop");
  }

  @Test
  void aRoleInANamespaceGrantsWhatTheClusterRoleDoes() {
    JsonNode role =
        OperatorChart.rendered(NAMESPACED).of("Role").stream()
            .filter(r -> identity(r).equals("Role shop/flamepool-operator"))
            .findFirst()
            .orElseThrow();
    String granted = role.get("rules").toString();
    String wide =
        OperatorChart.rendered("{installationId: x}").of("ClusterRole").stream()
            .filter(r -> r.at("/metadata/name").asText().equals("flamepool-operator"))
            .findFirst()
            .orElseThrow()
            .get("rules")
            .toString();
    assertThat(granted).isEqualTo(wide);
  }

  @Test
  void whereRunnersAreNoPodsNoRightOnThemIsGranted() {
    String with = OperatorChart.rendered("{}").of("ClusterRole").toString();
    OperatorChart without = OperatorChart.rendered("{pods: {enabled: false}}");
    for (String resource : List.of("pods", "pods/log", "deployments", "services")) {
      assertThat(with).contains('"' + resource + '"');
      assertThat(without.of("ClusterRole").toString()).doesNotContain('"' + resource + '"');
    }
    assertThat(without.operatorArguments()).contains("--no-pods");
  }

  /** Whoever may annotate a runner may have its machine forgotten while it runs. */
  @Test
  void nobodyButTheOperatorMayWriteRunners() {
    for (JsonNode role : OperatorChart.rendered("{}").of("ClusterRole")) {
      if (!role.at("/metadata/name").asText().equals("flamepool-operator")) {
        for (JsonNode rule : role.get("rules")) {
          if (OperatorChart.texts(rule.get("resources")).contains("flamerunners")) {
            assertThat(OperatorChart.texts(rule.get("verbs"))).isSubsetOf("get", "list", "watch");
          }
        }
      }
    }
  }

  @Test
  void theCallerPolicyIsForTheNamespacesThatAreServed() {
    String namespaces = "/spec/matchResources/namespaceSelector/matchExpressions/0/values";
    JsonNode wide = OperatorChart.rendered("{}").one("ValidatingAdmissionPolicyBinding");
    assertThat(wide.at("/spec/validationActions/0").asText()).isEqualTo("Deny");
    assertThat(wide.at("/spec/matchResources").isMissingNode()).isTrue();
    JsonNode some =
        OperatorChart.rendered("{watchNamespaces: [shop, mail]}")
            .one("ValidatingAdmissionPolicyBinding");
    assertThat(OperatorChart.texts(some.at(namespaces))).containsExactly("shop", "mail");
    assertThat(OperatorChart.rendered(NAMESPACED).of("ValidatingAdmissionPolicy")).isEmpty();
  }

  @Test
  void nothingIsGrantedByWildcard() {
    for (String kind : List.of("Role", "ClusterRole")) {
      assertThat(OperatorChart.rendered("{}").of(kind).toString()).doesNotContain("\"*\"");
    }
  }

  @Test
  void whatIsSwitchedOffIsNotThere() {
    OperatorChart chart =
        OperatorChart.rendered(
            "{serviceAccount: {create: false, name: given}, rbac: {create: false, aggregate:"
                + " false}, callerPolicy: {enabled: false}, endPools: {enabled: false}, podDisruptionBudget: {enabled: false},"
                + " metrics: {service: {enabled: false}}}");
    assertThat(chart.documents().stream().map(d -> d.path("kind").asText()))
        .containsExactly("Deployment");
    assertThat(chart.pod().path("serviceAccountName").asText()).isEqualTo("given");
  }

  @Test
  void onlyTheHooksObjectsAreHooks() {
    OperatorChart chart = OperatorChart.rendered("{}");
    for (JsonNode document : chart.documents()) {
      boolean hook = document.at("/metadata/annotations").toString().contains("pre-delete");
      assertThat(hook)
          .as(identity(document))
          .isEqualTo(document.at("/metadata/name").asText().endsWith("-end-pools"));
    }
  }

  @Test
  void aDigestOutranksTheTag() {
    String digest = "sha256:" + "0".repeat(64);
    assertThat(
            OperatorChart.rendered(
                    "{image: {repository: r.example/op, tag: x, digest: '" + digest + "'}}")
                .pod()
                .at("/containers/0/image")
                .asText())
        .isEqualTo("r.example/op@" + digest);
  }

  private static String identity(JsonNode object) {
    return object.path("kind").asText()
        + " "
        + object.at("/metadata/namespace").asText()
        + "/"
        + object.at("/metadata/name").asText();
  }
}
