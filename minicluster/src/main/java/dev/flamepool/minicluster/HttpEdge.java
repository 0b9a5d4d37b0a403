package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.node.TextNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.flamepool.minicluster.Api.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTP in and out: the token, the hook, errors as Status objects, watches as chunked lines. */
final class HttpEdge implements HttpHandler {
  private static final Logger log = LoggerFactory.getLogger(HttpEdge.class);

  /** The reasons of injected errors; all others are internal errors. */
  private static final Map<Integer, String> REASONS =
      Map.of(403, "Forbidden", 404, "NotFound", 409, "Conflict", 429, "TooManyRequests");

  private final Api api;
  private final byte[] bearer;
  private volatile RequestHook hook = new RequestHook() {};

  HttpEdge(Api api, String token) {
    this.api = api;
    this.bearer = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
  }

  void hook(RequestHook hook) {
    this.hook = hook;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Headers headers = exchange.getRequestHeaders();
      if ("websocket".equalsIgnoreCase(headers.getFirst("Upgrade"))) {
        // fabric8 then watches by plain HTTP; any other answer, or none, makes it wait.
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      String method = exchange.getRequestMethod();
      URI uri = exchange.getRequestURI();
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Request request = new Request(method, uri, headers, body, new ArrayList<>());
      Answer answer = answer(request);
      if (answer.code() != 401) {
        hook.after(method, uri.toString(), body, answer.code());
      }
      for (String warning : request.warnings()) {
        exchange.getResponseHeaders().add("Warning", "299 - " + TextNode.valueOf(warning));
      }
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      if (answer.watch() != null) {
        exchange.sendResponseHeaders(200, 0);
        answer.watch().serve(exchange.getResponseBody());
      } else {
        byte[] bytes = Json.MAPPER.writeValueAsBytes(answer.body());
        exchange.sendResponseHeaders(answer.code(), bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  private Answer answer(Request request) throws IOException {
    try {
      byte[] given = request.header("Authorization").getBytes(StandardCharsets.UTF_8);
      if (!MessageDigest.isEqual(given, bearer)) {
        throw new ApiException(401, "Unauthorized", "Unauthorized");
      }
      int injected = hook.before(request.method(), request.uri().toString(), request.body());
      if (injected != RequestHook.PASS) {
        String reason = REASONS.getOrDefault(injected, "InternalError");
        throw new ApiException(
            injected, reason, hook.words(request.method(), request.uri().toString()));
      }
      return api.handle(request);
    } catch (ApiException e) {
      return Answer.of(e.code(), e.status());
    } catch (RuntimeException e) {
      log.warn("{} {} failed", request.method(), request.uri(), e);
      ApiException error = new ApiException(500, "InternalError", "internal error: " + e);
      return Answer.of(500, error.status());
    }
  }
}
