package dev.flamepool.simulators.fly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flamepool.simulators.fly.Http.Got;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Refusals, limits and what goes wrong. */
class FlyFaultsTest extends FlyScenario {
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
}
