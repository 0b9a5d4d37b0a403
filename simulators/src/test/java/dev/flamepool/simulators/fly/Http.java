package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A client of the simulator that knows nothing of it. */
final class Http {
  /** An answer. */
  record Got(int status, JsonNode body, HttpResponse<String> raw) {
    String text(String field) {
      return body.path(field).asText();
    }
  }

  /** Before a body that is to be sent as it is; in all others ' stands for ". */
  static final String RAW = "raw:";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI base;
  private final String authorization;

  Http(URI base, String authorization) {
    this.base = base;
    this.authorization = authorization;
  }

  Http(URI base) {
    this(base, "Bearer token");
  }

  Got get(String path) throws IOException, InterruptedException {
    return send("GET", path, "");
  }

  Got post(String path, String body) throws IOException, InterruptedException {
    return send("POST", path, body);
  }

  Got delete(String path) throws IOException, InterruptedException {
    return send("DELETE", path, "");
  }

  Got send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(Duration.ofSeconds(90))
            .header("Authorization", authorization)
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(
                        body.startsWith(RAW)
                            ? body.substring(RAW.length())
                            : body.replace('\'', '"')));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> raw = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    String text = raw.body();
    boolean json = text.startsWith("{") || text.startsWith("[");
    return new Got(raw.statusCode(), json ? JSON.readTree(text) : MissingNode.getInstance(), raw);
  }
}
