package dev.flamepool.minicluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.Ponds.Answer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Creates, updates, patches, status, scale, server-side apply and validation, by raw requests. */
class WritesTest {
  private static final String ONE = Ponds.PATH + "/one";
  private final Ponds ponds = new Ponds();

  @AfterEach
  void close() {
    ponds.close();
  }

  private static long generation(JsonNode object) {
    return object.path("metadata").path("generation").asLong();
  }

  private static String revision(JsonNode object) {
    return Json.metaText(object, "resourceVersion");
  }

  @Test
  void createSetsDefaultsAndServerFieldsAndDropsStatus() {
    ObjectNode body =
        Ponds.resource("one", "{uid: 'x'}", "{river: 'rhine', fish: [{name: 'eel'}]}");
    body.set("status", Json.of("{ready: 3}"));
    Answer created = ponds.send("POST", Ponds.PATH, "application/json", body.toString());
    assertThat(created.code()).isEqualTo(201);
    assertThat(created.json().path("spec"))
        .isEqualTo(
            Json.of(
                "{river: 'rhine', fish: [{name: 'eel', size: 1}], min: 0, max: 10, log: 'info', timeout: '30s'}"));
    assertThat(created.json().has("status")).isFalse();
    assertThat(Json.metaText(created.json(), "uid")).hasSize(36);
    assertThat(generation(created.json())).isEqualTo(1);
    assertThat(ponds.create("one", "{river: 'x'}").json().path("reason").asText())
        .isEqualTo("AlreadyExists");
  }

  @Test
  void generationCountsSpecOnlyAndNothingChangesWithoutAChange() {
    JsonNode created = ponds.create("one", "{river: 'rhine'}").json();
    JsonNode labelled = ponds.merge(ONE, "{metadata: {labels: {a: 'b'}}}").json();
    assertThat(generation(labelled)).isEqualTo(1);
    assertThat(revision(labelled)).isNotEqualTo(revision(created));
    JsonNode status = ponds.merge(ONE + "/status", "{spec: {max: 3}, status: {ready: 1}}").json();
    assertThat(generation(status)).isEqualTo(1);
    assertThat(status.path("spec").path("max").asInt()).isEqualTo(10);
    JsonNode spec = ponds.merge(ONE, "{spec: {max: 3}, status: {ready: 9}}").json();
    assertThat(generation(spec)).isEqualTo(2);
    assertThat(spec.path("status").path("ready").asInt()).isEqualTo(1);
    assertThat(revision(ponds.merge(ONE, "{spec: {max: 3}}").json())).isEqualTo(revision(spec));
  }

  @Test
  void staleWritesAreConflicts() {
    JsonNode created = ponds.create("one", "{river: 'rhine'}").json();
    ponds.merge(ONE, "{spec: {max: 3}}");
    Answer put = ponds.send("PUT", ONE, "application/json", created.toString());
    assertThat(put.code()).isEqualTo(409);
    assertThat(put.json().path("reason").asText()).isEqualTo("Conflict");
    assertThat(put.json().path("message").asText())
        .startsWith("ponds.sample.dev \"one\" is stale: the object has been modified");
    assertThat(
            ponds
                .merge(
                    ONE + "/status", "{metadata: {resourceVersion: '" + revision(created) + "'}}")
                .code())
        .isEqualTo(409);
    Answer blind =
        ponds.send(
            "PUT", ONE, "application/json", Ponds.resource("one", "{}", "{river: 'x'}").toString());
    assertThat(blind.json().path("message").asText())
        .contains("metadata.resourceVersion: Invalid value: 0: must be");
  }

  @Test
  void mergePatchReplacesArraysAndNullDeletes() {
    ponds.create("one", "{river: 'rhine', words: ['a', 'b'], note: 'n', extra: {x: {y: 1}}}");
    JsonNode patched =
        ponds.merge(ONE, "{spec: {words: ['c'], note: null, extra: {x: {z: 2}}}}").json();
    assertThat(patched.path("spec").path("words")).isEqualTo(Json.of("{a: ['c']}").path("a"));
    assertThat(patched.path("spec").has("note")).isFalse();
    assertThat(patched.path("spec").path("extra")).isEqualTo(Json.of("{x: {y: 1, z: 2}}"));
  }

  @Test
  void jsonPatchAppliesInOrderAndAFailedTestIs422() {
    ponds.create("one", "{river: 'rhine', words: ['a', 'b']}");
    String type = "application/json-patch+json";
    String operations =
        """
        [{"op": "test", "path": "/spec/words/0", "value": "a"}, {"op": "add", "path": "/spec/words/1", "value": "x"},
         {"op": "remove", "path": "/spec/words/0"}, {"op": "add", "path": "/spec/words/-", "value": "z"},
         {"op": "replace", "path": "/spec/river", "value": "elbe"},
         {"op": "add", "path": "/metadata/annotations", "value": {}},
         {"op": "copy", "from": "/spec/river", "path": "/metadata/annotations/a.b~1c"}]""";
    JsonNode patched = ponds.send("PATCH", ONE, type, operations).json();
    assertThat(Json.texts(patched.path("spec").path("words"))).containsExactly("x", "b", "z");
    assertThat(patched.at("/metadata/annotations/a.b~1c").asText()).isEqualTo("elbe");
    String test = "[{\"op\": \"test\", \"path\": \"/spec/river\", \"value\": \"rhine\"}]";
    assertThat(ponds.send("PATCH", ONE, type, test).code()).isEqualTo(422);
    assertThat(
            ponds
                .send("PATCH", ONE, type, "[{\"op\": \"remove\", \"path\": \"/spec/none\"}]")
                .code())
        .isEqualTo(422);
  }

