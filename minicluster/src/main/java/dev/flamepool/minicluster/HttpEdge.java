package dev.flamepool.minicluster;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.flamepool.minicluster.Api.Answer;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTP in and out: the token, the hook, errors as Status objects, watches as chunked lines. */
final class HttpEdge implements HttpHandler {
  private static final Logger log = LoggerFactory.getLogger(HttpEdge.class);

  private final Api api;
  private final Store store;
  private final byte[] bearer;
  private final byte[] basic;
  private volatile RequestHook hook = new RequestHook() {};

  HttpEdge(Api api, Store store, String token) {
    this.api = api;
    this.store = store;
    this.bearer = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
    byte[] user = ("minicluster:" + token).getBytes(StandardCharsets.UTF_8);
    this.basic =
        ("Basic " + Base64.getEncoder().encodeToString(user)).getBytes(StandardCharsets.UTF_8);
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
      answer
          .warnings()
          .forEach(w -> exchange.getResponseHeaders().add("Warning", "299 - " + Json.quote(w)));
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
        throw ApiException.of(injected, reason(injected), "injected by a request hook");
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
      return Answer.of(
          500, ApiException.of(500, "InternalError", "Internal error occurred: " + e).status());
    }
  }

  /**
   * As bearer token, or as kubectl sends it: over plain HTTP only a proxy's credentials get
   * through.
   */
  private boolean carriesToken(Headers headers) {
    return Stream.of("Authorization", "Proxy-Authorization")
        .map(headers::getFirst)
        .filter(Objects::nonNull)
        .map(header -> header.getBytes(StandardCharsets.UTF_8))
        .anyMatch(
            given -> MessageDigest.isEqual(given, bearer) || MessageDigest.isEqual(given, basic));
  }

  private static String reason(int code) {
    return switch (code) {
      case 403 -> "Forbidden";
      case 404 -> "NotFound";
      case 409 -> "Conflict";
      case 410 -> "Expired";
      case 429 -> "TooManyRequests";
      case 503 -> "ServiceUnavailable";
      default -> "InternalError";
    };
  }

  private static Map<String, String> query(URI uri) {
    Map<String, String> query = new HashMap<>();
    for (String pair : Objects.requireNonNullElse(uri.getRawQuery(), "").split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      query.putIfAbsent(name, URLDecoder.decode(value, StandardCharsets.UTF_8));
    }
    return query;
  }
}
