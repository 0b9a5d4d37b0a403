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

  @ParameterizedTest
  @CsvSource({
    "ErrImagePull,false",
    "ImagePullBackOff,true",
    "InvalidImageName,true",
    "CreateContainerConfigError,true"
  })
  void aContainerThatCannotStartIsTheConfigurationsFault(String reason, boolean definite)
      throws Exception {
    Machine machine =
        view(
            "{phase: Pending, "
                + container("{waiting: {reason: " + reason + ", message: 'kubelet says'}}")
                + "}");
    assertThat(machine.state()).isEqualTo(State.STARTING);
    assertThat(machine.trouble())
        .contains(new Trouble(reason, "kubelet says", Optional.of(Kind.CONFIGURATION), definite));
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {phase: Succeeded, S} | {terminated: {exitCode: 0, reason: Completed}}            | 0   | ''          | ''
          {phase: Failed, S}    | {terminated: {exitCode: 12, reason: Error}}               | 12  | ''          | ''
          {phase: Running, S}   | {terminated: {exitCode: 12, reason: Error}}               | 12  | ''          | ''
          {phase: Failed, S}    | {terminated: {exitCode: 137, reason: OOMKilled}}          | 137 | OutOfMemory | OOMKilled
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
