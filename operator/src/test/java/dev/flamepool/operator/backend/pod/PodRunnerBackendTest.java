package dev.flamepool.operator.backend.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.Machine.State;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.Trouble;
import dev.flamepool.operator.backend.fly.FlyFixtures;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What only Pods have, on an API server. */
class PodRunnerBackendTest {
  private static final String PLAIN =
      "template: {spec: {containers: [{name: app, image: 'shop:v1'}]}}";

  private final KubernetesClient client = PodCluster.client();
  private final String namespace =
      PodCluster.namespace("pods-" + UUID.randomUUID().toString().substring(0, 8));
  private final PodRunnerBackend backend =
      new PodRunnerBackend(client, List.of(namespace), Clock.systemUTC());
  private final MachineKey key =
      TestRunners.create(namespace, "inst-1", 1, PodFixtures.entry(PLAIN));
  private final MachineRef ref = MachineRef.of(key, PodFixtures.entry(PLAIN));
  private final FakeKubelet kubelet = new FakeKubelet(client, namespace);

  @AfterEach
  void close() {
    client.pods().inNamespace(namespace).delete();
    await().until(() -> client.pods().inNamespace(namespace).list().getItems().isEmpty());
    TestRunners.clear(namespace);
    backend.close();
    kubelet.close();
    client.namespaces().withName(namespace).delete();
  }

  private LaunchAttempt attempt(String pod) {
    return new LaunchAttempt(
        key, "token", "", PodFixtures.entry(pod), FlyFixtures.boot(key, Map.of()), Set.of());
  }

  private Pod load(String yaml) {
    Pod pod = PodFixtures.yaml(yaml, Pod.class);
    pod.getMetadata().setNamespace(namespace);
    return client.resource(pod).create();
  }

  @Test
  void somebodyElsesPodOfOurNameIsAConflict() {
    load(
        "{kind: Pod, apiVersion: v1, metadata: {name: "
            + key.runner()
            + "}, spec: {containers: [{name: x, image: x}]}}");
    assertThatThrownBy(() -> backend.launch(attempt(PLAIN)))
        .isInstanceOfSatisfying(
            BackendException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CONFIGURATION))
        .hasMessageContainingAll(key.runner(), "owned by nobody", "delete or rename it");
    assertThat(client.pods().inNamespace(namespace).withName(key.runner()).get())
        .as("never touched")
        .isNotNull();
  }

  @Test
  void whatKeepsAPodFromRunningIsTold() throws Exception {
    kubelet.ignore(key.runner());
    Set<String> changed = ConcurrentHashMap.newKeySet();
    backend.onChange(changed::add);
    backend.launch(attempt(PLAIN));
    changed.clear();
    kubelet.status(
        key.runner(),
        """
        {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False",
         "reason": "Unschedulable", "message": "0/2 nodes are available"}]}
        """);
    Trouble trouble =
        await()
            .until(() -> backend.find(ref).flatMap(Machine::trouble), Optional::isPresent)
            .orElseThrow();
    assertThat(trouble.refusal()).contains(Kind.CAPACITY);
    assertThat(trouble.text()).contains("0/2 nodes are available");
    await().until(() -> changed.contains(key.runnerUid()));
  }

  @Test
  void aPodThatSomebodyDeletesIsRememberedAsEnded() throws Exception {
    backend.launch(attempt(PLAIN));
    await().until(() -> backend.find(ref).map(Machine::state).equals(Optional.of(State.RUNNING)));
    client.pods().inNamespace(namespace).withName(key.runner()).delete();
    await().until(() -> client.pods().inNamespace(namespace).withName(key.runner()).get() == null);
    Machine ended =
        await()
            .until(
                () -> backend.find(ref).filter(m -> m.state() == State.ENDED), Optional::isPresent)
            .orElseThrow();
    assertThat(ended.exitCode()).hasValue(12);
    backend.delete(ref);
    assertThat(backend.find(ref)).isEmpty();
  }

  @Test
  void aPodGoesWithItsRunner() throws Exception {
    kubelet.ignore(key.runner());
    backend.launch(attempt(PLAIN));
    TestRunners.clear(namespace);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> client.pods().inNamespace(namespace).withName(key.runner()).get() == null);
  }

  @Test
  void labelsThatAServiceSelectsAreRefusedBeforeAnythingIsMade() throws Exception {
    client
        .resource(
            PodFixtures.yaml(
                "{kind: Service, apiVersion: v1, metadata: {name: web, namespace: "
                    + namespace
                    + "}, spec: {selector: {app: shop}, ports: [{port: 80}]}}",
                Service.class))
        .create();
    BackendEntry matching =
        PodFixtures.entry(
            "template: {metadata: {labels: {app: shop}}, spec: {containers: [{image: x}]}}");
    assertThatThrownBy(() -> backend.prepare(key, matching, ""))
        .isInstanceOfSatisfying(
            BackendException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CONFIGURATION))
        .hasMessageContainingAll("metadata.labels", "Service web", "app=shop");
    backend.prepare(
        key,
        PodFixtures.entry(
            "template: {metadata: {labels: {app: other}}, spec: {containers: [{image: x}]}}"),
        "");
  }

  @Test
  void aRolloutOfTheDeploymentGivesAnotherEntryAndIsTold() throws Exception {
    BackendEntry given = PodFixtures.entry("{runnerFrom: {deployment: shop}, container: app}");
    assertThatThrownBy(() -> backend.resolve(namespace, given))
        .isInstanceOf(BackendException.class)
        .hasMessageContainingAll("runnerFrom.deployment", "'shop'", namespace);
    Deployment app = PodFixtures.app();
    app.getMetadata().setNamespace(namespace);
    app.setStatus(null);
    client.resource(app).create();
    await()
        .ignoreExceptionsInstanceOf(BackendException.class)
        .until(() -> backend.resolve(namespace, given).pod().template() != null);
    BackendEntry first = backend.resolve(namespace, given);
    assertThat(backend.resolve(namespace, given)).isEqualTo(first);
    assertThat(backend.validate(first)).as("a resolved one is one").isEmpty();
    Set<String> told = ConcurrentHashMap.newKeySet();
    backend.onSourceChange(told::add);
    client
        .apps()
        .deployments()
        .inNamespace(namespace)
        .withName("shop")
        .edit(
            now ->
                now.edit()
                    .editSpec()
                    .editTemplate()
                    .editSpec()
                    .editContainer(1)
                    .withImage("shop:v2")
                    .endContainer()
                    .endSpec()
                    .endTemplate()
                    .endSpec()
                    .build());
    await().until(() -> told.contains(namespace));
    await().until(() -> !backend.resolve(namespace, given).equals(first));
  }

  @Test
  void anotherNamespacesPodsAreNotListed() throws Exception {
    backend.launch(attempt(PLAIN));
    assertThat(backend.list("inst-1")).extracting(MachineRef::key).containsExactly(key);
    assertThat(backend.list("inst-9")).isEmpty();
    PodRunnerBackend other = new PodRunnerBackend(client, List.of("elsewhere"), Clock.systemUTC());
    assertThat(other.list("inst-1")).isEmpty();
    other.close();
  }
}
