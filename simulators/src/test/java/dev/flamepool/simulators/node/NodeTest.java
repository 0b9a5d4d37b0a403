package dev.flamepool.simulators.node;

import static dev.flamepool.simulators.node.Cluster.condition;
import static dev.flamepool.simulators.node.Cluster.container;
import static dev.flamepool.simulators.node.Cluster.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pods on a node, seen through the API server. */
@Timeout(180)
class NodeTest {
  private static final String WAIT = "while :; do sleep 0.05; done";

  @TempDir Path folder;
  private Cluster cluster;
  private NodeSimulator node;

  Cluster cluster() throws IOException {
    return Cluster.mini();
  }

  @BeforeEach
  void start() throws IOException {
    cluster = cluster();
    node =
        NodeSimulator.start(
            new NodeOptions()
                .cluster(cluster.config())
                .name(cluster.namespace)
                .stateDir(folder)
                .memory("1Gi")
                .label("test", cluster.namespace)
                .taint("test", "yes", "NoSchedule")
                .backOff(Duration.ofMillis(200))
                .retry(Duration.ofMillis(100))
                .image("sh", Image.ofCommand("/bin/sh", "-c")));
  }

  @AfterEach
  void close() {
    cluster.client.pods().inNamespace(cluster.namespace).withGracePeriod(0).delete();
    node.close();
    cluster.client.nodes().withName(cluster.namespace).delete();
    cluster.close();
  }

  /** A Pod that goes to this node and no other. */
  private Pod run(String name, String spec, String container) {
    String here =
        "nodeSelector: {test: %s}, tolerations: [{key: test, operator: Exists}]"
            .formatted(cluster.namespace);
    return cluster.run(name, spec.isEmpty() ? here : here + ", " + spec, container);
  }

  private static String sh(String script) {
    return "image: sh, args: ['" + script.replace("'", "''") + "']";
  }

