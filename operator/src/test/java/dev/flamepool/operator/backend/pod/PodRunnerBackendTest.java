package dev.flamepool.operator.backend.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.minicluster.RequestHook;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.Machine.State;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.Trouble;
import dev.flamepool.operator.backend.fly.FlyFixtures;
import dev.flamepool.operator.world.Cluster;
import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What only Pods have, on an API server. */
class PodRunnerBackendTest {
  private static final String PLAIN =
      "template: {spec: {containers: [{name: app, image: 'shop:v1'}]}}";

  private static final Duration QUIET = Duration.ofMillis(300);
  private static final String KARPENTER = "karpenter.sh/do-not-disrupt";
  private static final String AUTOSCALER = "cluster-autoscaler.kubernetes.io/safe-to-evict";

  private final KubernetesClient client = PodCluster.client();
  private final String namespace =
      PodCluster.namespace("pods-" + UUID.randomUUID().toString().substring(0, 8));
  private final PodRunnerBackend backend =
      new PodRunnerBackend(
          client, List.of(namespace), Clock.systemUTC(), QUIET, UnaryOperator.identity());
  private final MachineKey key =
      TestRunners.create(namespace, "inst-1", 1, PodFixtures.entry(PLAIN));
  private final MachineRef ref = MachineRef.of(key, PodFixtures.entry(PLAIN));
  private final FakeKubelet kubelet = new FakeKubelet(client, namespace);

  @AfterEach
  void close() {
    client.pods().inNamespace(namespace).withGracePeriod(0).delete();
    await().until(() -> client.pods().inNamespace(namespace).list().getItems().isEmpty());
    TestRunners.clear(namespace);
    backend.close();
    kubelet.close();
    client.namespaces().withName(namespace).delete();
  }

