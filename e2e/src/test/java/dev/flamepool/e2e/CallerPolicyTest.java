package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlameCallerSpec;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** What a process that may call pool {@code a} only may say, by the plain manifests' policy. */
@EnabledIfSystemProperty(named = ClusterUnderTest.REAL, matches = ".+")
class CallerPolicyTest {
  private static final String POLICY = "../manifests/operator/caller-policy.yaml";

  private final ClusterUnderTest cluster = ClusterUnderTest.shared();
  private final KubernetesClient admin = cluster.client();
  private final String namespace = "callers-" + Long.toHexString(System.nanoTime());

  @TempDir Path folder;

  @BeforeEach
  void somebodyMayCallOnePool() throws Exception {
    admin
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
    admin
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName("app")
                .withNamespace(namespace)
                .endMetadata()
                .build())
        .create();
    admin.resource(role()).create();
    admin
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withName("app")
                .withNamespace(namespace)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "Role", "a-caller")
                .addNewSubject("", "ServiceAccount", "app", namespace)
                .build())
        .create();
    assertThat(Kubectl.isPresent()).as("kubectl is on the PATH").isTrue();
    new Kubectl(cluster.kubeconfig(), "default")
        .run("apply", "--server-side", "--force-conflicts", "-f", POLICY);
  }

  @Test
  void itSpeaksOfThatPoolOnlyAndHoldsNothing() throws Exception {
    admin.resource(caller("b", "b-other")).create();
    try (KubernetesClient app = Account.of(cluster, namespace, "app", folder).client()) {
      // A policy is in force some time after it is written.
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(200))
          .untilAsserted(
              () -> forbidden("may not get flamepool b", () -> dryRun(app, caller("b", "b-x"))));
      forbidden("may not get flamepool b", () -> app.resource(caller("b", "b-1")).create());
      forbidden("finalizers", () -> app.resource(caller("a", "a-0", "x.io/stay")).create());
      app.resource(caller("a", "a-1")).create();
      patch(app, "a-1", "{\"spec\":{\"queued\":5}}");
      forbidden(
          "finalizers", () -> patch(app, "a-1", "{\"metadata\":{\"finalizers\":[\"x.io/y\"]}}"));
      assertThatThrownBy(() -> patch(app, "a-1", "{\"spec\":{\"pool\":\"b\"}}"))
          .hasMessageContaining("pool is for good");
      forbidden(
          "may not get flamepool b", () -> patch(app, "b-other", "{\"spec\":{\"queued\":9}}"));
      forbidden("may not get flamepool b", () -> app.resource(caller("b", "b-other")).delete());
      app.resource(caller("a", "a-1")).delete();
    }
    admin.namespaces().withName(namespace).delete();
    Awaitility.await("nothing holds the namespace")
        .atMost(Duration.ofSeconds(60))
        .until(() -> admin.namespaces().withName(namespace).get() == null);
  }

  private static void dryRun(KubernetesClient someone, FlameCaller caller) {
    someone.resource(caller).dryRun().create();
  }

  private static void forbidden(String why, ThrowingCallable step) {
    assertThatThrownBy(step)
        .hasMessageContaining(why)
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403));
  }

  private void patch(KubernetesClient someone, String name, String patch) {
    someone
        .resources(FlameCaller.class)
        .inNamespace(namespace)
        .withName(name)
        .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  private FlameCaller caller(String pool, String name, String... finalizers) {
    FlameCaller caller = new FlameCaller();
    caller.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withNamespace(namespace)
            .withFinalizers(finalizers)
            .build());
    caller.setSpec(new FlameCallerSpec(pool, 0, 1, 0, "v", 1, "now"));
    return caller;
  }

  /** As the operator makes it beside pool {@code a}; and get, which this client asks for first. */
  private Role role() {
    return new RoleBuilder()
        .withNewMetadata()
        .withName("a-caller")
        .withNamespace(namespace)
        .endMetadata()
        .addToRules(
            new PolicyRuleBuilder()
                .withApiGroups("flamepool.dev")
                .withResources("flamepools")
                .withResourceNames("a")
                .withVerbs("get", "list", "watch")
                .build(),
            new PolicyRuleBuilder()
                .withApiGroups("flamepool.dev")
                .withResources("flamecallers")
                .withVerbs("create", "patch", "delete", "get")
                .build())
        .build();
  }
}
