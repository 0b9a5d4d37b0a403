package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePool;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * All that somebody does with FlamePool in a cluster, with helm and kubectl only: operator,
 * application, runners and the hook are Pods with the accounts that the manifests give them.
 */
@EnabledIfSystemProperty(named = ClusterUnderTest.REAL, matches = ".+")
class WholeStoryTest extends ChartScenario {
  private static final String APPLICATION = Path.of("src/test/resources/orders.yaml").toString();

  @Test
  void fromInstallToUninstall() throws Exception {
    install("watchNamespaces: [" + namespace + "]");
    Kubectl kubectl = new Kubectl(cluster.kubeconfig(), namespace);
    kubectl.run(
        "create",
        "rolebinding",
        "orders-calls-orders",
        "--role=orders-caller",
        "--serviceaccount=" + namespace + ":orders");
    kubectl.run("apply", "-f", APPLICATION);
    kubectl.run("wait", "flamepool/orders", "--for=condition=Ready", "--timeout=60s");
    kubectl.run("rollout", "status", "deployment/orders", "--timeout=60s");
    assertThat(runnerPods()).as("before the first call").isEmpty();

    assertThat(total(7)).isEqualTo("total 700 on orders-0 with 2 connections");
    assertThat(runnerPods())
        .singleElement()
        .satisfies(
            pod -> {
              assertThat(pod.getSpec().getServiceAccountName()).isEqualTo("orders");
              assertThat(pod.getSpec().getContainers().get(0).getImage()).isEqualTo("orders:v1");
              assertThat(pod.getMetadata().getLabels()).doesNotContainKey("app");
            });
    awaitZero();

    upgrade();
    assertThat(total(8)).startsWith("total 800 on orders-0");
    awaitZero();

    kubectl.run("scale", "flamepool/orders", "--replicas=1");
    kubectl.run("wait", "flamepool/orders", "--for=jsonpath={.status.ready}=1", "--timeout=60s");
    assertNotForbidden();
    helm.run("uninstall", namespace);
    assertThat(client.resources(FlamePool.class).inNamespace(namespace).list().getItems())
        .isEmpty();
    assertThat(runnerPods()).isEmpty();
    assertThat(get(9).statusCode()).as("the application lives on").isEqualTo(503);
    awaitNoOperator();
    kubectl.run("delete", "-f", APPLICATION, "--ignore-not-found", "--timeout=60s");
    await("no Pod", () -> node.count() == 0);
    await("no process", () -> node.processes().isEmpty());
  }

  private void awaitZero() {
    await("zero again", () -> runnerPods().isEmpty() && runners().isEmpty());
    assertThat(runnerProcesses()).isEmpty();
  }

  private List<Pod> runnerPods() {
    return client.pods().inNamespace(namespace).withLabel("flamepool.dev/pool").list().getItems();
  }

  private String total(int customer) throws IOException, InterruptedException {
    HttpResponse<String> answer = get(customer);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  /** Asks the application's Pod. */
  private HttpResponse<String> get(int customer) throws IOException, InterruptedException {
    String ip =
        client
            .pods()
            .inNamespace(namespace)
            .withLabel("app", "orders")
            .list()
            .getItems()
            .get(0)
            .getStatus()
            .getPodIP();
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://" + ip + ":8080/total?" + customer))
                .timeout(Duration.ofSeconds(90))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
