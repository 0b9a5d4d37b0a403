package dev.flamepool.operator.backend.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.Machine.State;
import dev.flamepool.operator.backend.Trouble;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodViewTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  private static Machine view(String status, @Nullable String deletion) throws Exception {
    Pod pod =
        PodRequest.of(
            PodFixtures.attempt("template: {spec: {containers: [{name: app, image: x}]}}"));
    pod.getMetadata().setUid("pod-uid");
    pod.getMetadata().setDeletionTimestamp(deletion);
    pod.setStatus(PodFixtures.yaml(status, PodStatus.class));
    return PodView.of(PodFixtures.KEY, pod, NOW);
  }

  private static Machine view(String status) throws Exception {
    return view(status, null);
  }

  private static String container(String state) {
    return "containerStatuses: [{name: sidecar, state: {running: {}}}, {name: app, state: "
        + state
        + "}]";
  }

  @Test
  void aRunningOneHasAnAddress() throws Exception {
    Machine machine = view("{phase: Running, podIP: 10.1.2.3, " + container("{running: {}}") + "}");
    assertThat(machine.state()).isEqualTo(State.RUNNING);
    assertThat(machine.id()).isEqualTo("pod-uid");
    assertThat(machine.address()).contains("10.1.2.3:7600");
    assertThat(view("{phase: Running, podIP: 'fd00::7', " + container("{running: {}}") + "}"))
        .extracting(Machine::address)
        .isEqualTo(Optional.of("[fd00::7]:7600"));
  }

  @Test
  void aNewOneStarts() throws Exception {
    for (String status :
        new String[] {
          "{}",
          "{phase: Pending}",
          "{phase: Pending, " + container("{waiting: {reason: ContainerCreating}}") + "}"
        }) {
      Machine machine = view(status);
      assertThat(machine.state()).isEqualTo(State.STARTING);
      assertThat(machine.trouble()).isEmpty();
    }
  }

  /**
   * {@code fails}: at once, {@code open}: unless it runs by the end of its boot time, {@code
   * passes}: says nothing of the configuration.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ErrImagePull       | rpc error: code = NotFound desc = failed to resolve reference: not found  | fails
          ErrImagePull       | dial tcp: lookup nowhere.example on 10.0.0.10:53: no such host            | fails
          ErrImagePull       | unexpected status from HEAD request: 503 Service Unavailable              | passes
          ErrImagePull       | dial tcp: lookup registry.example on 10.0.0.10:53: server misbehaving     | passes
          ErrImagePull       | pull QPS exceeded                                                         | passes
          ErrImagePull       | something new                                                             | open
          ImagePullBackOff   | Back-off pulling image "x"                                                | fails
          ImagePullBackOff   | Back-off pulling image "x": ErrImagePull: manifest unknown                | fails
          ImagePullBackOff   | Back-off pulling image "x": ErrImagePull: dial tcp 10.1.1.1:443: i/o timeout | passes
          InvalidImageName   | couldn't parse image name "X"                                             | fails
          ErrImageNeverPull  | Container image "x" is not present with pull policy of Never              | fails
          ImageInspectError  | Failed to inspect image "x"                                               | open
          RegistryUnavailable | registry is unavailable                                                  | passes
          RunContainerError  | failed to create containerd task                                          | open
          CreateContainerConfigError | secret "db" not found                                             | fails
          CreateContainerConfigError | couldn't find key url in Secret shop/db                           | fails
          CreateContainerConfigError | container has runAsNonRoot and image will run as root             | fails
          CreateContainerConfigError | failed to sync secret cache: timed out waiting for the condition  | passes
          CreateContainerConfigError | failed to sync configmap cache: timed out waiting for the condition | passes
          CreateContainerConfigError | services have not yet been read at least once, cannot construct envvars | passes
          CreateContainerConfigError | secret "thumbs-3-boot-1-uid-3" not found                                | passes
          CreateContainerError | context deadline exceeded                                               | passes
          CreateContainerError | failed to reserve container name "app_thumbs": name is reserved for "4f" | passes
          CreateContainerError | no command specified                                                    | fails
          CrashLoopBackOff   | back-off 10s restarting failed container                                  | passes
          """)
  void reasonAndWordsTellWhetherWaitingIsInVain(String reason, String words, String verdict)
      throws Exception {
    Machine machine =
        view(
            "{phase: Pending, "
                + container("{waiting: {reason: " + reason + ", message: '%s'}}")
                    .formatted(words.replace("'", "''"))
                + "}");
    assertThat(machine.state()).isEqualTo(State.STARTING);
    assertThat(machine.trouble())
        .contains(
            new Trouble(
                reason,
                words,
                verdict.equals("passes") ? Optional.empty() : Optional.of(Kind.CONFIGURATION),
                verdict.equals("fails")));
  }

  @Test
  void anotherContainerThatCannotStartIsNamed() throws Exception {
    Machine machine =
        view(
            "{phase: Pending, initContainerStatuses: [{name: proxy, state: {waiting: {reason:"
                + " CrashLoopBackOff, message: back-off}}, lastState: {terminated: {exitCode:"
                + " 4}}}], "
                + container("{waiting: {reason: PodInitializing}}")
                + "}");
    assertThat(machine.trouble().orElseThrow().text())
        .isEqualTo("CrashLoopBackOff: container proxy: back-off (exit code 4)");
  }

  @Test
  void noPlaceIsLackOfCapacity() throws Exception {
    Machine machine =
        view(
            "{phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason:"
                + " Unschedulable, message: '0/3 nodes are available: 3 Insufficient cpu.'}]}");
    assertThat(machine.trouble())
        .contains(
            new Trouble(
                "Unschedulable",
                "0/3 nodes are available: 3 Insufficient cpu.",
                Optional.of(Kind.CAPACITY),
                false));
  }

  @Test
  void aVolumeClaimThatIsNotThereIsTheConfigurationsFault() throws Exception {
    String words =
        "0/3 nodes are available: persistentvolumeclaim \"data\" not found. preemption: none";
    Machine machine =
        view(
            "{phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason:"
                + " Unschedulable, message: '"
                + words
                + "'}]}");
    assertThat(machine.trouble())
        .contains(new Trouble("Unschedulable", words, Optional.of(Kind.CONFIGURATION), true));
  }

  /** The scheduler had chosen a node, and its kubelet did not take the Pod. */
  @ParameterizedTest
  @CsvSource({
    "OutOfcpu,CAPACITY",
    "OutOfmemory,CAPACITY",
    "OutOfnvidia.com/gpu,CAPACITY",
    "UnexpectedAdmissionError,CAPACITY",
    "NodeAffinity,CAPACITY",
    "TopologyAffinityError,CAPACITY",
    "NodeShutdown,CAPACITY",
    "Evicted,CAPACITY",
    "SysctlForbidden,CONFIGURATION",
    "Unheard,"
  })
  void aKubeletThatRefusesAPodHasNoRoomForIt(String reason, @Nullable Kind kind) throws Exception {
    Machine machine = view("{phase: Failed, reason: " + reason + ", message: 'Pod was rejected'}");
    assertThat(machine.state()).isEqualTo(State.ENDED);
    assertThat(machine.trouble())
        .contains(new Trouble(reason, "Pod was rejected", Optional.ofNullable(kind), true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {phase: Succeeded, S} | {terminated: {exitCode: 0, reason: Completed}}            | 0   | ''          | ''
          {phase: Failed, S}    | {terminated: {exitCode: 12, reason: Error}}               | 12  | ''          | ''
          {phase: Running, S}   | {terminated: {exitCode: 12, reason: Error}}               | 12  | ''          | ''
          {phase: Failed, S}    | {terminated: {exitCode: 137, reason: OOMKilled}}          | 137 | OutOfMemory | OOMKilled
          {phase: Succeeded, S} | {terminated: {exitCode: 0, reason: OOMKilled}}            | 0   | ''          | OOMKilled
          {phase: Failed, S}    | {terminated: {exitCode: 3, reason: Error, message: 'flame: 3 OUT_OF_MEMORY Java heap space'}} | 3 | OutOfMemory | Java heap space
          {phase: Succeeded, S} | {terminated: {exitCode: 0, reason: Completed, message: 'flame: 0 IDLE idle'}} | 0 | Idle | idle
          {phase: Succeeded, S} | {terminated: {exitCode: 0, reason: Completed, message: 'usage: app FILE'}} | 0 | '' | 'usage: app FILE'
          {phase: Failed, S}    | {terminated: {exitCode: 128, reason: StartError, message: 'no java'}} | 128 | '' | no java
          {phase: Failed, reason: Evicted, message: 'low on memory', S} | {terminated: {exitCode: 137, reason: Error}} | 137 | '' | 'Evicted: low on memory'
          {phase: Failed, reason: DeadlineExceeded, S} | {terminated: {exitCode: 143, reason: Error}} | 143 | Lifetime | DeadlineExceeded
          """)
  void anEndHasItsCodeAndItsCause(String status, String state, int code, String cause, String words)
      throws Exception {
    Machine machine = view(status.replace("S}", container(state) + "}"));
    assertThat(machine.state()).isEqualTo(State.ENDED);
    assertThat(machine.exitCode()).hasValue(code);
    assertThat(machine.cause()).isEqualTo(cause);
    assertThat(machine.trouble().map(Trouble::text).orElse("")).contains(words);
    assertThat(machine.address()).isEmpty();
  }

  @Test
  void oneThatNeverStartedHasNoCode() throws Exception {
    Machine evicted = view("{phase: Failed, reason: Evicted, message: 'disk pressure'}");
    assertThat(evicted.state()).isEqualTo(State.ENDED);
    assertThat(evicted.exitCode()).isEmpty();
    Machine init =
        view(
            "{phase: Failed, initContainerStatuses: [{name: fetch, state: {terminated: {exitCode:"
                + " 3}}}], "
                + container("{waiting: {reason: PodInitializing}}")
                + "}");
    assertThat(init.trouble().orElseThrow().text()).contains("fetch", "3");
  }

  @Test
  void oneOnALostNodeIsGivenUpAWhileAfterItsGrace() throws Exception {
    String running = "{phase: Running, podIP: 10.1.2.3, " + container("{running: {}}") + "}";
    assertThat(view(running, "2026-01-01T11:59:00Z").state()).isEqualTo(State.STOPPING);
    Machine lost = view(running, "2026-01-01T11:50:00Z");
    assertThat(lost.state()).isEqualTo(State.ENDED);
    assertThat(lost.trouble().orElseThrow().reason()).isEqualTo("NodeLost");
  }
}