  @Test
  void strategicMergeOfBuiltinsMergesMapsAndIsRefusedForCustomOnes() {
    String path = "/api/v1/namespaces/default/configmaps";
    String type = "application/strategic-merge-patch+json";
    String body = "{metadata: {name: 'web'}, data: {a: '1', b: '2'}}";
    ponds.send("POST", path, "application/json", Json.of(body).toString());
    String patch = "{data: {a: null, c: '3'}, '$setElementOrder/x': ['y']}";
    JsonNode patched = ponds.send("PATCH", path + "/web", type, Json.of(patch).toString()).json();
    assertThat(patched.path("data")).isEqualTo(Json.of("{b: '2', c: '3'}"));
    assertThat(patched.has("$setElementOrder/x")).isFalse();
    ponds.create("one", "{river: 'rhine'}");
    assertThat(ponds.send("PATCH", ONE, type, "{}").code()).isEqualTo(415);
  }

  @Test
  void scaleReadsAndWritesThePathsOfTheDefinitionAndIsValidated() {
    ponds.create("one", "{river: 'rhine', min: 2}");
    ponds.merge(ONE + "/status", "{status: {ready: 1, selector: 'a=b'}}");
    JsonNode scale = ponds.get(ONE + "/scale").json();
    assertThat(scale.path("kind").asText()).isEqualTo("Scale");
    assertThat(scale.path("spec")).isEqualTo(Json.of("{replicas: 2}"));
    assertThat(scale.path("status")).isEqualTo(Json.of("{replicas: 1, selector: 'a=b'}"));
    assertThat(
            ponds
                .merge(ONE + "/scale", "{spec: {replicas: 5}}")
                .json()
                .at("/spec/replicas")
                .asInt())
        .isEqualTo(5);
    assertThat(ponds.get(ONE).json().at("/spec/min").asInt()).isEqualTo(5);
    Answer tooMany = ponds.merge(ONE + "/scale", "{spec: {replicas: 101}}");
    assertThat(tooMany.code()).isEqualTo(422);
    assertThat(tooMany.json().at("/details/causes/0/field").asText()).isEqualTo("spec.min");
  }

  @Test
  void applyCreatesMergesAndJoinsFinalizers() {
    ObjectNode first =
        Ponds.resource(
            "one", "{labels: {a: 'b'}, finalizers: ['x.dev/a']}", "{river: 'rhine', max: 5}");
    assertThat(ponds.apply(ONE, "me", first).code()).isEqualTo(201);
    ObjectNode second =
        Ponds.resource(
            "one", "{finalizers: ['x.dev/b']}", "{river: 'elbe', fish: [{name: 'eel'}]}");
    Answer applied = ponds.apply(ONE, "other", second);
    assertThat(applied.code()).isEqualTo(200);
    assertThat(applied.json().at("/spec/river").asText()).isEqualTo("elbe");
    assertThat(applied.json().at("/spec/max").asInt()).isEqualTo(5);
    assertThat(applied.json().at("/spec/fish"))
        .isEqualTo(Json.of("{a: [{name: 'eel', size: 1}]}").path("a"));
    assertThat(applied.json().at("/metadata/labels/a").asText()).isEqualTo("b");
    assertThat(Json.texts(applied.json().at("/metadata/finalizers")))
        .containsExactly("x.dev/a", "x.dev/b");
    String revision = revision(applied.json());
    assertThat(revision(ponds.apply(ONE, "other", second).json())).isEqualTo(revision);
  }

  @Test
  void applyOfStatusTouchesOnlyStatus() {
    ponds.create("one", "{river: 'rhine'}");
    ObjectNode body = Ponds.resource("one", "{}", "{river: 'elbe'}");
    body.set("status", Json.of("{ready: 2, conditions: [{type: 'A', status: 'True'}]}"));
    JsonNode applied = ponds.apply(ONE + "/status", "me", body).json();
    assertThat(applied.at("/spec/river").asText()).isEqualTo("rhine");
    assertThat(applied.at("/status/ready").asInt()).isEqualTo(2);
  }

