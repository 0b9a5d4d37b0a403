package dev.flamepool.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.ClusterUnavailableException;
import dev.flamepool.Flame;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What connect() says at once where nothing leads to a cluster. */
@Timeout(60)
class ClusterUnavailableTest {
  private static final String GOOD =
      """
      apiVersion: v1
      kind: Config
      clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
      contexts: [{name: x, context: {cluster: c, user: u}}, {name: y, context: {cluster: c}}]
      users: [{name: u, user: {token: secret}}]
      current-context: x
      """;

  /** What the page and the messages have in common. */
  private static final List<String> KNOWN =
      List.of(
          "is no kubeconfig",
          "has no current-context",
          "There is no context",
          "which is not in it",
          "which is no URL",
          "The credentials for");

  @TempDir Path folder;

  private Path file(String text) throws Exception {
    return Files.writeString(folder.resolve("kubeconfig"), text);
  }

  @Test
  void whatLeadsToAServerIsTakenWhetherTheServerIsThereOrNot() throws Exception {
    Flame.builder().kubeconfig(file(GOOD)).connect().close();
    Flame.builder().kubeconfig(file(GOOD)).context("y").connect().close();
    Flame.builder().kubeconfig(file(GOOD.replace("https://", ""))).connect().close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          current-context: x | |           has no current-context. It has: x, y. Write kubectl config use-context
          current-context: x | current-context: '' | has no current-context
          current-context: x | current-context: z  | no context 'z'
          cluster: c, user   | cluster: d, user    | Context 'x' of the kubeconfig
          cluster: c, user   | cluster: d, user    | kubectl config set-cluster d --server=
          user: u}           | user: v}            | kubectl config set-credentials v
          server: "https://127.0.0.1:1" | |         Cluster 'c'
          https://127.0.0.1:1 | no server          | has server: no server
          https://127.0.0.1:1 | https://           | kubectl config set-cluster c
          server:            | certificate-authority: missing.pem, server: | there is no file
          token: secret      | client-certificate: kubeconfig, client-key: kubeconfig | client-certificate
          [{name: u          | [[{name: u          | is no kubeconfig: kubectl --kubeconfig
          apiVersion: v1     | apiVersion: [v1     | is no kubeconfig: kubectl --kubeconfig
          """)
  void whatTimeDoesNotMendIsSaidAtOnceWithTheLineToWrite(
      String before, String after, String expected) throws Exception {
    Path kubeconfig = file(GOOD.replace(before, after == null ? "" : after));
    assertThatThrownBy(() -> Flame.builder().kubeconfig(kubeconfig).connect())
        .isInstanceOf(ClusterUnavailableException.class)
        .hasMessageContaining(expected)
        .hasMessageNotContaining("secret");
  }

  @Test
  void aFileThatIsNoneIsNamed() throws Exception {
    for (Path none : List.of(folder.resolve("nowhere"), folder)) {
      assertThatThrownBy(() -> Flame.builder().kubeconfig(none).connect())
          .isInstanceOf(ClusterUnavailableException.class)
          .hasMessageContaining("The kubeconfig " + none + " cannot be read");
    }
    for (String empty : List.of("", "word", "- list")) {
      assertThatThrownBy(() -> Flame.builder().kubeconfig(file(empty)).connect())
          .isInstanceOf(ClusterUnavailableException.class)
          .hasMessageContaining(folder.resolve("kubeconfig").toString());
    }
    assertThatThrownBy(() -> Flame.builder().kubeconfig(file(GOOD)).context("other").connect())
        .isInstanceOf(ClusterUnavailableException.class)
        .hasMessageContaining("no context 'other'");
  }

  @Test
  void thePageHasTheseMessages() throws Exception {
    String page = Files.readString(Path.of("../docs/troubleshooting.md"));
    for (String broken :
        List.of(
            GOOD.replace("current-context: x", ""),
            GOOD.replace("current-context: x", "current-context: z"),
            GOOD.replace("cluster: c, user", "cluster: d, user"),
            GOOD.replace("user: u}", "user: v}"),
            GOOD.replace("https://127.0.0.1:1", "no server"),
            GOOD.replace("server:", "certificate-authority: missing.pem, server:"),
            "[")) {
      assertThatThrownBy(() -> Flame.builder().kubeconfig(file(broken)).connect())
          .satisfies(
              failure ->
                  assertThat(KNOWN)
                      .filteredOn(words -> failure.getMessage().contains(words))
                      .isNotEmpty());
    }
    assertThat(page).contains(KNOWN);
  }

  public static void main(String[] args) {
    try {
      Flame.connect().close();
      System.out.println("connected");
    } catch (ClusterUnavailableException e) {
      System.out.println(e.getMessage());
    }
  }

  private String connected(Map<String, String> environment) throws Exception {
    ProcessBuilder java =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            ClusterUnavailableTest.class.getName());
    java.environment().keySet().removeIf(name -> name.startsWith("KUBE"));
    java.environment().put("HOME", folder.toString());
    java.environment().putAll(environment);
    Process process = java.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  @Test
  void withoutKubeconfigAndPodItSaysWhereItLooked() throws Exception {
    assertThat(connected(Map.of()))
        .contains(
            "There is no way to a cluster",
            "KUBECONFIG is not set",
            folder.resolve(".kube/config").toString(),
            "Flame.builder().kubeconfig(Path.of(\"...\")).connect()",
            "Flame.inProcess()");
    Path missing = folder.resolve("missing");
    assertThat(connected(Map.of("KUBECONFIG", missing.toString())))
        .contains("KUBECONFIG names " + missing + ", but there is no such file");
  }

  @Test
  void inAPodOrWithAServerOfItsOwnNoKubeconfigIsNeeded() throws Exception {
    assertThat(
            connected(
                Map.of("KUBERNETES_SERVICE_HOST", "127.0.0.1", "KUBERNETES_SERVICE_PORT", "1")))
        .contains("connected");
    assertThat(connected(Map.of("KUBERNETES_MASTER", "https://127.0.0.1:1"))).contains("connected");
  }
}
