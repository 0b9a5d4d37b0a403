package dev.flamepool.simulators.fly;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flamepool.simulators.fly.Http.Got;
import dev.flamepool.simulators.machine.Exit;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From start to destroyed. */
class FlyLifecycleTest extends FlyScenario {
  @Test
  void onlyAMachineThatRestsCanBeStarted() throws Exception {
    String id = id(create("", ""));
    Got refused = http.post(MACHINES + "/" + id + "/start", "");
    assertThat(refused.status()).isEqualTo(412);
    assertThat(refused.text("error"))
        .isEqualTo("failed_precondition: unable to start machine from current state: 'created'");
    boot();
    processes.exit(id, Exit.of(0));
    assertThat(state(id)).isEqualTo("stopped");
    Got again = http.post(MACHINES + "/" + id + "/start", "");
    assertThat(again.text("previous_state")).isEqualTo("stopped");
    boot();
    assertThat(state(id)).isEqualTo("started");
  }

  @Test
  void aStopGivesTheProcessItsTimeAndThenKills() throws Exception {
    String polite = started("", "'stop_config': {'signal': 'SIGTERM', 'timeout': '30s'}");
    String deaf = started("", "");
    processes.stopTime(Duration.ofSeconds(20));
    assertThat(http.post(MACHINES + "/" + polite + "/stop", "").body().toString())
        .isEqualTo("{\"ok\":true}");
    assertThat(state(polite)).isEqualTo("stopping");
    clock.advance(Duration.ofSeconds(20));
    assertThat(state(polite)).isEqualTo("stopped");
    assertThat(exitEvent(polite).path("exit_code").asInt()).isEqualTo(12);
    assertThat(exitEvent(polite).path("requested_stop").asBoolean()).isTrue();
    assertThat(http.post(MACHINES + "/" + polite + "/stop", "").status()).isEqualTo(200);

    processes.stopTime(null);
    http.post(MACHINES + "/" + deaf + "/stop", "{'signal': 'SIGTERM', 'timeout': '1m'}");
    clock.advance(Duration.ofSeconds(59));
    assertThat(state(deaf)).isEqualTo("stopping");
    clock.advance(Duration.ofSeconds(1));
    assertThat(state(deaf)).isEqualTo("stopped");
    assertThat(exitEvent(deaf).path("guest_signal").asInt()).isEqualTo(9);
  }

