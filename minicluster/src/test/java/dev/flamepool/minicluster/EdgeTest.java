package dev.flamepool.minicluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flamepool.minicluster.Ponds.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients see before any object: the token, discovery, Tables, hooks, errors. */
class EdgeTest {
  private static final String TABLE =
      "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
  private final Ponds ponds = new Ponds();

  @AfterEach
  void close() {
    ponds.close();
  }

  private int status(String header, String value) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(ponds.cluster.url() + "/api"))
            .header(header, value)
            .build();
    return ponds.http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @Test
  void aTokenIsRequired(@TempDir Path folder) throws Exception {
    assertThat(status("Authorization", "Bearer nonsense")).isEqualTo(401);
    assertThat(status("Authorization", "Bearer " + ponds.cluster.token())).isEqualTo(200);
    Path file = folder.resolve("kubeconfig");
    ponds.cluster.writeKubeconfig(file);
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.readString(file)).contains(ponds.cluster.url());
  }

  @Test
  void discoveryDescribesBuiltinAndCustomKinds() {
    JsonNode resources = ponds.get("/apis/sample.dev/v1").json().path("resources");
    assertThat(Json.stream(resources).map(r -> r.path("name").asText()))
        .containsExactly("ponds", "ponds/status", "ponds/scale");
    assertThat(Json.texts(resources.at("/0/shortNames"))).containsExactly("pd");
    assertThat(Json.texts(resources.at("/0/categories"))).containsExactly("water");
    assertThat(Json.texts(resources.at("/0/verbs"))).contains("get", "watch", "deletecollection");
    assertThat(resources.at("/2/kind").asText()).isEqualTo("Scale");
    assertThat(
            Json.stream(ponds.get("/apis").json().path("groups")).map(g -> g.path("name").asText()))
        .contains("apps", "sample.dev");
    assertThat(ponds.get("/apis/sample.dev").json().path("kind").asText()).isEqualTo("APIGroup");
    assertThat(ponds.get("/version").json().path("minor").asText()).isEqualTo("34");
  }

  @Test
  void openApiOffersServerSideValidationAndTheSchema() {
    JsonNode index = ponds.get("/openapi/v3").json();
    JsonNode document =
        ponds.get(index.at("/paths/apis~1sample.dev~1v1/serverRelativeURL").asText()).json();
    JsonNode patch =
        document
            .path("paths")
            .path("/apis/sample.dev/v1/namespaces/{namespace}/ponds/{name}")
            .path("patch");
    assertThat(Json.stream(patch.path("parameters")).map(p -> p.path("name").asText()))
        .contains("fieldValidation");
    assertThat(
            document.at("/components/schemas/Pond/properties/spec/properties/river/type").asText())
        .isEqualTo("string");
  }

  @Test
  void tablesHaveTheColumnsOfTheDefinition() {
    ponds.create("one", "{river: 'x', min: 2}");
    ponds.merge(
        Ponds.PATH + "/one/status",
        "{status: {depth: 3, conditions: [{type: 'Other', status: 'True', reason: 'No'}, {type: 'Ready', status: 'True', reason: 'Fine'}]}}");
    JsonNode table = ponds.send("GET", Ponds.PATH, "", "", TABLE).json();
    assertThat(table.path("kind").asText()).isEqualTo("Table");
    assertThat(
            Json.stream(table.path("columnDefinitions"))
                .map(c -> c.path("name").asText() + c.path("priority").asInt()))
        .containsExactly("Name0", "MIN0", "STATUS0", "DEPTH1", "AGE0");
    JsonNode cells = table.at("/rows/0/cells");
    assertThat(cells.get(0).asText()).isEqualTo("one");
    assertThat(cells.get(1).asInt()).isEqualTo(2);
    assertThat(cells.get(2).asText()).isEqualTo("Fine");
    assertThat(cells.get(3).asInt()).isEqualTo(3);
    assertThat(cells.get(4).asText()).matches("\\d+s");
    assertThat(table.at("/rows/0/object/kind").asText()).isEqualTo("PartialObjectMetadata");
  }

  @Test
  void agesAreWrittenAsKubectlDoes() {
    assertThat(
            List.of(119L, 120L, 125L, 601L, 10_799L, 10_800L, 11_000L, 172_799L, 176_400L, 864_000L)
                .stream()
                .map(Table::age))
        .containsExactly("119s", "2m", "2m5s", "10m", "179m", "3h", "3h3m", "47h", "2d1h", "10d");
  }

  @Test
  void errorsAreStatusObjects() {
    Answer missing = ponds.get(Ponds.PATH + "/none");
    assertThat(missing.code()).isEqualTo(404);
    assertThat(missing.json().path("message").asText())
        .isEqualTo("ponds.sample.dev \"none\" not found");
    assertThat(missing.json().at("/details/kind").asText()).isEqualTo("ponds");
    for (String path :
        List.of("/nonsense", "/apis/none/v1/things", "/api/v1/ponds", "/openapi/v2")) {
      assertThat(ponds.get(path).json().path("kind").asText()).as(path).isEqualTo("Status");
    }
    assertThat(ponds.send("POST", Ponds.PATH, "application/json", "{broken").code()).isEqualTo(400);
    assertThat(ponds.send("POST", Ponds.PATH, "application/vnd.kubernetes.protobuf", "k8s").code())
        .isEqualTo(400);
    assertThat(ponds.send("PUT", Ponds.PATH, "application/json", "{}").code()).isEqualTo(405);
    assertThat(ponds.create("Upper", "{river: 'x'}").code()).isEqualTo(422);
  }

  @Test
  void reviewsAllowEverything() {
    String path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
    Answer rules =
        ponds.send("POST", path, "application/json", "{\"spec\": {\"namespace\": \"default\"}}");
    assertThat(rules.code()).isEqualTo(201);
    assertThat(rules.json().at("/status/resourceRules/0/verbs/0").asText()).isEqualTo("*");
  }

  @Test
  void aHookSeesRequestsInjectsErrorsAndLosesAnswers() {
    List<String> seen = new CopyOnWriteArrayList<>();
    ponds.cluster.setHook(
        new RequestHook() {
          @Override
          public int before(String method, String path, String body) {
            return body.contains("refused") ? 429 : PASS;
          }

          @Override
          public void after(String method, String path, String body, int status)
              throws IOException {
            seen.add(method + " " + path + " " + status);
            if (body.contains("lost")) {
              throw new IOException("lost");
            }
          }
        });
    Answer refused = ponds.create("refused", "{river: 'x'}");
    assertThat(refused.code()).isEqualTo(429);
    assertThat(refused.json().path("reason").asText()).isEqualTo("TooManyRequests");
    assertThatThrownBy(() -> ponds.create("lost", "{river: 'x'}"))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(ponds.get(Ponds.PATH + "/lost").code()).as("it took effect").isEqualTo(200);
    assertThat(seen)
        .contains(
            "POST " + Ponds.PATH + " 429",
            "POST " + Ponds.PATH + " 201",
            "GET " + Ponds.PATH + "/lost 200");
  }
}
