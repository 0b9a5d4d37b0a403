package dev.flamepool.simulators.fly;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * Holds the short description against Fly's own document, where {@code FLAMEPOOL_RESEARCH_DATA}
 * names its folder.
 */
@EnabledIfEnvironmentVariable(named = "FLAMEPOOL_RESEARCH_DATA", matches = ".+")
class OriginalDocumentTest {
  private static final Path DATA = Path.of("" + System.getenv("FLAMEPOOL_RESEARCH_DATA"));
  private static final Set<String> PROSE =
      Set.of("description", "summary", "example", "x-enum-varnames", "tags");

  private final JsonNode ours = WireDescription.document(Conformance.resource("wire.json"));

  private static JsonNode original() throws Exception {
    return withoutProse(read("fly-machines-openapi.json"));
  }

  private static JsonNode read(String name) throws Exception {
    return new ObjectMapper().readTree(Files.readString(DATA.resolve(name)));
  }

  /** Drops what people read and empty bodies, and writes a lone {@code allOf} as what it holds. */
  private static JsonNode withoutProse(JsonNode node) {
    if (node.path("allOf").size() == 1) {
      return withoutProse(node.path("allOf").get(0));
    }
    if (node instanceof ObjectNode object) {
      ObjectNode plain = object.objectNode();
      object
          .properties()
          .forEach(
              e -> {
                boolean prose = PROSE.contains(e.getKey()) && !e.getValue().isObject();
                boolean nothing = e.getKey().equals("content") && e.getValue().isEmpty();
                if (!prose && !nothing) {
                  plain.set(e.getKey(), withoutProse(e.getValue()));
                }
              });
      return plain;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode plain = array.arrayNode();
      array.forEach(item -> plain.add(withoutProse(item)));
      return plain;
    }
    return node;
  }

  @Test
  void everyTypeIsThatOfFlysDocument() throws Exception {
    JsonNode theirs = original().at("/components/schemas");
    assertThat(ours.at("/components/schemas").properties())
        .hasSizeGreaterThan(60)
        .allSatisfy(
            type ->
                assertThat(type.getValue())
                    .as(type.getKey())
                    .isEqualTo(theirs.path(type.getKey())));
  }

  @Test
  void everyOperationIsThatOfFlysDocument() throws Exception {
    JsonNode theirs = original().path("paths");
    assertThat(ours.path("paths").properties())
        .allSatisfy(
            path ->
                assertThat(path.getValue().properties())
                    .allSatisfy(
                        operation ->
                            assertSame(
                                operation.getValue(),
                                theirs.path(path.getKey()).path(operation.getKey()))));
  }

  private static void assertSame(JsonNode ours, JsonNode theirs) {
    String id = ours.path("operationId").asText();
    assertThat(theirs.path("operationId").asText()).isEqualTo(id);
    assertThat(ours.path("responses")).as(id).isEqualTo(theirs.path("responses"));
    assertThat(ours.at("/requestBody/content")).as(id).isEqualTo(theirs.at("/requestBody/content"));
    assertThat(ours.at("/requestBody/required").asBoolean())
        .as(id)
        .isEqualTo(theirs.at("/requestBody/required").asBoolean());
    for (JsonNode parameter : theirs.path("parameters")) {
      if (parameter.path("in").asText().equals("query")) {
        assertThat(ours.path("parameters"))
            .as(id)
            .anySatisfy(
                known -> {
                  assertThat(known.path("name")).isEqualTo(parameter.path("name"));
                  assertThat(known.path("schema")).isEqualTo(parameter.path("schema"));
                });
      }
    }
  }

  @Test
  void aRecordedMachinePasses() throws Exception {
    String recorded = read("fly/recorded-machine-get-started.json").toString();
    assertThat(Conformance.fly().response("GET", "/v1/apps/a/machines/m", 200, recorded)).isEmpty();
  }

  @Test
  void everyCollectedErrorIsOneOfTheSimulators() throws Exception {
    JsonNode simulated = Conformance.resource("errors.json");
    for (JsonNode error : read("fly/error-bodies.json")) {
      assertThat(simulated)
          .as(error.path("body").toString())
          .anySatisfy(
              known -> {
                assertThat(known.path("status")).isEqualTo(error.path("status"));
                assertThat(known.path("body")).isEqualTo(error.path("body"));
              });
    }
  }
}
