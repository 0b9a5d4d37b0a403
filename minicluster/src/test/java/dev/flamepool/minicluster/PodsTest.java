package dev.flamepool.minicluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What schedulers and kubelets need beside objects: bindings and graceful deletion. */
class PodsTest {
  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final String POD = PODS + "/one";
  private final Ponds cluster = new Ponds();

  @BeforeEach
  void aPod() {
    post(PODS, "{metadata: {name: 'one'}, spec: {terminationGracePeriodSeconds: 7}}");
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private int post(String path, String body) {
    return cluster.send("POST", path, "application/json", Json.of(body).toString()).code();
  }

  private void bind() {
    assertThat(post(POD + "/binding", "{target: {kind: 'Node', name: 'n'}}")).isEqualTo(201);
  }

  private JsonNode delete(String options) {
    return cluster.send("DELETE", POD, "application/json", options).json();
  }

  @Test
  void aPodIsGivenToANodeOnce() {
    bind();
    assertThat(cluster.get(POD).json().at("/spec/nodeName").asText()).isEqualTo("n");
    assertThat(post(POD + "/binding", "{target: {kind: 'Node', name: 'm'}}")).isEqualTo(409);
    assertThat(cluster.get("/api/v1").json().toString()).contains("pods/binding");
  }

  @Test
  void aPodOnANodeGoesWhenTheNodeSaysSo() {
    bind();
    JsonNode meta = delete("").at("/metadata");
    assertThat(meta.has("deletionTimestamp")).isTrue();
    assertThat(meta.path("deletionGracePeriodSeconds").asInt()).isEqualTo(7);
    assertThat(cluster.merge(POD, "{metadata: {labels: {a: 'b'}}}").code()).isEqualTo(200);
    assertThat(cluster.get(POD).code()).isEqualTo(200);
    delete("{\"gracePeriodSeconds\": 0}");
    assertThat(cluster.get(POD).code()).isEqualTo(404);
  }

  @Test
  void aPodWithoutNodeOrThatHasEndedGoesAtOnce() {
    delete("");
    assertThat(cluster.get(POD).code()).isEqualTo(404);
    aPod();
    bind();
    assertThat(cluster.merge(POD + "/status", "{status: {phase: 'Failed'}}").code()).isEqualTo(200);
    delete("");
    assertThat(cluster.get(POD).code()).isEqualTo(404);
  }
}
