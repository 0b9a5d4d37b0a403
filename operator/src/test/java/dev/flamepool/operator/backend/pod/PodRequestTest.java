package dev.flamepool.operator.backend.pod;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.flamepool.FlameParent;
import dev.flamepool.operator.backend.BackendException;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodRequestTest {
  private static final String PLAIN = "template: {spec: {containers: [{image: 'shop:v1'}]}}";

  private static Pod pod(String yaml) throws BackendException {
    return PodRequest.of(PodFixtures.attempt(yaml));
  }

  private static Container runner(Pod pod) {
    String name = Ownership.container(pod);
    return pod.getSpec().getContainers().stream()
        .filter(one -> one.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static EnvVar variable(Pod pod, String name) {
    List<EnvVar> found =
        runner(pod).getEnv().stream().filter(one -> one.getName().equals(name)).toList();
    assertThat(found).as(name).hasSize(1);
    return found.get(0);
  }

  @Test
  void isTheRunnersOwn() throws Exception {
    Pod pod = pod(PLAIN);
    assertThat(pod.getMetadata().getName()).isEqualTo("thumbs-3");
    assertThat(pod.getMetadata().getNamespace()).isEqualTo("shop");
    OwnerReference owner = pod.getMetadata().getOwnerReferences().get(0);
    assertThat(owner.getKind()).isEqualTo("FlameRunner");
    assertThat(owner.getApiVersion()).isEqualTo("flamepool.dev/v1alpha1");
    assertThat(owner.getUid()).isEqualTo("uid-3");
    assertThat(owner.getController()).as("nobody else adopts it").isTrue();
    assertThat(owner.getBlockOwnerDeletion()).isFalse();
    assertThat(Ownership.key(pod)).isEqualTo(Optional.of(PodFixtures.KEY));
    assertThat(pod.getMetadata().getLabels().keySet()).allMatch(key -> key.startsWith("flamepool"));
    assertThat(pod.getMetadata().getLabels()).contains(entry("flamepool.dev/pool", "thumbs"));
  }

  @Test
  void isTheSameEachTime() throws Exception {
    assertThat(Serialization.asJson(pod(PLAIN))).isEqualTo(Serialization.asJson(pod(PLAIN)));
  }

  @Test
  void theRunnerKnowsWhereItsLastWordsAreRead() throws Exception {
    for (String given : List.of("", ", terminationMessagePath: /run/end")) {
      Pod pod = pod("template: {spec: {containers: [{name: app, image: x%s}]}}".formatted(given));
      String path = given.isEmpty() ? "/dev/termination-log" : "/run/end";
      assertThat(runner(pod).getTerminationMessagePath()).isEqualTo(path);
      String lines =
          new String(Base64.getDecoder().decode(variable(pod, "FLAME_PARENT").getValue()), UTF_8);
      assertThat(lines).contains("\nlastWords=" + path + "\n");
    }
  }

  @Test
  void whatIsForcedWinsOverTheTemplate() throws Exception {
    Pod pod =
        pod(
            """
            template:
              metadata: {labels: {team: images}, annotations: {note: mine}}
              spec:
                restartPolicy: Never
                terminationGracePeriodSeconds: 1
                activeDeadlineSeconds: 99999999
                nodeSelector: {disk: ssd}
                volumes: [{name: flamepool-boot, emptyDir: {}}, {name: scratch, emptyDir: {}}]
                containers:
                - name: app
                  image: shop:v1
                  volumeMounts: [{name: scratch, mountPath: /scratch}]
            """);
    assertThat(pod.getMetadata().getLabels()).containsEntry("team", "images");
    assertThat(pod.getMetadata().getAnnotations()).containsEntry("note", "mine");
    assertThat(pod.getSpec().getRestartPolicy()).isEqualTo("Never");
    assertThat(pod.getSpec().getNodeSelector()).containsEntry("disk", "ssd");
    assertThat(pod.getSpec().getTerminationGracePeriodSeconds())
        .as("more than shutdownTimeout")
        .isBetween(31L, 60L);
    assertThat(pod.getSpec().getActiveDeadlineSeconds())
        .as("a day and a little longer")
        .isBetween(86_400L + 30, 90_000L);
    assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
    assertThat(pod.getSpec().getEnableServiceLinks()).isFalse();
    Volume boot =
        pod.getSpec().getVolumes().stream()
            .filter(one -> one.getName().equals("flamepool-boot"))
            .reduce((a, b) -> null)
            .orElseThrow();
    assertThat(boot.getSecret().getSecretName()).isEqualTo("thumbs-3-boot-1-uid-3");
    assertThat(boot.getSecret().getItems())
        .as("nothing else of the Secret")
        .extracting(item -> item.getKey())
        .containsExactly("ca.der", "cert.der", "key.pk8");
    assertThat(runner(pod).getVolumeMounts())
        .extracting(one -> one.getName() + ":" + one.getMountPath())
        .containsExactly("scratch:/scratch", "flamepool-boot:/run/flamepool/boot");
    assertThat(runner(pod).getPorts()).extracting(one -> one.getContainerPort()).contains(7600);
  }

  @Test
  void theTemplateMayAskForATokenAndLessTime() throws Exception {
    Pod pod =
        pod(
            "template: {spec: {automountServiceAccountToken: true, enableServiceLinks: true,"
                + " activeDeadlineSeconds: 60, containers: [{image: x}]}}");
    assertThat(pod.getSpec().getAutomountServiceAccountToken()).isTrue();
    assertThat(pod.getSpec().getEnableServiceLinks()).isTrue();
    assertThat(pod.getSpec().getActiveDeadlineSeconds()).isEqualTo(60);
  }

  @Test
  void thePoolsVariablesWinAndAreLiteral() throws Exception {
    Pod pod =
        PodRequest.of(
            PodFixtures.attempt(
                PodFixtures.entry(
                    """
                    template:
                      spec:
                        containers:
                        - image: shop:v1
                          env:
                          - {name: MODE, value: template}
                          - {name: URL, value: "http://$(MODE)"}
                    """),
                Map.of("MODE", "pool", "PRICE", "$(MODE) costs $$5", "DB", "hunter2"),
                Set.of("DB")));
    assertThat(variable(pod, "MODE").getValue()).isEqualTo("pool");
    assertThat(variable(pod, "URL").getValue()).as("a template's own").isEqualTo("http://$(MODE)");
    assertThat(variable(pod, "PRICE").getValue()).isEqualTo("$$(MODE) costs $$$$5");
    assertThat(variable(pod, "DB").getValue()).isNull();
    assertThat(variable(pod, "DB").getValueFrom().getSecretKeyRef().getName())
        .isEqualTo("thumbs-3-boot-1-uid-3");
    assertThat(variable(pod, "DB").getValueFrom().getSecretKeyRef().getKey()).isEqualTo("env.DB");
    assertThat(Serialization.asJson(pod)).doesNotContain("hunter2");
    List<String> order = runner(pod).getEnv().stream().map(EnvVar::getName).toList();
    assertThat(order.indexOf("MODE")).as("can be referred to").isLessThan(order.indexOf("URL"));
  }

  @Test
  void theParentSaysWhereTheIdentityLies() throws Exception {
    Pod pod = pod(PLAIN);
    FlameParent parent = FlameParent.decode(variable(pod, "FLAME_PARENT").getValue());
    assertThat(parent.uid()).isEqualTo("uid-3");
    assertThat(parent.identity().toString()).isEqualTo(PodRequest.FOLDER);
    assertThat(variable(pod, "FLAME_BIND").getValueFrom().getFieldRef().getFieldPath())
        .isEqualTo("status.podIP");
    assertThat(variable(pod, "FLAME_RUNNER").getValue()).isEqualTo("thumbs-3");
  }

  @Test
  void theNamedContainerIsTheRunner() throws Exception {
    Pod pod =
        pod(
            "{container: app, template: {spec: {containers: [{name: proxy, image: p}, {name: app,"
                + " image: a, ports: [{name: flame, containerPort: 1}]}]}}}");
    assertThat(runner(pod).getName()).isEqualTo("app");
    assertThat(pod.getSpec().getContainers().get(0).getEnv()).isEmpty();
    assertThat(pod.getSpec().getContainers().get(0).getVolumeMounts()).isEmpty();
    assertThat(runner(pod).getPorts())
        .as("the name is taken")
        .extracting(one -> one.getName())
        .containsExactly("flame", null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                             | ''                              | 0444
          'securityContext: {runAsUser: 0},'             | ''                              | 0400
          'securityContext: {runAsUser: 1000},'          | ''                              | 0444
          'securityContext: {runAsUser: 0},'             | 'securityContext: {runAsUser: 5},' | 0444
          'securityContext: {runAsUser: 5, fsGroup: 5},' | ''                              | 0440
          """)
  void itsFilesAreReadByAsFewAsItsUserAllows(String spec, String container, String mode)
      throws Exception {
    Pod pod = pod("template: {spec: {" + spec + "containers: [{" + container + "image: x}]}}");
    assertThat(
            pod.getSpec().getVolumes().stream()
                .filter(one -> one.getName().equals(PodRequest.VOLUME))
                .findFirst()
                .orElseThrow()
                .getSecret()
                .getDefaultMode())
        .isEqualTo(Integer.parseInt(mode, 8));
  }

  @Test
  void aLaterAttemptHasANameThatNoRunnerCanHave() {
    assertThat(
            Ownership.name(
                new dev.flamepool.operator.backend.MachineKey("i", "n", "p", "p-0", "u", 2)))
        .isEqualTo("p-0-a2");
  }

  @Test
  void aTemplateWithoutTheContainerIsRefused() {
    assertThatThrownBy(() -> pod("{container: x, template: {spec: {containers: [{name: y}]}}}"))
        .isInstanceOf(BackendException.class)
        .hasMessageContainingAll("pod.container", "'x'", "[y]");
  }
}
