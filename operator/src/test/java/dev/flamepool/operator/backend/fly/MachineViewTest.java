package dev.flamepool.operator.backend.fly;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.Machine.State;
import dev.flamepool.operator.backend.MachineKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineViewTest {
  private static final MachineKey KEY = new MachineKey("i", "n", "p", "p-0", "u", 1);

  private static Machine view(String json) throws Exception {
    return MachineView.of(KEY, FlyMachine.of(new ObjectMapper().readTree(json)).orElseThrow());
  }

  private static final String STARTED =
      "{\"id\":\"a1\",\"state\":\"started\",\"private_ip\":\"fdaa:0:1::2\",\"config\":{%s},"
          + "\"events\":[{\"type\":\"start\",\"status\":\"started\",\"source\":\"flyd\"}]}";

  @Test
  void aStartedMachineRunsAndHasAnAddressWithItsPort() throws Exception {
    Machine foreign = view(STARTED.formatted("\"image\":\"i\""));
    assertThat(foreign.state()).isEqualTo(State.RUNNING);
    assertThat(foreign.address()).as("no runner's port").isEmpty();
    assertThat(view(STARTED.formatted("\"metadata\":{\"flamepool_port\":\"7600\"}")).address())
        .hasValue("[fdaa:0:1::2]:7600");
  }

  @Test
  void anExitIsToldWithItsCodeAndTheEventsAreTheLastWords() throws Exception {
    Machine machine =
        view(
            "{\"id\":\"a1\",\"state\":\"stopped\",\"events\":[{\"type\":\"exit\",\"status\":"
                + "\"stopped\",\"source\":\"flyd\",\"request\":{\"exit_event\":{\"exit_code\":127}}},"
                + "{\"type\":\"start\",\"status\":\"started\",\"source\":\"flyd\"}]}");
    assertThat(machine.state()).isEqualTo(State.ENDED);
    assertThat(machine.exitCode()).hasValue(127);
    assertThat(machine.lastLines())
        .last()
        .asString()
        .contains("exit stopped (flyd), exit code 127");
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "FLAMEPOOL_RESEARCH_DATA", matches = ".+")
  void recordedMachinesAreReadToo() throws Exception {
    Path recorded = Path.of(System.getenv("FLAMEPOOL_RESEARCH_DATA"), "fly");
    Machine started = view(Files.readString(recorded.resolve("recorded-machine-get-started.json")));
    assertThat(started.state()).isEqualTo(State.RUNNING);
    Machine ended = view(Files.readString(recorded.resolve("docs-get.json")));
    assertThat(ended.state()).isEqualTo(State.ENDED);
    assertThat(ended.exitCode()).hasValue(127);
  }

  @Test
  void outOfMemoryIsACause() throws Exception {
    Machine machine =
        view(
            "{\"id\":\"a1\",\"state\":\"destroyed\",\"events\":[{\"type\":\"exit\",\"request\":"
                + "{\"MonitorEvent\":{\"exit_event\":{\"exit_code\":137,\"oom_killed\":true,"
                + "\"exited_at\":\"2026-01-01T00:00:00Z\"}}}}]}");
    assertThat(machine.cause()).isEqualTo("OutOfMemory");
    assertThat(machine.exitCode()).hasValue(137);
    assertThat(machine.lastLines()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          {"exit_code":0,"guest_exit_code":0}                       | 0
          {"requested_stop":true,"exited_at":"2026-01-01T00:00:00Z"} | 0
          {}                                                        | 0
          {"guest_exit_code":12}                                    | 12
          {"exit_code":0,"guest_exit_code":0,"guest_signal":-1}     | 0
          {"guest_signal":9}                                        | 137
          {"signal":15}                                             | 143
          {"oom_killed":true}                                       | -
          """)
  void whatFlyLeavesOutOfAnExitIsNought(String exit, Integer code) throws Exception {
    Machine machine =
        view(
            "{\"id\":\"a1\",\"state\":\"destroyed\",\"events\":[{\"type\":\"exit\",\"request\":"
                + "{\"exit_event\":%s}}]}".formatted(exit));
    assertThat(machine.exitCode())
        .isEqualTo(code == null ? OptionalInt.empty() : OptionalInt.of(code));
    assertThat(machine.trouble().isPresent()).isEqualTo(code == null);
  }

  @ParameterizedTest
  @CsvSource({
    "failed, NotStarted: Fly says failed",
    "launch_failed, NotStarted: Fly says launch_failed",
    "destroyed, EndedUntold: Fly says destroyed"
  })
  void withoutAnExitTheEventsSpeak(String state, String words) throws Exception {
    String json =
        "{\"id\":\"a1\",\"state\":\"%s\",\"events\":[{\"type\":\"start\",\"status\":\"failed\","
            + "\"source\":\"flyd\",\"timestamp\":1700000000000},{\"type\":\"launch\"}]}";
    Machine machine = view(json.formatted(state));
    assertThat(machine.exitCode()).isEmpty();
    assertThat(machine.trouble().orElseThrow().text())
        .startsWith(words)
        .endsWith("2023-11-14T22:13:20Z start failed (flyd)");
  }

  @Test
  void anOrderlyEndHasNoLastWords() throws Exception {
    assertThat(
            view("{\"id\":\"a1\",\"state\":\"destroyed\",\"events\":[{\"type\":\"exit\","
                    + "\"request\":{\"exit_event\":{\"exit_code\":12}}}]}")
                .lastLines())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "created, STARTING", "starting, STARTING", "started, RUNNING", "stopping, STOPPING",
    "destroying, STOPPING", "stopped, ENDED", "failed, ENDED", "launch_failed, ENDED",
    "suspended, ENDED", "destroyed, ENDED", "replaced, ENDED", "migrated, ENDED",
    "state_of_tomorrow, RUNNING"
  })
  void everyStateMeansSomething(String word, State state) throws Exception {
    assertThat(view("{\"id\":\"a1\",\"state\":\"" + word + "\"}").state()).isEqualTo(state);
  }

  @Test
  void ofAnUnreachableHostMuchIsMissing() throws Exception {
    Machine machine =
        view(
            "{\"id\":\"a1\",\"state\":\"started\",\"host_status\":\"unreachable\",\"config\":null,"
                + "\"events\":null,\"private_ip\":\"fdaa::1\",\"incomplete_config\":"
                + "{\"metadata\":{\"flamepool_port\":\"7600\"}}}");
    assertThat(machine.state()).isEqualTo(State.RUNNING);
    assertThat(machine.address()).hasValue("[fdaa::1]:7600");
  }

  @Test
  void whatIsNoAddressIsNotPassedOn() throws Exception {
    assertThat(
            view("{\"id\":\"a1\",\"state\":\"started\",\"private_ip\":\"evil.example/\","
                    + "\"config\":{\"metadata\":{\"flamepool_port\":\"7600\"}}}")
                .address())
        .isEmpty();
  }
}
