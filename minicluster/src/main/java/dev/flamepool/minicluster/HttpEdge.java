package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.node.TextNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.flamepool.minicluster.Api.Answer;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTP in and out: the token, the hook, errors as Status objects, watches as chunked lines. */
final class HttpEdge implements HttpHandler {
  private static final Logger log = LoggerFactory.getLogger(HttpEdge.class);

  /** The reasons of injected errors; all others are internal errors. */
  private static final Map<Integer, String> REASONS =
      Map.of(403, "Forbidden", 404, "NotFound", 409, "Conflict", 429, "TooManyRequests");

  private final Api api;
  private final Store store;
  private final byte[] bearer;
  private volatile RequestHook hook = new RequestHook() {};

  HttpEdge(Api api, Store store, String token) {
    this.api = api;
    this.store = store;
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
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String path = exchange.getRequestURI().toString();
      Answer answer = answer(exchange, path, body);
      if (answer.code() != 401) {
        hook.after(exchange.getRequestMethod(), path, body, answer.code());
      }
      for (String warning : answer.warnings()) {
        exchange.getResponseHeaders().add("Warning", "299 - " + TextNode.valueOf(warning));
      }
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      if (answer.watch() != null) {
        exchange.sendResponseHeaders(200, 0);
        answer.watch().serve(store, exchange.getResponseBody());
      } else {
        byte[] bytes = Json.MAPPER.writeValueAsBytes(answer.body());
        exchange.sendResponseHeaders(answer.code(), bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  private Answer answer(HttpExchange exchange, String path, String body) throws IOException {
    Headers headers = exchange.getRequestHeaders();
    try {
      if (!carriesToken(headers)) {
        throw ApiException.of(401, "Unauthorized", "Unauthorized");
      }
      int injected = hook.before(exchange.getRequestMethod(), path, body);
      if (injected != RequestHook.PASS) {
        String reason = REASONS.getOrDefault(injected, "InternalError");
        throw ApiException.of(injected, reason, "injected by a request hook");
      }
      URI uri = exchange.getRequestURI();
      return api.handle(
          new Request(
              exchange.getRequestMethod(),
              uri.getPath(),
              query(uri),
              String.join(",", headers.getOrDefault("Accept", java.util.List.of())),
              Objects.requireNonNullElse(headers.getFirst("Content-Type"), ""),
              body));
    } catch (ApiException e) {
      return Answer.of(e.code(), e.status());
    } catch (RuntimeException e) {
      log.warn("{} {} failed", exchange.getRequestMethod(), path, e);
      ApiException error = ApiException.of(500, "InternalError", "internal error: " + e);
      return Answer.of(500, error.status());
    }
  }

  private boolean carriesToken(Headers headers) {
    String given = headers.getFirst("Authorization");
    return given != null && MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), bearer);
  }

  private static Map<String, String> query(URI uri) {
    Map<String, String> query = new HashMap<>();
    for (String pair : Objects.requireNonNullElse(uri.getRawQuery(), "").split("&", -1)) {
      String[] parts = pair.split("=", 2);
      String value = parts.length > 1 ? parts[1] : "";
      query.putIfAbsent(parts[0], URLDecoder.decode(value, StandardCharsets.UTF_8));
    }
    return query;
  }
}
