package dev.flamepool.simulators.fly;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.flamepool.simulators.fly.Call.Answer;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP in and out, in Fly's order: token, limit of rate, fault, check of the request, effect, check
 * of the answer.
 */
final class HttpEdge implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(HttpEdge.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What goes onto the wire; without an answer the connection is closed. */
  private record Reply(int status, String body) {
    static final Reply NONE = new Reply(0, "");

    static Reply of(FlyError error) {
      return new Reply(error.status(), error.body().toString());
    }
  }

  private final FlyOptions options;
  private final Api api;
  private final Tokens tokens;
  private final Faults faults;
  private final Buckets buckets;
  private final Conformance conformance;
  private final Journal journal;

  HttpEdge(
      FlyOptions options,
      Api api,
      Tokens tokens,
      Faults faults,
      Conformance conformance,
      Journal journal) {
    this.options = options;
    this.api = api;
    this.tokens = tokens;
    this.faults = faults;
    this.buckets = new Buckets(options.clock());
    this.conformance = conformance;
    this.journal = journal;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      String path = exchange.getRequestURI().toString();
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      Optional<Operations.Match> operation =
          path.startsWith("/v1/") ? conformance.operations().match(method, path) : Optional.empty();
      Reply reply =
          operation.isEmpty()
              ? new Reply(404, "404 page not found\n")
              : reply(exchange, operation.get(), method, path, body);
      String id = operation.map(Operations.Match::id).orElse("");
      journal.served(new Served(options.clock().instant(), id, method, path, reply.status()));
      if (reply.status() != 0) {
        send(exchange, id, reply);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Reply reply(
      HttpExchange exchange, Operations.Match operation, String method, String path, String body)
      throws InterruptedException {
    String app = operation.parameters().getOrDefault("app_name", "");
    Effect effect;
    try {
      tokens.check(header(exchange, "Authorization"), app);
      String identifier = operation.parameters().getOrDefault("machine_id", app);
      if (options.rateLimits()
          && !identifier.isEmpty()
          && !buckets.take(operation.id(), app + "/" + identifier)) {
        throw FlyError.recorded("rate_limit");
      }
      effect = faults.take(operation.id()).orElse(null);
      if (effect instanceof Effect.Refuse refuse) {
        throw FlyError.recorded(refuse.name());
      }
    } catch (FlyError refusal) {
      return checked(method, path, Reply.of(refusal));
    }
    if (effect instanceof Effect.LoseRequest) {
      return Reply.NONE;
    } else if (effect instanceof Effect.Answer answer) {
      return new Reply(answer.status(), answer.body());
    } else if (effect instanceof Effect.Delay delay) {
      TimeUnit.MILLISECONDS.sleep(delay.by().toMillis());
    }
    List<String> violations = conformance.request(method, path, body);
    violations.forEach(journal::violation);
    if (options.strict() && !violations.isEmpty()) {
      return Reply.of(FlyError.of(400, "not in Fly's document: " + violations));
    }
    String nonce = header(exchange, "fly-machine-lease-nonce");
    Reply reply = checked(method, path, served(operation, path, body, nonce, effect));
    return effect instanceof Effect.LoseResponse ? Reply.NONE : reply;
  }

  private Reply served(
      Operations.Match operation, String path, String body, String nonce, @Nullable Effect effect) {
    try {
      JsonNode json = body.isBlank() ? MissingNode.getInstance() : JSON.readTree(body);
      Answer answer =
          api.serve(
              new Call(
                  operation.id(), operation.parameters(), Query.of(path), json, nonce, effect));
      return new Reply(answer.status(), answer.body() == null ? "" : answer.body().toString());
    } catch (FlyError refusal) {
      return Reply.of(refusal);
    } catch (JsonProcessingException e) {
      return Reply.of(FlyError.of(400, "invalid_argument: " + e.getOriginalMessage()));
    } catch (RuntimeException e) {
      LOG.warn("{} failed", operation.id(), e);
      return Reply.of(FlyError.of(500, "internal error of the simulator: " + e));
    }
  }

  /** The answer, unless it is wrong itself. */
  private Reply checked(String method, String path, Reply reply) {
    List<String> violations = conformance.response(method, path, reply.status(), reply.body());
    violations.forEach(journal::violation);
    return violations.isEmpty()
        ? reply
        : Reply.of(
            FlyError.of(500, "the simulator's answer is not in Fly's document: " + violations));
  }

  private void send(HttpExchange exchange, String operation, Reply reply) throws IOException {
    exchange
        .getResponseHeaders()
        .set("fly-request-id", Ids.ulid(options.clock().millis()) + "-fra");
    if (operation.equals("Apps_create") && reply.status() == 201) {
      String app = JSON.readTree(reply.body()).path("name").asText();
      exchange
          .getResponseHeaders()
          .set("Set-Cookie", "fly_flaps_affinity=" + Ids.nonce() + "; Path=/v1/apps/" + app);
    }
    byte[] bytes = reply.body().getBytes(UTF_8);
    boolean json = reply.body().startsWith("{") || reply.body().startsWith("[");
    exchange
        .getResponseHeaders()
        .set("Content-Type", json ? "application/json; charset=utf-8" : "text/plain");
    exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
  }

  private static String header(HttpExchange exchange, String name) {
    return Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst(name), "");
  }
}
