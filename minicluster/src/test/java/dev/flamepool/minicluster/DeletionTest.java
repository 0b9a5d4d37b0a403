package dev.flamepool.minicluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flamepool.minicluster.Ponds.Answer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Finalizers, preconditions, garbage collection, namespaces. */
class DeletionTest {
  private static final String ONE = Ponds.PATH + "/one";
  private final Ponds ponds = new Ponds();

  @AfterEach
  void close() {
    ponds.close();
  }

  private ConfigMap map(String name, ConfigMap... owners) {
    ConfigMapBuilder map = new ConfigMapBuilder().withNewMetadata().withName(name).endMetadata();
    for (ConfigMap owner : owners) {
      map.editMetadata()
          .addNewOwnerReference()
          .withApiVersion("v1")
          .withKind("ConfigMap")
          .withName(owner.getMetadata().getName())
          .withUid(owner.getMetadata().getUid())
          .withBlockOwnerDeletion(true)
          .endOwnerReference()
          .endMetadata();
    }
    return ponds.client.configMaps().resource(map.build()).create();
  }

  private boolean exists(String map) {
    return ponds.client.configMaps().withName(map).get() != null;
  }

  @Test
  void finalizersHoldAnObjectAndTheLastOneLetsItGo() {
    ponds.send(
        "POST",
        Ponds.PATH,
        "application/json",
        Ponds.resource("one", "{finalizers: ['x.dev/a']}", "{river: 'x'}").toString());
    JsonNode held = ponds.send("DELETE", ONE, "", "").json();
    assertThat(held.at("/metadata").has("deletionTimestamp")).isTrue();
    assertThat(held.at("/metadata/generation").asInt()).as("deletion counts").isEqualTo(2);
    assertThat(ponds.merge(ONE, "{metadata: {finalizers: ['x.dev/a', 'x.dev/b']}}").code())
        .isEqualTo(422);
    assertThat(ponds.merge(ONE, "{metadata: {finalizers: null}}").code()).isEqualTo(200);
    assertThat(ponds.get(ONE).code()).isEqualTo(404);
  }

  @Test
  void preconditionsOfADeleteMustHold() {
    ConfigMap map = map("one");
    ponds
        .client
        .configMaps()
        .withName("one")
        .edit(m -> new ConfigMapBuilder(m).addToData("a", "b").build());
    assertThatThrownBy(() -> ponds.client.resource(map).lockResourceVersion().delete())
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
    Answer wrongUid =
        ponds.send(
            "DELETE",
            "/api/v1/namespaces/default/configmaps/one",
            "application/json",
            "{\"preconditions\": {\"uid\": \"x\"}}");
    assertThat(wrongUid.code()).isEqualTo(409);
    assertThat(exists("one")).isTrue();
  }

  @Test
  void dependentsFollowTheirLastOwner() {
    ConfigMap first = map("first");
    ConfigMap second = map("second");
    map("child", first);
    map("shared", first, second);
    ponds.client.configMaps().withName("first").delete();
    assertThat(exists("child")).isFalse();
    assertThat(exists("shared")).isTrue();
    ponds.client.configMaps().withName("second").delete();
    assertThat(exists("shared")).isFalse();
    map("late", first);
    assertThat(exists("late")).as("its owner was gone already").isFalse();
  }

  @Test
  void aNamespaceGoesWithItsContentAndWaitsForFinalizers() {
    String maps = "/api/v1/namespaces/n/configmaps";
    assertThat(
            ponds
                .send("POST", maps, "application/json", "{\"metadata\": {\"name\": \"a\"}}")
                .json()
                .path("message")
                .asText())
        .isEqualTo("namespaces \"n\" not found");
    ponds.send(
        "POST", "/api/v1/namespaces", "application/json", "{\"metadata\": {\"name\": \"n\"}}");
    ponds.send("POST", maps, "application/json", "{\"metadata\": {\"name\": \"a\"}}");
    ponds.send(
        "POST",
        maps,
        "application/json",
        "{\"metadata\": {\"name\": \"b\", \"finalizers\": [\"x.dev/a\"]}}");
    assertThat(
            ponds
                .send("DELETE", "/api/v1/namespaces/n", "", "")
                .json()
                .at("/status/phase")
                .asText())
        .isEqualTo("Terminating");
    assertThat(ponds.get(maps + "/a").code()).isEqualTo(404);
    Answer refused =
        ponds.send("POST", maps, "application/json", "{\"metadata\": {\"name\": \"c\"}}");
    assertThat(refused.code()).isEqualTo(403);
    assertThat(refused.json().path("reason").asText()).isEqualTo("Forbidden");
    assertThat(refused.json().at("/details/causes/0/reason").asText())
        .isEqualTo("NamespaceTerminating");
    ponds.merge(maps + "/b", "{metadata: {finalizers: []}}");
    assertThat(ponds.get("/api/v1/namespaces/n").code()).isEqualTo(404);
  }

  @Test
  void aDefinitionTakesItsObjectsWithIt() {
    ponds.create("one", "{river: 'x'}");
    ponds.send(
        "DELETE",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/ponds.sample.dev",
        "",
        "");
    assertThat(ponds.get(Ponds.PATH).code()).isEqualTo(404);
    assertThat(ponds.get("/apis/sample.dev/v1").code()).isEqualTo(404);
  }

  @Test
  void deleteCollectionHonoursSelectors() {
    ponds.send(
        "POST",
        Ponds.PATH,
        "application/json",
        Ponds.resource("one", "{labels: {a: 'b'}}", "{river: 'x'}").toString());
    ponds.create("two", "{river: 'x'}");
    ponds.send("DELETE", Ponds.PATH + "?labelSelector=a%3Db", "", "");
    assertThat(ponds.get(Ponds.PATH).json().path("items")).hasSize(1);
  }
}