  private LaunchAttempt attempt(String pod) {
    return new LaunchAttempt(
        key,
        "token",
        "",
        PodFixtures.entry(pod),
        new Boot(FlyFixtures.boot(key, Map.of()), Set.of()));
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

  /** A kubelet may take the log's last lines for them, and a program may say what it likes. */
  @Test
  void theLastWordsOfAContainerAreToldWithoutSecrets() throws Exception {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("db")
                .withNamespace(namespace)
                .endMetadata()
                .addToStringData("url", "db://user:hunter-2&x")
                .build())
        .create();
    kubelet.ignore(key.runner());
    backend.launch(
        attempt(
            "template: {spec: {containers: [{name: app, image: 'shop:v1', env: [{name: U,"
                + " valueFrom: {secretKeyRef: {name: db, key: url}}}]}]}}"));
    kubelet.status(
        key.runner(),
        """
        {"phase": "Failed", "containerStatuses": [{"name": "app", "state": {"terminated":
         {"exitCode": 1, "reason": "Error",
          "message": "no route to db%3A%2F%2Fuser%3Ahunter-2%26x or db://user:hunter-2&x"}}}]}
        """);
    Trouble trouble =
        await()
            .until(() -> backend.find(ref).flatMap(Machine::trouble), Optional::isPresent)
            .orElseThrow();
    assertThat(trouble.words()).isEqualTo("no route to *** or ***");
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
    service("web", "shop");
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

  /** A namespace of many Services costs a list, not one for each launch. */
  @Test
  void selectorsAreKnownFromAWatch() throws Exception {
    assumeThat(PodCluster.isReal()).as("a server whose requests can be counted").isFalse();
    BackendEntry labelled =
        PodFixtures.entry(
            "template: {metadata: {labels: {app: shop}}, spec: {containers: [{image: x}]}}");
    AtomicInteger lists = new AtomicInteger();
    Cluster.hook(
        namespace,
        new RequestHook() {
          @Override
          public int before(String method, String path, String body) {
            if (path.matches(".*/(services|deployments)([?].*)?") && !path.contains("watch=true")) {
              lists.incrementAndGet();
            }
            return PASS;
          }
        });
    int first =
        await()
            .until(
                () -> {
                  service("s" + lists.get(), "other"); // where there is no news a watch looks dead
                  deployment("d" + lists.get());
                  int before = lists.get();
                  backend.prepare(key, labelled, "");
                  return lists.get() == before ? before : -1;
                },
                before -> before > 0);
    for (int i = 0; i < 20; i++) {
      backend.prepare(key, labelled, "");
    }
    assertThat(lists).hasValue(first);
    Cluster.unhook(namespace);
    service("late", "shop");
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> backend.prepare(key, labelled, ""))
                    .hasMessageContaining("Service late"));
  }

  private void service(String name, String app) {
    client
        .resource(
            PodFixtures.yaml(
                "{kind: Service, apiVersion: v1, metadata: {name: %s, namespace: %s}, spec: {selector: {app: %s}, ports: [{port: 80}]}}"
                    .formatted(name, namespace, app),
                Service.class))
        .create();
  }

  private void deployment(String name) {
    Deployment app = PodFixtures.app();
    app.getMetadata().setNamespace(namespace);
    app.getMetadata().setName(name);
    app.getSpec().getSelector().setMatchLabels(Map.of("app", name));
    app.getSpec().getTemplate().getMetadata().setLabels(Map.of("app", name));
    app.setStatus(null);
    client.resource(app).create();
  }

  private Map<String, String> annotations() {
    return client
        .pods()
        .inNamespace(namespace)
        .withName(key.runner())
        .get()
        .getMetadata()
        .getAnnotations();
  }

  @Test
  void autoscalersLeaveARunnerAloneWhileItHasCalls() throws Exception {
    AtomicReference<Optional<Boolean>> calls = new AtomicReference<>(Optional.empty());
    backend.calls(uid -> uid.equals(key.runnerUid()) ? calls.get() : Optional.empty());
    backend.launch(attempt(PLAIN));
    await().until(() -> backend.find(ref).map(Machine::state).equals(Optional.of(State.RUNNING)));
    assertThat(annotations())
        .as("somebody waits for one that boots")
        .containsEntry(KARPENTER, "true")
        .containsEntry(AUTOSCALER, "false");
    AtomicInteger writes = new AtomicInteger();
    Cluster.hook(
        namespace,
        new RequestHook() {
          @Override
          public int before(String method, String path, String body) {
            if (method.equals("PATCH") && path.endsWith("/pods/" + key.runner())) {
              writes.incrementAndGet();
            }
            return PASS;
          }
        });
    calls.set(Optional.of(false));
    backend.callsChanged(key.runnerUid());
    await().until(() -> !annotations().containsKey(KARPENTER));
    assertThat(annotations()).doesNotContainKey(AUTOSCALER);
    for (int i = 0; i < 20; i++) {
      calls.set(Optional.of(i % 2 == 0));
      backend.callsChanged(key.runnerUid());
    }
    calls.set(Optional.of(true));
    backend.callsChanged(key.runnerUid());
    await().until(() -> annotations().containsKey(KARPENTER));
    assertThat(annotations()).containsEntry(AUTOSCALER, "false");
    assertThat(writes).as("short calls write nothing").hasValueLessThanOrEqualTo(3);
    Cluster.unhook(namespace);
  }

  @Test
  void whatTheTemplateSaysToAutoscalersHolds() throws Exception {
    AtomicReference<Optional<Boolean>> calls = new AtomicReference<>(Optional.of(false));
    backend.calls(uid -> calls.get());
    backend.launch(
        attempt(
            "template: {metadata: {annotations: {"
                + AUTOSCALER
                + ": 'true'}}, spec: {containers: [{name: app, image: x}]}}"));
    await().until(() -> !annotations().containsKey(KARPENTER));
    assertThat(annotations()).containsEntry(AUTOSCALER, "true");
    calls.set(Optional.of(true));
    backend.callsChanged(key.runnerUid());
    await().until(() -> annotations().containsKey(KARPENTER));
    assertThat(annotations()).containsEntry(AUTOSCALER, "true");
  }

  private Trouble afterEvent(String reason, String message) throws Exception {
    kubelet.ignore(key.runner());
    backend.launch(attempt(PLAIN));
    Pod pod = client.pods().inNamespace(namespace).withName(key.runner()).get();
    String unused =
        client.raw(
            "/api/v1/namespaces/%s/pods/%s/binding".formatted(namespace, key.runner()),
            "POST",
            new BindingBuilder()
                .withNewMetadata()
                .withName(key.runner())
                .endMetadata()
                .withNewTarget()
                .withKind("Node")
                .withName("here")
                .endTarget()
                .build());
    kubelet.status(
        key.runner(),
        """
        {"phase": "Pending", "containerStatuses": [{"name": "app", "image": "x", "imageID": "",
         "ready": false, "restartCount": 0, "state": {"waiting": {"reason": "ContainerCreating"}}}]}
        """);
    client
        .resource(
            new EventBuilder()
                .withNewMetadata()
                .withName(key.runner() + ".1")
                .withNamespace(namespace)
                .endMetadata()
                .withNewInvolvedObject()
                .withKind("Pod")
                .withName(key.runner())
                .withNamespace(namespace)
                .withUid(pod.getMetadata().getUid())
                .endInvolvedObject()
                .withType("Warning")
                .withReason(reason)
                .withMessage(message)
                .withLastTimestamp("2026-01-01T12:00:00Z")
                .build())
        .create();
    return await()
        .until(() -> backend.find(ref).flatMap(Machine::trouble), Optional::isPresent)
        .orElseThrow();
  }

  @Test
  void aVolumeThatIsNotThereIsToldByTheKubeletsEvent() throws Exception {
    String words = "MountVolume.SetUp failed for volume \"x\" : configmap \"x\" not found";
    assertThat(afterEvent("FailedMount", words))
        .isEqualTo(new Trouble("FailedMount", words, Optional.of(Kind.CONFIGURATION), true));
  }

  @Test
  void aNetworkThatIsNotReadyIsWaitedFor() throws Exception {
    assertThat(afterEvent("FailedCreatePodSandBox", "network plugin is not ready"))
        .isEqualTo(
            new Trouble(
                "FailedCreatePodSandBox", "network plugin is not ready", Optional.empty(), false));
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
    assertThat(backend.list("inst-1", Places.INLINE))
        .extracting(MachineRef::key)
        .containsExactly(key);
    assertThat(backend.list("inst-9", Places.INLINE)).isEmpty();
    PodRunnerBackend other = new PodRunnerBackend(client, List.of("elsewhere"), Clock.systemUTC());
    assertThat(other.list("inst-1", Places.INLINE)).isEmpty();
    other.close();
  }
}
