package dev.flamepool.simulators.fly;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flamepool.simulators.fly.Http.Got;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Lists, gets and waits. */
class FlyListTest extends FlyScenario {
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
}
