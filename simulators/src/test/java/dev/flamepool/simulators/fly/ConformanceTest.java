package dev.flamepool.simulators.fly;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConformanceTest {
  private static final String MACHINES = "/v1/apps/a/machines";
  private final Conformance fly = Conformance.fly();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a number as text      | {'config': {'image': 'i', 'guest': {'cpus': 'one'}}}
          an unknown policy     | {'config': {'image': 'i', 'restart': {'policy': 'never'}}}
          a misspelt field      | {'config': {'image': 'i', 'autoDestroy': true}}
          a field too many      | {'confg': {}, 'config': {'image': 'i'}}
          an env that is a list | {'config': {'image': 'i', 'env': ['A=1']}}
          no JSON               | {'config
          """)
  void refusesInACreateCall(String what, String body) {
    assertThat(fly.request("POST", MACHINES, body.replace('\'', '"'))).as(what).hasSize(1);
  }

  @Test
  void letsAWholeCreateCallPass() {
    String body =
        """
        {"name": "p-1", "region": "fra,ams", "skip_service_registration": true, "config": {
          "image": "i", "env": {"A": "1"}, "metadata": {"flamepool_pool": "p"}, "auto_destroy": true,
          "restart": {"policy": "no"}, "init": {"cmd": ["x"], "swap_size_mb": 1, "tty": false},
          "guest": {"cpu_kind": "performance", "cpus": 2, "memory_mb": 4096},
          "stop_config": {"signal": "SIGTERM", "timeout": "30s"}, "dns": {"skip_registration": true},
          "files": [{"guest_path": "/flame/boot/ca.der", "raw_value": "AA==", "mode": 256}],
          "checks": {"port": {"type": "tcp", "port": 7600, "interval": "15s", "timeout": "2s"}}}}
        """;
    assertThat(fly.request("POST", MACHINES, body)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET    | /machines/m/wait?state=bogus
          GET    | /machines/m/wait?timeout=1m
          GET    | /machines?summary=yes
          GET    | /machines?colour=red
          DELETE | /machines/m?now=true
          GET    | /machines/m/shoes
          PUT    | /machines
          """)
  void refusesWhatIsNotDocumented(String method, String path) {
    assertThat(fly.request(method, "/v1/apps/a" + path, "")).hasSize(1);
  }

  @Test
  void refusesAStopTimeoutThatIsNoText() {
    assertThat(fly.request("POST", MACHINES + "/m/stop", "{\"timeout\": 30}")).hasSize(1);
    assertThat(fly.request("POST", MACHINES + "/m/stop", "{\"timeout\": \"30s\"}")).isEmpty();
    assertThat(fly.request("POST", MACHINES + "/m/stop", "")).isEmpty();
  }

  @Test
  void letsKnownGapsPass() {
    List<String> paths =
        List.of(
            MACHINES + "?metadata.flamepool_pool=p&include_deleted=true",
            MACHINES + "/m/wait?state=stopped,destroyed&timeout=60",
            MACHINES + "/m/wait?state=started&state=failed");
    assertThat(paths).allSatisfy(p -> assertThat(fly.request("GET", p, "")).isEmpty());
    assertThat(fly.request("DELETE", MACHINES + "/m?kill=true", "")).isEmpty();
  }

  @Test
  void refusesAnswersThatFlyDoesNotGive() {
    assertThat(fly.response("GET", MACHINES + "/m", 200, "{\"id\": 7}")).hasSize(1);
    assertThat(fly.response("GET", MACHINES + "/m", 200, "{\"host_status\": \"bad\"}")).hasSize(1);
    assertThat(fly.response("GET", MACHINES + "/m", 200, "{\"colour\": \"red\"}")).hasSize(1);
    assertThat(fly.response("GET", MACHINES + "/m", 418, "{}")).hasSize(1);
    assertThat(fly.response("GET", MACHINES, 200, "{}")).hasSize(1);
  }

  @Test
  void everyRecordedErrorPasses() {
    JsonNode errors = Conformance.resource("errors.json");
    assertThat(errors).hasSize(24);
    for (JsonNode error : errors) {
      int status = error.path("status").asInt();
      assertThat(fly.response("POST", MACHINES, status, error.path("body").toString())).isEmpty();
    }
  }

  @Test
  void everyKnownGapHasAReason() {
    for (String kind : List.of("statuses", "parameters", "values")) {
      assertThat(Conformance.resource("known-gaps.json").path(kind))
          .isNotEmpty()
          .allSatisfy(gap -> assertThat(gap.path("reason").asText()).isNotBlank());
    }
  }
}
