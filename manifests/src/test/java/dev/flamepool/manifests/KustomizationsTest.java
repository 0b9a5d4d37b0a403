package dev.flamepool.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kustomization names what is there and nothing that needs more than {@code resources} and
 * {@code images}, so that it can be read here without kustomize; the end-to-end suite applies one
 * with the real tool.
 */
class KustomizationsTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Set<String> UNDERSTOOD = Set.of("apiVersion", "kind", "resources", "images");

  static List<Path> folders() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("."))) {
      return files
          .filter(f -> f.endsWith("kustomization.yaml") && !f.startsWith("./target"))
          .map(Path::getParent)
          .sorted()
          .toList();
    }
  }

  @Test
  void thereIsOneForTheOperatorTheKindsMonitoringAndTheNetwork() throws IOException {
    assertThat(folders().stream().map(f -> f.getFileName().toString()))
        .contains("operator", "crds", "monitoring", "network-policy");
  }

  @ParameterizedTest
  @MethodSource("folders")
  void itsResourcesAreThereAndNoFileIsForgotten(Path folder) throws IOException {
    JsonNode kustomization = YAML.readTree(Files.readString(folder.resolve("kustomization.yaml")));
    assertThat(kustomization.path("apiVersion").asText())
        .isEqualTo("kustomize.config.k8s.io/v1beta1");
    assertThat(kustomization.path("kind").asText()).isEqualTo("Kustomization");
    assertThat(kustomization.properties())
        .allSatisfy(field -> assertThat(UNDERSTOOD).contains(field.getKey()));
    Set<String> named = new TreeSet<>();
    kustomization.path("resources").forEach(resource -> named.add(resource.asText()));
    assertThat(named).allSatisfy(name -> assertThat(folder.resolve(name)).exists());
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .filteredOn(f -> f.endsWith(".yaml") && !f.equals("kustomization.yaml"))
          .allSatisfy(f -> assertThat(named).contains(f));
    }
  }

  @ParameterizedTest
  @MethodSource("folders")
  void noObjectIsThereTwiceAndImagesAreUsed(Path folder) throws IOException {
    List<JsonNode> objects = objects(folder);
    assertThat(objects).isNotEmpty();
    assertThat(
            objects.stream()
                .map(
                    o ->
                        o.path("kind").asText()
                            + " "
                            + o.at("/metadata/namespace").asText()
                            + "/"
                            + o.at("/metadata/name").asText()))
        .doesNotHaveDuplicates();
    JsonNode kustomization = YAML.readTree(Files.readString(folder.resolve("kustomization.yaml")));
    for (JsonNode image : kustomization.path("images")) {
      assertThat(objects.toString()).contains("\"" + image.path("name").asText() + ":");
    }
  }

  private static List<JsonNode> objects(Path folder) throws IOException {
    List<JsonNode> all = new ArrayList<>();
    JsonNode kustomization = YAML.readTree(Files.readString(folder.resolve("kustomization.yaml")));
    for (JsonNode resource : kustomization.path("resources")) {
      Path path = folder.resolve(resource.asText());
      if (Files.isDirectory(path)) {
        all.addAll(objects(path));
      } else {
        try (MappingIterator<JsonNode> documents =
            YAML.readerFor(JsonNode.class).readValues(Files.readString(path))) {
          documents.forEachRemaining(all::add);
        }
      }
    }
    return all;
  }
}