  @Test
  void theNodeIsRegisteredAndItsLeaseIsHeld() {
    var registered = cluster.client.nodes().withName(cluster.namespace).get();
    assertThat(registered.getStatus().getAllocatable().get("memory").getAmount()).isEqualTo("1");
    assertThat(registered.getStatus().getConditions())
        .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
    var lease =
        cluster.client.leases().inNamespace("kube-node-lease").withName(cluster.namespace).get();
    assertThat(lease.getSpec().getHolderIdentity()).isEqualTo(cluster.namespace);
    node.faults().ready(false);
    await()
        .until(
            () ->
                cluster
                    .client
                    .nodes()
                    .withName(cluster.namespace)
                    .get()
                    .getStatus()
                    .getConditions()
                    .stream()
                    .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("False")));
  }

  @Test
  void aContainerHasTheVariablesAndFilesOfItsSpec() throws IOException {
    cluster.apply(
        "{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {word: geheim}}");
    cluster.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: m}, data: {A: one, B: two}}");
    Pod pod =
        run(
            "a",
            """
            restartPolicy: Never,
            initContainers: [{name: before, image: sh, args: ['echo shared > /data/from-init'],
              volumeMounts: [{name: data, mountPath: /data}]}],
            volumes: [
              {name: boot, secret: {secretName: s, defaultMode: 256}},
              {name: conf, configMap: {name: m, items: [{key: A, path: sub/a.txt}]}},
              {name: data, emptyDir: {}},
              {name: gone, secret: {secretName: none, optional: true}},
              {name: me, downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name}}]}},
              {name: account, projected: {sources: [{serviceAccountToken: {path: token}},
                {configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}}]}}]
            """,
            """
            image: sh,
            args: ['env; cat /data/from-init /etc/conf/sub/a.txt; echo; cat /etc/me/name; echo; echo $(WORD)'],
            env: [
              {name: WORD, valueFrom: {secretKeyRef: {name: s, key: word}}},
              {name: NONE, valueFrom: {secretKeyRef: {name: none, key: word, optional: true}}},
              {name: MAP, valueFrom: {configMapKeyRef: {name: m, key: B}}},
              {name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}},
              {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}},
              {name: ALL, value: '$(NAME)/$(WORD)/$$(NAME)/$(UNKNOWN)'},
              {name: BOOT, value: '/flame/boot/word'}],
            envFrom: [{prefix: P_, configMapRef: {name: m}},
              {secretRef: {name: none, optional: true}}],
            volumeMounts: [{name: boot, mountPath: /flame/boot}, {name: conf, mountPath: /etc/conf},
              {name: data, mountPath: /data}, {name: gone, mountPath: /gone},
              {name: me, mountPath: /etc/me},
              {name: account, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}]
            """);
    Pod ended = cluster.awaitPhase("a", "Succeeded");
    Path machine = machine(pod, "c");
    String boot = machine.resolve("root/flame/boot/word").toString();
    assertThat(Files.readString(machine.resolve("output.log")).lines())
        .contains(
            "WORD=geheim",
            "MAP=two",
            "NAME=a",
            "ALL=a/geheim/$(NAME)/$(UNKNOWN)",
            "BOOT=" + boot,
            "P_A=one",
            "P_B=two",
            "IP=" + ended.getStatus().getPodIP(),
            "HOSTNAME=a",
            "shared",
            "one",
            "geheim")
        .noneMatch(line -> line.startsWith("NONE=") || line.startsWith("USER="));
    assertThat(ended.getStatus().getPodIP()).startsWith("127.").isNotEqualTo("127.0.0.1");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(boot))))
        .isEqualTo("r--------");
    Path account = machine.resolve("root/var/run/secrets/kubernetes.io/serviceaccount");
    assertThat(account.resolve("token")).isNotEmptyFile();
    assertThat(account.resolve("ca.crt")).content().contains("BEGIN CERTIFICATE");
    assertThat(events("a")).contains("Scheduled", "Pulled", "Created", "Started");
  }

  private Path machine(Pod pod, String container) throws IOException {
    return folder
        .toRealPath()
        .resolve("machines")
        .resolve(pod.getMetadata().getUid() + "." + container);
  }

  private List<String> events(String pod) {
    return cluster.client.v1().events().inNamespace(cluster.namespace).list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getName().equals(pod))
        .map(Event::getReason)
        .toList();
  }

  @Test
  void aPodEndsAsItsContainersDo() {
    run(
        "bad",
        "restartPolicy: Never",
        sh("echo so; exit 3") + ", terminationMessagePolicy: FallbackToLogsOnError");
    run(
        "retried",
        "restartPolicy: OnFailure, volumes: [{name: v, emptyDir: {}}]",
        sh("test -f /v/f && exit 0; touch /v/f; exit 7")
            + ", volumeMounts: [{name: v, mountPath: /v}]");
    run(
        "late",
        "restartPolicy: Never, activeDeadlineSeconds: 1, terminationGracePeriodSeconds: 1",
        sh(WAIT));
    run(
        "blocked",
        "restartPolicy: Never, initContainers: [{name: i, image: sh, args: ['exit 1']}]",
        sh("echo never"));
    Pod bad = cluster.awaitPhase("bad", "Failed");
    assertThat(state(bad).getTerminated().getExitCode()).isEqualTo(3);
    assertThat(state(bad).getTerminated().getReason()).isEqualTo("Error");
    assertThat(state(bad).getTerminated().getMessage()).isEqualTo("so\n");
    Pod retried = cluster.awaitPhase("retried", "Succeeded");
    assertThat(container(retried).getRestartCount()).isEqualTo(1);
    assertThat(container(retried).getLastState().getTerminated().getExitCode()).isEqualTo(7);
    assertThat(state(retried).getTerminated().getReason()).isEqualTo("Completed");
    assertThat(cluster.awaitPhase("late", "Failed").getStatus().getReason())
        .isEqualTo("DeadlineExceeded");
    Pod blocked = cluster.awaitPhase("blocked", "Failed");
    assertThat(state(blocked).getWaiting().getReason()).isEqualTo("PodInitializing");
    assertThat(condition(blocked, "Initialized")).isEqualTo("False");
  }

  @Test
  void aCrashLoopsPausesGrow() {
    run("crash", "", sh("exit 1"));
    cluster.awaitPod(
        "crash",
        pod ->
            pod.getStatus() != null
                && !pod.getStatus().getContainerStatuses().isEmpty()
                && container(pod).getRestartCount() >= 3);
    Pod waiting = cluster.awaitWaiting("crash", "CrashLoopBackOff");
    assertThat(state(waiting).getWaiting().getMessage())
        .matches("back-off \\S+ restarting failed container=c pod=crash_.*");
    assertThat(waiting.getStatus().getPhase()).isEqualTo("Running");
  }

  @Test
  void whatDoesNotFitWaitsAndSaysWhy() {
    run("first", "", sh(WAIT) + ", resources: {requests: {memory: 800Mi}}");
    cluster.awaitReady("first");
    run("second", "", sh(WAIT) + ", resources: {limits: {memory: 800Mi}}");
    assertThat(unschedulable("second"))
        .startsWith("0/1 nodes are available: 1 Insufficient memory.");
    cluster.run(
        "elsewhere", "nodeSelector: {no: node}, tolerations: [{operator: Exists}]", sh(WAIT));
    assertThat(unschedulable("elsewhere"))
        .startsWith(
            "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.");
    cluster.run("untolerated", "", sh(WAIT));
    assertThat(unschedulable("untolerated"))
        .startsWith("0/1 nodes are available: 1 node(s) had untolerated taint {test: yes}.");
    assertThat(events("second")).contains("FailedScheduling");

    cluster.delete("first");
    cluster.awaitReady("second");
  }

  @Test
  void aSchedulerMayServeSomeNamespacesOnly() throws IOException {
    cluster.run("there", "nodeSelector: {second: " + cluster.namespace + "}", sh(WAIT));
    try (NodeSimulator other = second("elsewhere")) {
      other.settle();
      assertThat(cluster.pod("there").getSpec().getNodeName()).isNull();
    }
    try (NodeSimulator own = second(cluster.namespace)) {
      own.settle();
      cluster.awaitReady("there");
    }
    cluster.client.nodes().withName(cluster.namespace + "-second").delete();
  }

  private NodeSimulator second(String served) throws IOException {
    return NodeSimulator.start(
        new NodeOptions()
            .cluster(cluster.config())
            .name(cluster.namespace + "-second")
            .label("second", cluster.namespace)
            .namespace(served)
            .image("sh", Image.ofCommand("/bin/sh", "-c")));
  }

  private String unschedulable(String name) {
    return cluster
        .awaitPod(name, pod -> condition(pod, "PodScheduled").equals("False"))
        .getStatus()
        .getConditions()
        .get(0)
        .getMessage();
  }

  @Test
  void whatIsMissingIsWaitedFor() {
    node.faults().imageMissing("sh", true);
    run("unpulled", "", sh(WAIT));
    Pod waiting = cluster.awaitWaiting("unpulled", "ImagePullBackOff");
    assertThat(state(waiting).getWaiting().getMessage()).isEqualTo("Back-off pulling image \"sh\"");
    assertThat(waiting.getStatus().getPhase()).isEqualTo("Pending");
    node.faults().clear();
    cluster.awaitReady("unpulled");

    run(
        "secretless",
        "",
        sh(WAIT)
            + ", envFrom: [{secretRef: {name: later}}],"
            + " env: [{name: W, valueFrom: {secretKeyRef: {name: later, key: w}}}]");
    Pod without = cluster.awaitWaiting("secretless", "CreateContainerConfigError");
    assertThat(state(without).getWaiting().getMessage()).isEqualTo("secret \"later\" not found");
    cluster.apply("{apiVersion: v1, kind: Secret, metadata: {name: later}, stringData: {v: x}}");
    String words = "couldn't find key w in Secret " + cluster.namespace + "/later";
    cluster.awaitPod(
        "secretless",
        pod ->
            state(pod).getWaiting() != null && words.equals(state(pod).getWaiting().getMessage()));
    cluster
        .client
        .secrets()
        .inNamespace(cluster.namespace)
        .withName("later")
        .edit(s -> s.toBuilder().addToData("w", "eA==").build());
    cluster.awaitReady("secretless");

    run(
        "volumeless",
        "volumes: [{name: v, secret: {secretName: last}}]",
        sh(WAIT) + ", volumeMounts: [{name: v, mountPath: /v}]");
    await().until(() -> events("volumeless").contains("FailedMount"));
    assertThat(state(cluster.pod("volumeless")).getWaiting().getReason())
        .isEqualTo("ContainerCreating");
    cluster.apply("{apiVersion: v1, kind: Secret, metadata: {name: last}, stringData: {v: x}}");
    cluster.awaitReady("volumeless");
  }

  @Test
  void aDeletedPodIsToldToEndAndThenMadeTo() throws Exception {
    Pod polite =
        run(
            "polite",
            "volumes: [{name: v, emptyDir: {}}]",
            sh("trap 'echo ending; exit 0' TERM; touch /v/up; " + WAIT)
                + ", volumeMounts: [{name: v, mountPath: /v}], "
                + probe("test -f /v/up"));
    Pod deaf =
        run(
            "deaf",
            "terminationGracePeriodSeconds: 1, volumes: [{name: v, emptyDir: {}}]",
            sh("trap '' TERM; touch /v/up; " + WAIT)
                + ", volumeMounts: [{name: v, mountPath: /v}], "
                + probe("test -f /v/up"));
    cluster.awaitReady("polite");
    cluster.awaitReady("deaf");
    long pid = pid("deaf");
    cluster.delete("polite");
    cluster.delete("deaf");
    cluster.awaitGone("polite");
    assertThat(machine(polite, "c").resolve("output.log")).content().contains("ending");
    cluster.awaitGone("deaf");
    assertThat(ProcessHandle.of(pid)).isNotPresent();
    assertThat(events("deaf")).contains("Killing");
    await().until(() -> !Files.exists(machine(deaf, "c").resolve("root")));
  }

  private static String probe(String script) {
    return "readinessProbe: {exec: {command: [/bin/sh, -c, '" + script + "']}, periodSeconds: 1}";
  }

  private long pid(String pod) throws Exception {
    String all = http("GET", "/_sim/pods", "");
    return Long.parseLong(
        all.replaceAll(".*\"" + cluster.namespace + "/" + pod + "\"[^]]*\"pid\":(\\d+).*", "$1"));
  }

  private String http(String method, String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(node.uri() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  @Test
  void readinessIsAskedFor() {
    Pod pod =
        run(
            "slow",
            "volumes: [{name: v, emptyDir: {}}]",
            sh(WAIT) + ", volumeMounts: [{name: v, mountPath: /v}], " + probe("test -f /v/go"));
    await().until(() -> events("slow").contains("Unhealthy"));
    assertThat(condition(cluster.pod("slow"), "Ready")).isEqualTo("False");
    assertThat(cluster.pod("slow").getStatus().getPhase()).isEqualTo("Running");
    Path go = folder.resolve("volumes").resolve(pod.getMetadata().getUid()).resolve("v/go");
    assertThat(go.getParent()).isDirectory();
    try {
      Files.createFile(go);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    cluster.awaitReady("slow");
  }
}