  @Test
  void aMachineThatRunsIsDestroyedByForceOnly() throws Exception {
    String id = started("", "");
    Got refused = http.delete(MACHINES + "/" + id);
    assertThat(refused.status()).isEqualTo(412);
    assertThat(refused.text("error"))
        .isEqualTo(
            "failed_precondition: unable to destroy machine, not currently stopped, suspended,"
                + " failed or created");
    assertThat(http.delete(MACHINES + "/" + id + "?kill=true").status()).isEqualTo(200);
    assertThat(state(id)).isEqualTo("destroyed");
    assertThat(processes.running()).isEmpty();
    String waiting = id(create("", ""));
    assertThat(http.delete(MACHINES + "/" + waiting).status()).isEqualTo(200);
    assertThat(state(waiting)).isEqualTo("destroyed");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 137})
  void autoDestroyTakesAMachineAfterAnyExit(int code) throws Exception {
    String id = started("", "'auto_destroy': true, 'restart': {'policy': 'no'}");
    processes.exit(id, Exit.of(code));
    JsonNode machine = machine(id);
    assertThat(machine.path("state").asText()).isEqualTo("destroyed");
    assertThat(types(machine))
        .containsSubsequence("destroy/destroyed/flyd", "exit/stopped/flyd", "start/started/flyd");
    JsonNode exit = exitEvent(id);
    assertThat(exit.path("exit_code").asInt()).isEqualTo(code);
    assertThat(exit.path("oom_killed").asBoolean()).isFalse();
    assertThat(exit.path("restarting").asBoolean()).isFalse();
    assertThat(exit.path("requested_stop").asBoolean()).isFalse();
    assertThat(exit.path("exited_at").isIntegralNumber()).isTrue();
  }

  @Test
  void restartPoliciesDecideWhoIsStartedAgain() throws Exception {
    String no = started("", "'restart': {'policy': 'no'}");
    String always = started("", "'restart': {'policy': 'always'}");
    String failure = started("", "'restart': {'policy': 'on-failure', 'max_retries': 1}");
    List.of(no, always, failure).forEach(id -> processes.exit(id, Exit.of(1)));
    assertThat(exitEvent(failure).path("restarting").asBoolean()).isTrue();
    boot();
    assertThat(processes.running()).containsExactlyInAnyOrder(always, failure);
    List.of(always, failure).forEach(id -> processes.exit(id, Exit.of(1)));
    boot();
    assertThat(processes.running()).containsExactly(always);
    assertThat(List.of(state(no), state(failure))).containsExactly("stopped", "stopped");
    processes.exit(always, Exit.of(0));
    boot();
    assertThat(processes.running()).containsExactly(always);
    http.post(MACHINES + "/" + always + "/stop", "");
    boot();
    assertThat(state(always)).isEqualTo("stopped");
  }

  @Test
  void restartSuspendCordonAndUpdate() throws Exception {
    String id = started("", "");
    assertThat(http.post(MACHINES + "/" + id + "/restart?timeout=5s", "").status()).isEqualTo(200);
    boot();
    assertThat(state(id)).isEqualTo("started");
    http.post(MACHINES + "/" + id + "/suspend", "");
    assertThat(state(id)).isEqualTo("suspended");
    http.post(MACHINES + "/" + id + "/start", "");
    assertThat(state(id)).isEqualTo("started");
    http.post(MACHINES + "/" + id + "/cordon", "");
    assertThat(machine(id).path("cordoned").asBoolean()).isTrue();
    String version = machine(id).path("instance_id").asText();
    Got updated = http.post(MACHINES + "/" + id, body("", "'env': {'NEW': '1'}"));
    assertThat(updated.text("instance_id")).isNotEqualTo(version);
    boot();
    assertThat(processes.launch(id).orElseThrow().env()).containsEntry("NEW", "1");
    String stale = "{'current_version': '" + version + "', 'config': {'image': 'img:1'}}";
    assertThat(http.post(MACHINES + "/" + id, stale).status()).isEqualTo(409);
  }

  @Test
  void metadataIsChangedWithoutANewVersion() throws Exception {
    String id = id(create("", "'metadata': {'a': '1', 'b': '2'}"));
    String version = machine(id).path("instance_id").asText();
    String path = MACHINES + "/" + id + "/metadata";
    assertThat(http.post(path + "/c", "{'value': '3'}").status()).isEqualTo(204);
    assertThat(http.send("PUT", path, "{'metadata': {'a': null, 'b': 'x'}}").status())
        .isEqualTo(204);
    assertThat(http.get(path).body().toString()).isEqualTo("{\"b\":\"x\",\"c\":\"3\"}");
    assertThat(http.get(path + "/b").text("value")).isEqualTo("x");
    assertThat(http.delete(path + "/b").status()).isEqualTo(204);
    assertThat(http.get(path + "/b").status()).isEqualTo(404);
    assertThat(list("?metadata.c=3")).containsExactly(id);
    assertThat(machine(id).path("instance_id").asText()).isEqualTo(version);
    String stale = "{'machine_version': 'other', 'metadata': {'d': '1'}}";
    assertThat(http.send("PATCH", path, stale).status()).isEqualTo(412);
  }

  @Test
  void eventsComeNewestFirstAndLimited() throws Exception {
    String id = started("", "");
    JsonNode events = http.get(MACHINES + "/" + id + "/events").body();
    assertThat(events).hasSize(2);
    assertThat(events.get(0).path("type").asText()).isEqualTo("start");
    assertThat(http.get(MACHINES + "/" + id + "/events?limit=1").body()).hasSize(1);
  }

  @Test
  void aLeaseKeepsOthersFromChangingAMachine() throws Exception {
    String id = started("", "");
    String lease = MACHINES + "/" + id + "/lease";
    assertThat(http.get(lease).status()).isEqualTo(404);
    Got taken = http.post(lease, "{'ttl': 20, 'description': 'mine'}");
    assertThat(taken.status()).isEqualTo(201);
    Got refused = http.post(lease, "{'ttl': 20}");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("error"))
        .isEqualTo(
            "machine ID "
                + id
                + " lease currently held by simulator@tokens.fly.io, expires at"
                + " 2026-01-01T00:00:28Z");
    assertThat(http.post(MACHINES + "/" + id + "/start", "").status()).isEqualTo(409);
    String nonce = taken.text("nonce");
    assertThat(http.send("POST", lease, "{'ttl': 60}", "fly-machine-lease-nonce", nonce).status())
        .isEqualTo(201);
    assertThat(http.send("DELETE", lease, "", "fly-machine-lease-nonce", nonce).status())
        .isEqualTo(200);
    assertThat(http.get(lease).status()).isEqualTo(404);
    assertThat(create("'lease_ttl': 5", "").text("nonce")).isNotEmpty();
  }
}
