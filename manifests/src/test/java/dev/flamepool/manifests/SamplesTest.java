package dev.flamepool.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.flamepool.minicluster.MiniCluster;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every sample is accepted, field by field, by an API server that has the kinds as they are
 * installed.
 */
class SamplesTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static MiniCluster cluster;

  @BeforeAll
  static void installTheKinds() throws Exception {
    cluster = MiniCluster.start(0);
    for (Path crd : files(Path.of("crds"))) {
      JsonNode document = YAML.readTree(Files.readString(crd));
      if (document.path("kind").asText().equals("CustomResourceDefinition")) {
        assertThat(
                post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", document)
                    .statusCode())
            .isEqualTo(201);
      }
    }
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  static List<Path> samples() throws IOException {
    return files(Path.of("samples"));
  }

  @Test
  void thereIsASampleForEveryBackend() throws IOException {
    assertThat(samples().stream().map(p -> p.getFileName().toString()))
        .contains("local.yaml", "pod.yaml", "fly.yaml", "ec2.yaml", "shared-backend.yaml");
  }

  @ParameterizedTest
  @MethodSource("samples")
  void isAcceptedStrictly(Path sample) throws Exception {
    try (MappingIterator<JsonNode> documents =
        YAML.readerFor(JsonNode.class).readValues(Files.readString(sample))) {
      while (documents.hasNext()) {
        JsonNode document = documents.next();
        String plural = document.path("kind").asText().toLowerCase(Locale.ROOT) + "s";
        HttpResponse<String> answer =
            post(
                "/apis/flamepool.dev/v1alpha1/namespaces/default/"
                    + plural
                    + "?dryRun=All&fieldValidation=Strict",
                document);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
      }
    }
  }

  private static HttpResponse<String> post(String path, JsonNode body) throws Exception {
    return HttpClient.newBuilder()
        .sslContext(cluster.clientTls())
        .build()
        .send(
            HttpRequest.newBuilder(URI.create(cluster.url() + path))
                .header("Authorization", "Bearer " + cluster.token())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
    }
  }
}