  @Test
  void everyViolationOfTheSchemaIsACauseThatNamesFieldAndValue() {
    Answer refused =
        ponds.create(
            "bad",
            "{river: 'thamesthames', min: -1, max: 1000, log: 'trace', timeout: 'soon', flag: 3, labels: {a: 1}, note: null,"
                + " port: 'http', fish: [{name: 'a'}, {name: 'a'}, {size: 1}, {name: 'd'}], words: ['a', 'a'], ratio: 1.5}");
    assertThat(refused.code()).isEqualTo(422);
    assertThat(refused.json().path("message").asText())
        .startsWith("Pond.sample.dev \"bad\" is invalid: [");
    assertThat(
            Json.stream(refused.json().at("/details/causes"))
                .map(c -> c.path("field").asText() + " " + c.path("reason").asText()))
        .containsExactlyInAnyOrder(
            "spec.river FieldValueInvalid",
            "spec.min FieldValueInvalid",
            "spec.max FieldValueInvalid",
            "spec.log FieldValueInvalid",
            "spec.timeout FieldValueInvalid",
            "spec.flag FieldValueInvalid",
            "spec.labels.a FieldValueInvalid",
            "spec.fish FieldValueInvalid",
            "spec.fish FieldValueInvalid",
            "spec.fish[2].name FieldValueRequired",
            "spec.words FieldValueInvalid");
    assertThat(refused.json().path("message").asText())
        .contains("spec.max: Invalid value: 1000: breaks the rule maximum: 100")
        .contains("spec.log: Invalid value: \"trace\": breaks the rule enum: [\"debug\",\"info\"]");
    assertThat(ponds.create("bad", "{}").json().at("/details/causes/0/message").asText())
        .isEqualTo("Required value");
  }

  @Test
  void unknownFieldsArePrunedWithAWarningOrRefusedIfStrict() {
    ObjectNode body =
        Ponds.resource(
            "one", "{}", "{river: 'x', foo: 1, extra: {any: 1}, fish: [{name: 'a', bar: 2}]}");
    Answer strict =
        ponds.send(
            "POST", Ponds.PATH + "?fieldValidation=Strict", "application/json", body.toString());
    assertThat(strict.code()).isEqualTo(400);
    assertThat(strict.json().path("message").asText())
        .endsWith(
            "strict decoding error: unknown field \"spec.foo\", unknown field \"spec.fish[0].bar\"");
    Answer warned = ponds.send("POST", Ponds.PATH, "application/json", body.toString());
    assertThat(warned.raw().headers().allValues("Warning"))
        .containsExactly(
            "299 - \"unknown field \\\"spec.foo\\\"\"",
            "299 - \"unknown field \\\"spec.fish[0].bar\\\"\"");
    assertThat(warned.json().at("/spec").has("foo")).isFalse();
    assertThat(warned.json().at("/spec/extra/any").asInt()).isEqualTo(1);
  }

  @Test
  void dryRunStoresNothing() {
    ObjectNode body = Ponds.resource("one", "{}", "{river: 'x'}");
    assertThat(
            ponds
                .send("POST", Ponds.PATH + "?dryRun=All", "application/json", body.toString())
                .code())
        .isEqualTo(201);
    assertThat(ponds.get(ONE).code()).isEqualTo(404);
    ponds.create("one", "{river: 'x'}");
    ponds.merge(ONE + "?dryRun=All", "{spec: {max: 1}}");
    ponds.send("DELETE", ONE + "?dryRun=All", "", "");
    assertThat(ponds.get(ONE).json().at("/spec/max").asInt()).isEqualTo(10);
  }

  @Test
  void secretsEncodeStringDataAndImmutableOnesStay() {
    String path = "/api/v1/namespaces/default/secrets";
    String body = "{metadata: {generateName: 's-'}, stringData: {a: 'b'}, immutable: true}";
    JsonNode created =
        ponds.send("POST", path, "application/json", Json.of(body).toString()).json();
    assertThat(created.at("/data/a").asText()).isEqualTo("Yg==");
    assertThat(Json.metaText(created, "name")).matches("s-[a-z0-9]{5}");
    Answer refused =
        ponds.merge(path + "/" + Json.metaText(created, "name"), "{stringData: {a: 'c'}}");
    assertThat(refused.code()).isEqualTo(422);
    assertThat(refused.json().path("message").asText())
        .endsWith("data: Forbidden: field is immutable when `immutable` is set");
  }

  /** Go writes some characters with escapes when it writes JSON again, and then compares bytes. */
  @Test
  void theDataOfAControllerRevisionStaysAndAPatchMayChangeItUnasked() {
    String path = "/apis/apps/v1/namespaces/default/controllerrevisions";
    for (String value : List.of("plain", "a=1&b=2", "<", "\u2028")) {
      ObjectNode body =
          Json.of("{metadata: {generateName: 'r-'}, revision: 1, data: {a: %s}}", value);
      JsonNode created = ponds.send("POST", path, "application/json", body.toString()).json();
      String one = path + "/" + Json.metaText(created, "name");
      assertThat(ponds.merge(one, "{revision: 2}").code())
          .isEqualTo(value.equals("plain") ? 200 : 422);
      assertThat(ponds.merge(one, "{data: {a: 'b'}}").code()).isEqualTo(422);
    }
  }
}
