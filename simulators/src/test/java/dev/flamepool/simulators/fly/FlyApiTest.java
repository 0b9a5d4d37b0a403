package dev.flamepool.simulators.fly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flamepool.simulators.fly.Http.Got;
import dev.flamepool.simulators.machine.Exit;
import dev.flamepool.simulators.machine.Launch;
import dev.flamepool.simulators.machine.ScriptedMachines;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP interface as Fly's clients know it, with scripted machines and a clock that stands. */
@Timeout(60)
class FlyApiTest {
  private static final String MACHINES = "/v1/apps/thumbs/machines";
  private static final Duration BOOT = Duration.ofSeconds(7);

  private final ManualClock clock = new ManualClock();
  private final ScriptedMachines processes = new ScriptedMachines(clock);
  private final List<String> intended = new ArrayList<>();
  private FlySimulator simulator;
  private Http http;

  @BeforeEach
  void start() throws Exception {
    simulator = FlySimulator.start(options());
    http = new Http(simulator.uri());
  }

  private FlyOptions options() {
    return new FlyOptions()
        .clock(clock)
        .runtime(processes)
        .app("thumbs")
        .app("other")
        .foreignApp("theirs")
        .image("img:1", new Image(List.of("/bin/app"), List.of("serve")))
        .bootDelay(BOOT)
        .startDelay(Duration.ofSeconds(1))
        .rateLimits(false);
  }

  @AfterEach
  void nothingWasAgainstTheDocument() {
    simulator.close();
    assertThat(simulator.violations()).isEqualTo(intended);
  }

  // ---- create and boot

  @Test
  void aMachineIsCreatedThenStartingThenStarted() throws Exception {
    Got created = create("'name': 'p-1', 'region': 'ams'", "");
    assertThat(created.status()).isEqualTo(200);
    assertThat(created.text("state")).isEqualTo("created");
    assertThat(created.text("id")).matches("[0-9a-f]{14}");
    assertThat(created.text("instance_id")).matches("[0-9A-HJKMNP-TV-Z]{26}");
    assertThat(created.text("region")).isEqualTo("ams");
    assertThat(created.text("private_ip")).startsWith("::ffff:127.");
    assertThat(created.text("host_status")).isEqualTo("ok");
    assertThat(created.body().at("/image_ref/repository").asText()).isEqualTo("img");

    String id = created.text("id");
    assertThat(state(id)).isEqualTo("created");
    clock.advance(BOOT);
    assertThat(state(id)).isEqualTo("starting");
    assertThat(processes.running()).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(state(id)).isEqualTo("started");
    assertThat(processes.running()).containsExactly(id);
    assertThat(types(machine(id))).containsExactly("start/started/flyd", "launch/created/user");
  }

  @Test
  void theConfigComesBackWithDefaultsAndWithAFieldThatNobodyKnows() throws Exception {
    JsonNode machine = create("", "'env': {'A': '1'}").body();
    assertThat(machine.at("/config/env/A").asText()).isEqualTo("1");
    assertThat(machine.at("/config/init").isObject()).isTrue();
    assertThat(machine.at("/config/dns").isObject()).isTrue();
    assertThat(machine.at("/config/restart/policy").asText()).isEqualTo("on-failure");
    assertThat(machine.at("/config/guest").toString())
        .isEqualTo("{\"cpu_kind\":\"shared\",\"cpus\":1,\"memory_mb\":256}");
    assertThat(machine.has("x_not_documented")).isTrue();
    assertThat(machine.path("name").asText()).isNotBlank();
  }

