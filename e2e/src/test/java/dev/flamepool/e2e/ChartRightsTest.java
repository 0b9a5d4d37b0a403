package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Operator, application, viewer and editor can do all that they must, and not one step more. Alone,
 * because this operator serves all namespaces.
 */
@Isolated
@EnabledIfSystemProperty(named = ClusterUnderTest.REAL, matches = ".+")
class ChartRightsTest extends ChartScenario {
  @Test
  void everyPartyIsRefusedOneStepMore() throws Exception {
    install("watchNamespaces: []");
    applyPool("work", pods("max: 1, bootTimeout: 3m, idleShutdownAfter: 5s"));
    await("the pool to be served", () -> ready("work") == 0);
    caller = account("app", "Role", "work-caller");
    JavaProcess app = startApp("app", "work");
    app.say("call a 10");
    assertThat(outcome(app, "a")).startsWith("done");
    await("zero again", () -> ready("work") == 0 && runners().isEmpty());
    assertNotForbidden();
    client
        .resource(
            new SecretBuilder()
                .withMetadata(
                    new ObjectMetaBuilder().withName("db").withNamespace(namespace).build())
                .build())
        .create();

    KubernetesClient operators =
        remember(Account.of(cluster, system, namespace + "-flamepool-operator", folder).client());
    refused(() -> operators.secrets().inNamespace(namespace).list());
    refused(() -> operators.secrets().inAnyNamespace().list());
    refused(() -> operators.configMaps().inNamespace(namespace).list());
    refused(() -> operators.services().inNamespace(namespace).withName("any").get());
    refused(() -> operators.serviceAccounts().inNamespace(namespace).list());
    refused(() -> operators.resource(pool("work")).delete());
    refused(() -> operators.namespaces().withName("default").get());
    refused(() -> operators.leases().inNamespace(system).withName("another").get());
    refused(
        () ->
            operators
                .resource(
                    new RoleBuilder()
                        .withNewMetadata()
                        .withName("more")
                        .withNamespace(namespace)
                        .endMetadata()
                        .addNewRule()
                        .withApiGroups("")
                        .withResources("configmaps")
                        .withVerbs("get")
                        .endRule()
                        .build())
                .create());

    KubernetesClient apps = remember(caller.client());
    refused(() -> apps.secrets().inNamespace(namespace).withName("db").get());
    refused(() -> apps.secrets().inNamespace(namespace).list());
    refused(() -> runners(apps).list());
    refused(() -> apps.resource(aPod()).create());
    refused(() -> apps.resources(FlamePool.class).inNamespace(namespace).list());
    refused(() -> suspend(apps));
    refused(() -> apps.resources(FlameCaller.class).inNamespace(namespace).list());

    KubernetesClient viewers = remember(account("viewer", "ClusterRole", "view").client());
    await("the kinds to be part of view", () -> canList(viewers));
    runners(viewers).list();
    viewers.resources(FlameBackend.class).inNamespace(namespace).list();
    viewers.resources(FlameCaller.class).inNamespace(namespace).list();
    refused(() -> viewers.resource(pool("work")).delete());
    refused(() -> viewers.secrets().inNamespace(namespace).withName("work-client").get());
    refused(() -> viewers.resources(FlamePool.class).inNamespace("default").list());

    KubernetesClient editors = remember(account("editor", "ClusterRole", "edit").client());
    await("the kinds to be part of edit", () -> canList(editors));
    editors.resources(FlamePool.class).inNamespace(namespace).withName("work").scale(0);
    refused(() -> runners(editors).withName("work-0").delete());
    editors.resource(pool("work")).delete();
    await("the pool to be gone", () -> pool("work") == null);
    await(
        "its Role to be collected",
        () -> client.rbac().roles().inNamespace(namespace).withName("work-caller").get() == null);
    app.close();
    helm.run("uninstall", namespace, "--no-hooks");
    awaitNoOperator();
  }

  private Pod aPod() {
    return new PodBuilder()
        .withNewMetadata()
        .withName("p")
        .withNamespace(namespace)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("c")
        .withImage("i")
        .endContainer()
        .endSpec()
        .build();
  }

  private void suspend(KubernetesClient someone) {
    someone
        .resources(FlamePool.class)
        .inNamespace(namespace)
        .withName("work")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"suspend\":true}}");
  }

  private NonNamespaceOperation<
          FlameRunner, KubernetesResourceList<FlameRunner>, Resource<FlameRunner>>
      runners(KubernetesClient someone) {
    return someone.resources(FlameRunner.class).inNamespace(namespace);
  }

  private boolean canList(KubernetesClient someone) {
    try {
      return someone.resources(FlamePool.class).inNamespace(namespace).list() != null;
    } catch (KubernetesClientException notYet) {
      return false;
    }
  }

  private static void refused(ThrowingCallable step) {
    assertThatThrownBy(step)
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403));
  }
}
