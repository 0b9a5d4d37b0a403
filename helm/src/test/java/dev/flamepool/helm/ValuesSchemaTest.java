package dev.flamepool.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong values are refused before anything is installed, with the value and what is wanted. */
class ValuesSchemaTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{replica: 3}                                  | 'replica' not allowed",
        "{replicas: two}                               | at '/replicas': got string, want integer",
        "{logLevel: LOUD}                              | at '/logLevel': value must be one of",
        "{endPools: {timeout: soon}}                   | at '/endPools/timeout': 'soon' does not",
        "{image: {digest: 'sha256:1'}}                 | at '/image/digest'",
        "{image: {repository: 'op:v1'}}                | at '/image/repository'",
        "{watchNamespaces: [Shop]}                     | at '/watchNamespaces/0'",
        "{allowEndpoints: ['api.machines.dev']}        | at '/allowEndpoints/0'",
        "{health: {port: 0}}                           | at '/health/port'",
        "{serviceAccount: {annotations: {a: 1}}}       | at '/serviceAccount/annotations/a'",
        "{leaderElection: {enabled: false}}            | set replicas to 1 or leaderElection",
        "{local: {enabled: true}}                      | set replicas to 1",
        "{watchNamespaces: [a], ambientNamespaces: [b]} | is not among watchNamespaces",
        "{metrics: {service: {enabled: false}, serviceMonitor: {enabled: true}}} | needs metrics.serv",
      })
  void isRefused(String values, String message) {
    assertThatThrownBy(() -> OperatorChart.rendered(values)).hasMessageContaining(message);
  }

  /** So that no value is without a default in values.yaml, and none is refused by mistake. */
  @Test
  void theSchemaKnowsTheValuesOfTheFileAndNoOthers() throws Exception {
    Set<String> inFile = new TreeSet<>();
    Set<String> inSchema = new TreeSet<>();
    JsonNode schema =
        new ObjectMapper()
            .readTree(Files.readString(OperatorChart.FOLDER.resolve("values.schema.json")));
    JsonNode values =
        OperatorChart.YAML.readTree(Files.readString(OperatorChart.FOLDER.resolve("values.yaml")));
    collect(schema, values, "", inSchema, inFile);
    // What Helm itself gives to a chart within another.
    inSchema.remove(".global");
    assertThat(inSchema).isEqualTo(inFile);
  }

  private static void collect(
      JsonNode schema, JsonNode values, String path, Set<String> inSchema, Set<String> inFile) {
    if (schema.path("additionalProperties").asBoolean(true)) {
      return;
    }
    schema.path("properties").fieldNames().forEachRemaining(n -> inSchema.add(path + "." + n));
    values
        .fieldNames()
        .forEachRemaining(
            name -> {
              inFile.add(path + "." + name);
              JsonNode inner = schema.path("properties").path(name);
              collect(inner, values.get(name), path + "." + name, inSchema, inFile);
            });
  }
}
