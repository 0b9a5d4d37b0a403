package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * What only a real control plane can prove: permissions, and a namespace that goes away under live
 * pools.
 */
@EnabledIfSystemProperty(named = ClusterUnderTest.REAL, matches = ".+")
class RealClusterTest extends Scenario {
  /** Whoever changes the kinds, and whoever relies on what they refuse. */
  static final String SCHEMA = "schema";

  private static final String COUNT = "count/flamerunners.flamepool.dev";

  private @Nullable Path shipped;

  @Override
  Path operatorKubeconfig() {
    return shipped == null ? super.operatorKubeconfig() : shipped;
  }

  @Test
  void theManifestsGiveTheOperatorEnough() throws Exception {
    applyTheManifests();
    startOperatorProcess("--operator-namespace", "flamepool-system");
    applyPool("work", local("min: 1, max: 2, idleShutdownAfter: 2s"));
    await("the warm runner", () -> ready("work") == 1);
    JavaProcess app = startApp("app", "work");
    app.say("call a 10");
    assertThat(outcome(app, "a")).startsWith("done");
    assertThat(Files.readString(folder.resolve("operator.log"))).doesNotContain("orbidden");
  }

  @Test
  void aMalformedDurationIsAnsweredWithTheRemedy() {
    assertThatThrownBy(() -> applyPool("bad", "{idleShutdownAfter: '30 s'}"))
        .hasMessageContaining("spec.idleShutdownAfter")
        .hasMessageContaining("for example 30s");
  }

  /** The server takes the finalizer off although it would not take such an object any more. */
  @Test
  @ResourceLock(SCHEMA)
  void whatAnEarlierSchemaLetInCanBeDeleted() {
    String bad =
        "{backends: [{name: a, fly: {app: thumbs, image: i, tokenSecretRef: {name: ../../b/secrets/v,"
            + " key: k}}}]}";
    cluster.withoutPatterns(
        () ->
            Awaitility.await("the earlier schema")
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .untilAsserted(() -> applyPool("work", bad)));
    Awaitility.await("the schema of now")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> applyPool("other", bad))
                    .hasMessageContaining("tokenSecretRef.name"));
    startOperator("--operator-namespace", "default", "--lease-name", namespace);
    await("the reason", () -> ready().contains("InvalidSpec"));
    assertThat(ready()).contains("spec.backends[a].fly.tokenSecretRef.name: '../../b/secrets/v'");
    client.namespaces().withName(namespace).delete();
    await("the namespace to be gone", () -> client.namespaces().withName(namespace).get() == null);
  }

  private String ready() {
    return status("work")
        .map(status -> status.conditions().get(0))
        .map(condition -> condition.getReason() + ": " + condition.getMessage())
        .orElse("");
  }

  @Test
  void aNamespaceDeletedUnderALivePoolLeavesNothing() {
    startOperator("--operator-namespace", "default", "--lease-name", namespace);
    applyPool("work", local("min: 2, max: 2"));
    await("two runners", () -> ready("work") == 2);

    client.namespaces().withName(namespace).delete();

    await("no process", () -> runnerProcesses().isEmpty());
    await("the namespace to be gone", () -> client.namespaces().withName(namespace).get() == null);
  }

  @Test
  void aResourceQuotaOnRunnersIsACondition() {
    ResourceQuota few =
        new ResourceQuotaBuilder()
            .withNewMetadata()
            .withName("few")
            .withNamespace(namespace)
            .endMetadata()
            .withNewSpec()
            .addToHard(COUNT, Quantity.parse("1"))
            .endSpec()
            .build();
    client.resource(few).create();
    // The controller looks for new kinds twice a minute, but not again at quotas it has seen.
    Awaitility.await("the quota to be in force")
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofSeconds(2))
        .until(
            () -> {
              if (client.resource(few).get().getStatus().getUsed().containsKey(COUNT)) {
                return true;
              }
              client.resource(few).delete();
              client.resource(few).create();
              return false;
            });
    startOperator("--operator-namespace", "default", "--lease-name", namespace);
    applyPool("work", local("min: 2, max: 2"));
    await("one runner, and the reason why", () -> ready("work") == 1 && capacity().contains("few"));
    assertThat(capacity()).startsWith("QuotaExceeded").contains("exceeded quota");
    client.resource(few).delete();
    await("two runners", () -> ready("work") == 2);
  }

  private String capacity() {
    return status("work").orElseThrow().conditions().stream()
        .filter(condition -> condition.getType().equals("CapacityAvailable"))
        .map(condition -> condition.getReason() + ": " + condition.getMessage())
        .findFirst()
        .orElse("");
  }

  /** The plain manifests, applied as a person would. */
  private void applyTheManifests() throws Exception {
    assertThat(Kubectl.isPresent()).as("kubectl is on the PATH").isTrue();
    new Kubectl(cluster.kubeconfig(), "flamepool-system")
        .run("apply", "--server-side", "--force-conflicts", "-k", "../manifests/operator");
    shipped = Account.of(cluster, "flamepool-system", "flamepool-operator", folder).kubeconfig();
  }
}