  @Test
  void theProcessHasWhatTheCallSaysAndFlysOwnVariables() throws Exception {
    String id = started("'name': 'p-1', 'region': 'fra'", "'env': {'A': 'x y'}");
    Launch plain = processes.launch(id).orElseThrow();
    assertThat(plain.command()).containsExactly("/bin/app", "serve");
    assertThat(plain.env())
        .containsAllEntriesOf(
            Map.of(
                "A", "x y",
                "FLY_APP_NAME", "thumbs",
                "FLY_MACHINE_ID", id,
                "FLY_REGION", "fra",
                "FLY_IMAGE_REF", "img:1",
                "FLY_VM_MEMORY_MB", "256",
                "FLY_PRIVATE_IP", "::ffff:" + plain.address()));
    String cmd = started("", "'init': {'cmd': ['a', 'b']}");
    assertThat(processes.launch(cmd).orElseThrow().command()).containsExactly("/bin/app", "a", "b");
    String exec = started("", "'init': {'exec': ['e'], 'cmd': ['a']}");
    assertThat(processes.launch(exec).orElseThrow().command()).containsExactly("e");
    String entry = started("", "'init': {'entrypoint': ['n']}");
    assertThat(processes.launch(entry).orElseThrow().command()).containsExactly("n", "serve");
    assertThat(List.of(id, cmd, exec, entry))
        .extracting(m -> processes.launch(m).orElseThrow().address())
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'guest': {'cpu_kind': 'performance', 'cpus': 8, 'memory_mb': 4096}",
        "'guest': {'cpu_kind': 'shared', 'cpus': 3, 'memory_mb': 1024}",
        "'guest': {'cpu_kind': 'shared', 'cpus': 1, 'memory_mb': 300}",
        "'guest': {'gpu_kind': 'a10', 'gpus': 1}",
        "'files': [{'guest_path': 'relative', 'raw_value': 'AA=='}]",
        "'files': [{'guest_path': '/a/../../b', 'raw_value': 'AA=='}]",
        "'files': [{'guest_path': '/a', 'raw_value': '*'}]",
        "'stop_config': {'timeout': 'soon'}"
      })
  void aConfigThatFlyWouldNotTakeIsRefused(String config) throws Exception {
    assertThat(create("", config).status()).isEqualTo(400);
    assertThat(list("?include_deleted=true")).isEmpty();
  }

  @Test
  void anImageThatDoesNotExistIsRefusedAsRecorded() throws Exception {
    Got refused = http.post(MACHINES, "{'config': {'image': 'none:7'}}");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("error"))
        .isEqualTo(
            "failed to get manifest none:7: request failed: not found [http 404]:"
                + " {\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\"}]}");
  }

  @Test
  void aRequestThatTheDocumentDoesNotAllowIsRefusedAndNoted() throws Exception {
    Got refused = create("'nmae': 'x'", "");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(simulator.violations()).singleElement().asString().contains("/nmae");
    assertThat(list("")).isEmpty();
    intended.addAll(simulator.violations());
  }

  // ---- names

  @Test
  void aNameIsUniqueAmongTheLivingOfAnApp() throws Exception {
    String id = started("'name': 'p-1'", "");
    Got refused = create("'name': 'p-1'", "");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("error"))
        .isEqualTo(
            "already_exists: unique machine name violation, machine ID "
                + id
                + " already exists with name \"p-1\"");
    assertThat(http.post("/v1/apps/other/machines", body("'name': 'p-1'", "")).status())
        .isEqualTo(200);
    http.delete(MACHINES + "/" + id + "?force=true");
    assertThat(state(id)).isEqualTo("destroyed");
    assertThat(create("'name': 'p-1'", "").status()).isEqualTo(200);
  }

  // ---- lists and gets

  @Test
  void listsFilterByMetadataStateAndRegion() throws Exception {
    String a = id(create("'region': 'fra'", "'metadata': {'pool': 'x', 'op': '1'}"));
    String b = id(create("'region': 'ams'", "'metadata': {'pool': 'x', 'op': '2'}"));
    String c = id(create("'region': 'fra'", "'metadata': {'pool': 'y', 'op': '1'}"));
    assertThat(list("?metadata.pool=x")).containsExactlyInAnyOrder(a, b);
    assertThat(list("?metadata.pool=x&metadata.op=1")).containsExactly(a);
    assertThat(list("?metadata.other=1")).isEmpty();
    assertThat(list("?region=fra")).containsExactlyInAnyOrder(a, c);
    assertThat(list("?state=started")).isEmpty();
    assertThat(list("?state=created,started")).hasSize(3);
    JsonNode summary = http.get(MACHINES + "?summary=true").body().get(0);
    assertThat(summary.has("config") || summary.has("events") || summary.has("host_status"))
        .isFalse();
    assertThat(http.get("/v1/orgs/personal/machines").body().path("machines")).hasSize(3);
  }

  @Test
  void aDestroyedMachineIsGotButListedOnlyOnDemandAndLaterForgotten() throws Exception {
    String id = started("", "'metadata': {'pool': 'x'}");
    http.delete(MACHINES + "/" + id + "?force=true");
    assertThat(state(id)).isEqualTo("destroyed");
    assertThat(list("?metadata.pool=x")).isEmpty();
    assertThat(list("?metadata.pool=x&include_deleted=true")).containsExactly(id);
    assertThat(http.delete(MACHINES + "/" + id + "?force=true").status()).isEqualTo(200);
    clock.advance(Duration.ofHours(2));
    assertThat(http.get(MACHINES + "/" + id).status()).isEqualTo(404);
  }

  @Test
  void whatIsNotThereIsNotFound() throws Exception {
    Got machine = http.get(MACHINES + "/0123456789abcd");
    assertThat(machine.status()).isEqualTo(404);
    assertThat(machine.text("error")).isEqualTo("machine not found");
    String id = id(create("", ""));
    assertThat(http.get("/v1/apps/other/machines/" + id).status()).isEqualTo(404);
    assertThat(http.get("/v1/apps/nobodys/machines").text("error")).isEqualTo("app not found");
    assertThat(http.get("/v1/nonsense").status()).isEqualTo(404);
  }

  // ---- wait

  @Test
  void waitTakesOneToSixtySeconds() throws Exception {
    String id = started("", "");
    for (String timeout : List.of("0", "61", "90")) {
      Got refused = http.get(MACHINES + "/" + id + "/wait?timeout=" + timeout);
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.text("error"))
          .isEqualTo(
              "invalid_argument: invalid WaitMachineRequest.Timeout:"
                  + " value must be inside range [1s, 1m0s]");
    }
    assertThat(http.get(MACHINES + "/" + id + "/wait?timeout=60").text("state"))
        .isEqualTo("started");
    assertThat(http.get(MACHINES + "/" + id + "/wait?state=settled").status()).isEqualTo(200);
    assertThat(http.get(MACHINES + "/0123456789abcd/wait").status()).isEqualTo(404);
  }

  @Test
  void waitEndsWithTheStateOrWithTheTime() throws Exception {
    String id = id(create("", ""));
    CompletableFuture<Got> reached = later(() -> http.get(MACHINES + "/" + id + "/wait"));
    boot();
    assertThat(reached.join().body().toString()).contains("\"ok\":true", "\"state\":\"started\"");

    String path = "/wait?state=stopped,destroyed&timeout=2";
    CompletableFuture<Got> late = later(() -> http.get(MACHINES + "/" + id + path));
    while (!late.isDone()) {
      clock.advance(Duration.ofMillis(100));
      Thread.onSpinWait();
    }
    assertThat(late.join().status()).isEqualTo(408);
    assertThat(late.join().text("error"))
        .isEqualTo(
            "deadline_exceeded: machine failed to reach desired state,"
                + " stopped, destroyed, currently started");
  }

  // ---- start, stop, destroy

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

  // ---- metadata, events, leases

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

  // ---- tokens, limits

  @Test
  void tokensReachTheirAppsInBothSchemes() throws Exception {
    simulator.close();
    simulator = FlySimulator.start(options().token("fm2_a", "thumbs").token("all"));
    assertThat(status("", "thumbs")).isEqualTo(401);
    assertThat(status("Bearer nonsense", "thumbs")).isEqualTo(401);
    assertThat(status("Bearer FlyV1 fm2_a", "thumbs")).isEqualTo(401);
    assertThat(status("FlyV1 fm2_a", "thumbs")).isEqualTo(200);
    assertThat(status("FlyV1 fm2_x,fm2_a", "thumbs")).isEqualTo(200);
    assertThat(status("Bearer all", "thumbs")).isEqualTo(200);
    assertThat(status("FlyV1 fm2_a", "other")).isEqualTo(403);
    assertThat(status("Bearer all", "theirs")).isEqualTo(403);
    assertThat(status("Bearer all", "nobodys")).isEqualTo(404);
    Got refused = new Http(simulator.uri(), "Bearer x").get("/v1/apps/thumbs");
    assertThat(refused.text("error")).isEqualTo("invalid token");
    assertThat(refused.raw().headers().firstValue("fly-request-id")).isPresent();
  }

  private int status(String authorization, String app) throws Exception {
    return new Http(simulator.uri(), authorization).get("/v1/apps/" + app + "/machines").status();
  }

  @Test
  void eachActionHasOneASecondAndThreeAtOnce() throws Exception {
    simulator.close();
    simulator = FlySimulator.start(options().rateLimits(true));
    http = new Http(simulator.uri());
    List<Integer> creates = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      creates.add(create("", "").status());
    }
    assertThat(creates).containsExactly(200, 200, 200, 429, 429);
    assertThat(create("", "").text("error")).isEqualTo("rate limit exceeded");
    clock.advance(Duration.ofSeconds(2));
    assertThat(List.of(create("", "").status(), create("", "").status(), create("", "").status()))
        .containsExactly(200, 200, 429);
    JsonNode machines = http.get(MACHINES).body();
    assertThat(machines).hasSize(5);
    List<Integer> gets = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      gets.add(http.get(MACHINES + "/" + machines.get(0).path("id").asText()).status());
    }
    assertThat(gets.subList(0, 10)).containsOnly(200);
    assertThat(gets.subList(10, 12)).containsOnly(429);
    assertThat(http.get(MACHINES + "/" + machines.get(1).path("id").asText()).status())
        .isEqualTo(200);
  }

  // ---- regions and faults

  @Test
  void regionsAreTakenInOrderWhileTheyHaveRoom() throws Exception {
    simulator.faults().capacity("fra", 1).capacity("ams", 1);
    assertThat(create("'region': 'fra,ams'", "").text("region")).isEqualTo("fra");
    assertThat(create("'region': 'fra,ams'", "").text("region")).isEqualTo("ams");
    Got full = create("'region': 'fra,ams'", "");
    assertThat(full.status()).isEqualTo(422);
    assertThat(full.body().toString())
        .isEqualTo(
            "{\"error\":\"could not find a candidate host\",\"status\":\"insufficient_capacity\"}");
    assertThat(create("'region': 'eu'", "").text("region")).isNotIn("fra", "ams");
    assertThat(create("'region': 'xyz'", "").text("error")).contains("target region xyz not found");
    simulator.faults().clear();
    assertThat(create("'region': 'fra'", "").status()).isEqualTo(200);
    assertThat(http.get("/v1/platform/regions").body().path("regions")).hasSizeGreaterThan(10);
    assertThat(http.get("/v1/tokens/current").status()).isEqualTo(200);
  }

  @Test
  void aLostResponseHasItsEffectAndALostRequestHasNone() throws Exception {
    simulator.faults().next("Machines_create", new Effect.LoseResponse());
    assertThatThrownBy(() -> create("'name': 'p-1'", "")).isInstanceOf(IOException.class);
    assertThat(list("")).hasSize(1);
    assertThat(create("'name': 'p-1'", "").status()).isEqualTo(409);
    simulator.faults().next("Machines_create", new Effect.LoseRequest());
    assertThatThrownBy(() -> create("'name': 'p-2'", "")).isInstanceOf(IOException.class);
    assertThat(list("")).hasSize(1);
    assertThat(simulator.requests())
        .filteredOn(r -> r.operation().equals("Machines_create"))
        .extracting(Served::status)
        .containsExactly(0, 409, 0);
  }

  @Test
  void aFaultMeetsTheCallsItIsFor() throws Exception {
    simulator.faults().after("Machines_create", 1, 2, new Effect.Refuse("host_cpus"));
    simulator.faults().next("*", new Effect.Answer(503, "upstream is down"));
    assertThat(http.get(MACHINES).status()).isEqualTo(503);
    List<Integer> creates = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      creates.add(create("", "").status());
    }
    assertThat(creates).containsExactly(200, 409, 409, 200);
    assertThat(simulator.faults().pending()).isZero();
    simulator.faults().next("Machines_list", new Effect.Delay(Duration.ofMillis(1)));
    assertThat(list("")).hasSize(2);
  }

  @Test
  void machinesGoWrongAsTold() throws Exception {
    simulator.faults().next("Machines_create", new Effect.StuckInCreated());
    String stuck = id(create("", ""));
    simulator.faults().next("Machines_create", new Effect.FailsToBoot());
    String broken = id(create("", ""));
    simulator.faults().next("Machines_create", new Effect.VisibleAfter(Duration.ofMinutes(1)));
    String late = id(create("'name': 'late'", ""));
    simulator.faults().next("Machines_create", new Effect.StuckInDestroying());
    String lasting = id(create("", ""));
    boot();
    assertThat(state(stuck)).isEqualTo("created");
    assertThat(state(broken)).isEqualTo("failed");
    assertThat(http.get(MACHINES + "/" + late).status()).isEqualTo(404);
    assertThat(list("")).doesNotContain(late);
    assertThat(create("'name': 'late'", "").status()).isEqualTo(409);
    http.delete(MACHINES + "/" + lasting + "?force=true");
    assertThat(state(lasting)).isEqualTo("destroying");

    clock.advance(Duration.ofHours(2));
    assertThat(state(stuck)).isEqualTo("created");
    assertThat(state(late)).isEqualTo("started");
    simulator.faults().release(stuck).release(lasting);
    boot();
    assertThat(state(stuck)).isEqualTo("started");
    assertThat(state(lasting)).isEqualTo("destroyed");
    assertThat(http.delete(MACHINES + "/" + broken).status()).isEqualTo(200);
  }

  @Test
  void anUnreachableHostHidesTheConfigAndKeepsItsMachinesFromEnding() throws Exception {
    String id = started("", "'metadata': {'pool': 'x'}");
    simulator.faults().hostUnreachable(id);
    JsonNode machine = machine(id);
    assertThat(machine.path("host_status").asText()).isEqualTo("unreachable");
    assertThat(machine.path("config").isNull()).isTrue();
    assertThat(machine.at("/incomplete_config/metadata/pool").asText()).isEqualTo("x");
    assertThat(list("?metadata.pool=x")).containsExactly(id);
    assertThat(http.delete(MACHINES + "/" + id + "?force=true").status()).isEqualTo(200);
    clock.advance(Duration.ofMinutes(10));
    assertThat(state(id)).isEqualTo("destroying");
    simulator.faults().hostReachable(id);
    assertThat(state(id)).isEqualTo("destroyed");
  }

  @Test
  void anotherProcessSetsFaultsOverHttp() throws Exception {
    String faults = "/_sim/faults";
    assertThat(http.post(faults, "{'capacity': {'fra': 0}}").status()).isEqualTo(200);
    assertThat(create("'region': 'fra'", "").status()).isEqualTo(422);
    String refuse = "{'operation': 'Machines_list', 'effect': 'refuse', 'name': 'rate_limit'}";
    assertThat(http.post(faults, refuse).body().path("pending").asInt()).isEqualTo(1);
    assertThat(http.get(MACHINES).status()).isEqualTo(429);
    assertThat(http.post(faults, "{'effect': 'nonsense'}").status()).isEqualTo(400);
    assertThat(http.post(faults, "{'unreachable': 'none'}").status()).isEqualTo(400);
    http.delete(faults);
    assertThat(create("'region': 'fra'", "").status()).isEqualTo(200);
    assertThat(http.get("/_sim/requests").body().path("requests")).hasSize(3);
    assertThat(http.get("/_sim/violations").body().path("violations")).isEmpty();
  }

  // ---- apps

  @Test
  void appsComeAndGoWithTheirMachines() throws Exception {
    Got created = http.post("/v1/apps", "{'name': 'fresh', 'org_slug': 'personal'}");
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.raw().headers().firstValue("Set-Cookie").orElseThrow())
        .startsWith("fly_flaps_affinity=")
        .endsWith("; Path=/v1/apps/fresh");
    assertThat(http.post("/v1/apps", "{'name': 'fresh', 'org_slug': 'personal'}").text("status"))
        .isEqualTo("name_taken");
    String id = id(http.post("/v1/apps/fresh/machines", body("", "")));
    assertThat(http.get("/v1/apps/fresh").body().path("machine_count").asInt()).isEqualTo(1);
    assertThat(http.get("/v1/apps?org_slug=personal").body().path("total_apps").asInt())
        .isEqualTo(3);
    assertThat(http.delete("/v1/apps/fresh?force=true").status()).isEqualTo(202);
    assertThat(http.get("/v1/apps/fresh/machines/" + id).text("error")).isEqualTo("app not found");
  }

  // ---- helpers

  private static String body(String more, String config) {
    return "{"
        + more
        + (more.isEmpty() ? "" : ", ")
        + "'config': {'image': 'img:1'"
        + (config.isEmpty() ? "" : ", ")
        + config
        + "}}";
  }

  private Got create(String more, String config) throws Exception {
    return http.post(MACHINES, body(more, config));
  }

  private static String id(Got created) {
    assertThat(created.status()).as(created.body().toString()).isEqualTo(200);
    return created.text("id");
  }

  private String started(String more, String config) throws Exception {
    String id = id(create(more, config));
    boot();
    assertThat(state(id)).isEqualTo("started");
    return id;
  }

  private void boot() {
    simulator.settle();
    clock.advance(BOOT);
    simulator.settle();
    clock.advance(Duration.ofSeconds(1));
    simulator.settle();
  }

  private JsonNode machine(String id) throws Exception {
    return http.get(MACHINES + "/" + id).body();
  }

  private String state(String id) throws Exception {
    return machine(id).path("state").asText();
  }

  private List<String> list(String query) throws Exception {
    Got got = http.get(MACHINES + query);
    assertThat(got.status()).isEqualTo(200);
    return StreamSupport.stream(got.body().spliterator(), false)
        .map(machine -> machine.path("id").asText())
        .toList();
  }

  private static List<String> types(JsonNode machine) {
    return StreamSupport.stream(machine.path("events").spliterator(), false)
        .map(e -> "%s/%s/%s".formatted(text(e, "type"), text(e, "status"), text(e, "source")))
        .toList();
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asText();
  }

  private JsonNode exitEvent(String id) throws Exception {
    for (JsonNode event : machine(id).path("events")) {
      if (event.path("type").asText().equals("exit")) {
        return event.at("/request/exit_event");
      }
    }
    throw new AssertionError("no exit event");
  }

  private static CompletableFuture<Got> later(Callable<Got> call) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return call.call();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
