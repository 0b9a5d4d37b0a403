package dev.flamepool.operator.backend.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.PodBackend;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.cluster.Json;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class AppCopyTest {
  private static final String FROM = "{runnerFrom: {deployment: shop}, container: app}";

  private static Pod pod(PodBackend resolved) throws BackendException {
    BackendEntry entry = new BackendEntry("cluster", null, null, null, resolved, null);
    return PodRequest.of(PodFixtures.attempt(entry, Map.of("MODE", "pool"), Set.of()));
  }

  private static String text(Consumer<Deployment> change) throws BackendException {
    Deployment app = PodFixtures.app();
    change.accept(app);
    return Json.text(AppCopy.of(PodFixtures.pod(FROM), app));
  }

  @Test
  void whatMakesItTheSameApplicationIsCopied() throws Exception {
    Pod pod = pod(AppCopy.of(PodFixtures.pod(FROM), PodFixtures.app()));
    assertThat(pod.getSpec().getContainers()).hasSize(1);
    Container app = pod.getSpec().getContainers().get(0);
    assertThat(app.getName()).isEqualTo("app");
    assertThat(app.getImage()).isEqualTo("shop:v1");
    assertThat(app.getCommand()).containsExactly("java", "-jar", "/app.jar");
    assertThat(app.getArgs()).containsExactly("--server");
    assertThat(app.getEnvFrom().get(0).getConfigMapRef().getName()).isEqualTo("shop-env");
    assertThat(app.getEnv())
        .filteredOn(one -> one.getName().equals("PASSWORD"))
        .extracting(one -> one.getValueFrom().getSecretKeyRef().getName())
        .containsExactly("db");
    assertThat(app.getEnv())
        .filteredOn(one -> one.getName().equals("MODE"))
        .extracting(EnvVar::getValue)
        .containsExactly("pool");
    assertThat(app.getResources().getRequests()).containsKeys("cpu", "memory");
    assertThat(app.getVolumeMounts()).extracting(one -> one.getMountPath()).contains("/etc/shop");
    assertThat(pod.getSpec().getVolumes())
        .as("those that it mounts")
        .extracting(one -> one.getName())
        .containsExactly("config", "flamepool-boot");
    assertThat(pod.getSpec().getServiceAccountName()).isEqualTo("shop");
    assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
    assertThat(pod.getSpec().getImagePullSecrets().get(0).getName()).isEqualTo("registry");
    assertThat(pod.getSpec().getNodeSelector()).containsEntry("disk", "ssd");
    assertThat(pod.getSpec().getTolerations()).hasSize(1);
    assertThat(pod.getSpec().getAffinity().getNodeAffinity()).isNotNull();
    assertThat(pod.getSpec().getShareProcessNamespace()).as("who reaps").isTrue();
  }

  /** What is kept in memory by the entry is found by the entry that a runner was stored with. */
  @Test
  void itIsTheSameOnceItWasStored() throws Exception {
    Deployment app = PodFixtures.app();
    app.getSpec()
        .getTemplate()
        .getSpec()
        .setSecurityContext(
            PodFixtures.yaml("{runAsUser: 65532, fsGroup: 7}", PodSecurityContext.class));
    app.getSpec().getTemplate().getSpec().getTolerations().get(0).setTolerationSeconds(30L);
    PodBackend copy = AppCopy.of(PodFixtures.pod(FROM), app);
    assertThat(Serialization.unmarshal(Serialization.asJson(copy), PodBackend.class))
        .isEqualTo(copy)
        .hasSameHashCodeAs(copy);
  }

  @Test
  void whatMakesItAServerIsNot() throws Exception {
    Pod pod = pod(AppCopy.of(PodFixtures.pod(FROM), PodFixtures.app()));
    Container app = pod.getSpec().getContainers().get(0);
    assertThat(app.getReadinessProbe()).isNull();
    assertThat(app.getLivenessProbe()).isNull();
    assertThat(app.getLifecycle()).isNull();
    assertThat(app.getPorts()).extracting(one -> one.getContainerPort()).containsExactly(7600);
    assertThat(pod.getSpec().getInitContainers()).isEmpty();
    assertThat(pod.getSpec().getAffinity().getPodAntiAffinity()).isNull();
    assertThat(pod.getSpec().getRestartPolicy()).isEqualTo("Never");
    assertThat(app.getEnv())
        .filteredOn(one -> one.getName().equals("FLAME_PARENT"))
        .extracting(EnvVar::getValue)
        .as("the operator's own")
        .hasSize(1)
        .doesNotContain("stolen");
  }

  @Test
  void noLabelOfTheApplicationIsTaken() throws Exception {
    Pod pod = pod(AppCopy.of(PodFixtures.pod(FROM), PodFixtures.app()));
    assertThat(pod.getMetadata().getLabels().keySet())
        .allMatch(key -> key.startsWith("flamepool.dev/"));
    assertThat(pod.getMetadata().getAnnotations()).doesNotContainKey("prometheus.io/scrape");
    assertThat(pod.getMetadata().getAnnotations())
        .containsEntry("flamepool.dev/copy-of", "deployment/shop");
  }

  @Test
  void aRolloutGivesAnotherCopyAndNothingElseDoes() throws Exception {
    String now = text(app -> {});
    assertThat(text(app -> {})).isEqualTo(now);
    assertThat(
            text(
                app -> {
                  app.getSpec().setReplicas(9);
                  app.getStatus().setReplicas(9);
                  app.getMetadata().setResourceVersion("12");
                  app.getMetadata()
                      .setAnnotations(Map.of("deployment.kubernetes.io/revision", "4"));
                }))
        .isEqualTo(now);
    assertThat(
            text(
                app ->
                    app.getSpec()
                        .getTemplate()
                        .getMetadata()
                        .setAnnotations(Map.of("kubectl.kubernetes.io/restartedAt", "now"))))
        .as("a restart")
        .isNotEqualTo(now);
    assertThat(
            text(
                app ->
                    app.getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .get(1)
                        .setImage("shop:2")))
        .isNotEqualTo(now);
  }

  @Test
  void thePoolsTemplateIsLaidOverTheCopy() throws Exception {
    PodBackend resolved =
        AppCopy.of(
            PodFixtures.pod(
                """
                container: app
                runnerFrom: {deployment: shop}
                template:
                  spec:
                    priorityClassName: low
                    nodeSelector: {disk: null, size: large}
                    tolerations: []
                    containers:
                    - resources: {requests: {memory: 4Gi}}
                      args: [--worker]
                      env: [{name: PASSWORD, value: none}, {name: MORE, value: "1"}]
                """),
            PodFixtures.app());
    Pod pod = pod(resolved);
    Container app = pod.getSpec().getContainers().get(0);
    assertThat(pod.getSpec().getContainers()).as("one without a name is the runner").hasSize(1);
    assertThat(pod.getSpec().getPriorityClassName()).isEqualTo("low");
    assertThat(pod.getSpec().getNodeSelector()).containsOnlyKeys("size");
    assertThat(pod.getSpec().getTolerations()).isEmpty();
    assertThat(app.getImage()).isEqualTo("shop:v1");
    assertThat(app.getArgs()).containsExactly("--worker");
    assertThat(app.getResources().getRequests().get("memory").toString()).isEqualTo("4Gi");
    assertThat(app.getResources().getRequests().get("cpu").toString()).isEqualTo("500m");
    assertThat(app.getEnv())
        .filteredOn(one -> one.getName().equals("PASSWORD"))
        .allMatch(one -> one.getValueFrom() == null && one.getValue().equals("none"));
    assertThat(app.getEnv()).extracting(EnvVar::getName).contains("MODE", "MORE");
  }

  @Test
  void aContainerThatIsNotThereIsNamed() {
    assertThatThrownBy(
            () ->
                AppCopy.of(
                    PodFixtures.pod("{runnerFrom: {deployment: shop}, container: web}"),
                    PodFixtures.app()))
        .isInstanceOf(BackendException.class)
        .hasMessageContainingAll("pod.container", "'web'", "proxy", "app", "Deployment shop");
  }
}
