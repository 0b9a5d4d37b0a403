package dev.flamepool.simulators.fly;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flamepool.simulators.fly.Http.Got;
import dev.flamepool.simulators.machine.Launch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a create call does. */
class FlyCreateTest extends FlyScenario {
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
}
