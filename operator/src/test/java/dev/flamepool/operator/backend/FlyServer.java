package dev.flamepool.operator.backend;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flamepool.simulators.fly.Conformance;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A {@link ScriptedCloud} that speaks Fly's Machines API over HTTP: names are unique among the
 * living and free again afterwards, what is destroyed is in no list but can still be asked for, and
 * a machine goes by itself when its process ends. Thread-safe.
 */
public final class FlyServer implements AutoCloseable {
  /** The token that it takes. */
  public static final String TOKEN = "fm2_scripted";

  /** What is done to a request instead of simply serving it. */
  public sealed interface Trouble {
    /** Nothing is done; this is the answer. */
    record Answer(int status, String body) implements Trouble {}

    /** It is done, and the connection breaks before the answer. */
    record Cut() implements Trouble {}

    /** It is done, and the answer is this. */
    record Garble(String body) implements Trouble {}
  }

  /**
   * A request as it came.
   *
   * @param what method and last word of the path: {@code POST machines}, {@code GET machines},
   *     {@code GET id}, {@code POST stop}, {@code DELETE id}
   */
  public record Seen(String what, String authorization, String path, String body) {
    /** What Fly's document has against it. */
    public List<String> violations() {
      return FLY.request(what.substring(0, what.indexOf(' ')), path, body);
    }
  }

  private record Reply(int status, String body) {}

  private static final Reply NOT_FOUND = new Reply(404, "{\"error\":\"machine not found\"}");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Conformance FLY = Conformance.fly();

  private final ScriptedCloud cloud;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(8);
  private final Ledger<ObjectNode> known;
  private final Map<String, Deque<Trouble>> next = new HashMap<>();
  private final List<Seen> seen = new ArrayList<>();
  private volatile boolean revoked;
  private int serial;

  /** Serves at a free port of loopback. */
  public FlyServer(ScriptedCloud cloud) throws IOException {
    this.cloud = cloud;
    known = new Ledger<>(cloud, FlyServer::id);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  /** The base URL. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The next requests of a sort meet these. */
  public synchronized void next(String what, Trouble... troubles) {
    next.computeIfAbsent(what, w -> new ArrayDeque<>()).addAll(List.of(troubles));
  }

  /** No token is taken any more. */
  public void revoke() {
    revoked = true;
  }

  /** Everything that came, in order. */
  public synchronized List<Seen> seen() {
    return List.copyOf(seen);
  }

  /** How many requests of a sort came. */
  public synchronized long count(String what) {
    return seen.stream().filter(one -> one.what().equals(what)).count();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      String[] path = exchange.getRequestURI().getPath().split("/", -1);
      String method = exchange.getRequestMethod();
      String id = path.length > 5 ? path[5] : "";
      String last = path.length > 6 ? path[6] : id.isEmpty() ? "machines" : "id";
      String query = Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse("");
      String authorization =
          Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse("");
      String what = method + " " + last;
      Trouble trouble;
      synchronized (this) {
        seen.add(new Seen(what, authorization, exchange.getRequestURI().toString(), body));
        trouble = next.getOrDefault(what, new ArrayDeque<>()).poll();
        exchange.getResponseHeaders().set("fly-request-id", "req-" + serial++);
      }
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      if (trouble instanceof Trouble.Answer answer) {
        send(exchange, new Reply(answer.status(), answer.body()));
        return;
      }
      Reply reply =
          authorization.equals("FlyV1 " + TOKEN) && !revoked
              ? reply(what, id, query, body)
              : new Reply(401, "{\"error\":\"invalid token\"}");
      if (trouble instanceof Trouble.Cut || reply == null) {
        return; // closed without an answer
      }
      send(
          exchange,
          trouble instanceof Trouble.Garble garble ? new Reply(200, garble.body()) : reply);
    }
  }

  private static void send(HttpExchange exchange, Reply reply) throws IOException {
    byte[] bytes = reply.body().getBytes(UTF_8);
    exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** Null where the cloud loses its answer. */
  private Reply reply(String what, String id, String query, String body) {
    try {
      return switch (what) {
        case "POST machines" -> create(JSON.readTree(body));
        case "GET machines" -> list(query);
        case "GET id" -> get(id);
        case "POST stop" -> stop(id, JSON.readTree(body));
        case "DELETE id" -> destroy(id);
        default -> new Reply(404, "{\"error\":\"not found\"}");
      };
    } catch (BackendException e) {
      return switch (e.kind()) {
        case AMBIGUOUS -> null;
        case CAPACITY ->
            new Reply(
                422,
                "{\"error\":\"could not find a candidate host\",\"status\":\"insufficient_capacity\"}");
        case RATE_LIMITED -> new Reply(429, "{\"error\":\"rate limit exceeded\"}");
        case QUOTA ->
            new Reply(422, "{\"error\":\"Your organization has reached its machine limit.\"}");
        case CREDENTIALS -> new Reply(403, "{\"error\":\"unauthorized\"}");
        case CONFIGURATION -> new Reply(400, "{\"error\":\"" + e.getMessage() + "\"}");
      };
    } catch (IOException e) {
      return new Reply(400, "{\"error\":\"no JSON\"}");
    }
  }

  private Reply create(JsonNode request) throws BackendException {
    JsonNode metadata = request.path("config").path("metadata");
    MachineKey key =
        new MachineKey(
            metadata.path("flamepool_installation").asText(),
            metadata.path("flamepool_namespace").asText(),
            metadata.path("flamepool_pool").asText(),
            metadata.path("flamepool_runner").asText(),
            metadata.path("flamepool_uid").asText(),
            metadata.path("flamepool_attempt").asInt());
    synchronized (this) {
      Optional<String> taken = living(key);
      if (taken.isPresent()) {
        return new Reply(
            409,
            "{\"error\":\"already_exists: unique machine name violation, machine ID "
                + taken.get()
                + " already exists with name \\\""
                + request.path("name").asText()
                + "\\\"\"}");
      }
      Machine machine =
          cloud.launch(
              new LaunchAttempt(
                  key,
                  request.path("name").asText(),
                  request.path("region").asText(""),
                  ScriptedCloud.ENTRY,
                  Boot.of(Map.of("request", request.toString().getBytes(UTF_8)))));
      ObjectNode json = JSON.createObjectNode();
      json.put("id", id(machine.id()));
      json.put("name", request.path("name").asText());
      json.put("region", request.path("region").asText("ams"));
      json.put("instance_id", "01" + machine.id());
      json.put("private_ip", "fdaa:0:1:a7b:" + Integer.toHexString(known.all().size() + 1) + "::2");
      json.set("config", request.path("config"));
      json.put("new_field_of_tomorrow", true);
      return new Reply(200, view(known.add(machine, json).id()).toString());
    }
  }

  private Reply list(String query) {
    ArrayNode machines = JSON.createArrayNode();
    known.reap();
    String wanted = query.replaceAll(".*metadata.flamepool_installation=([^&]*).*", "$1");
    try {
      for (Machine machine : cloud.list(wanted)) {
        if (machine.state() != Machine.State.ENDED) {
          machines.add(view(id(machine.id())));
        }
      }
    } catch (BackendException e) {
      return e.kind() == BackendException.Kind.AMBIGUOUS
          ? null
          : new Reply(500, "{\"error\":\"internal\"}");
    }
    return new Reply(200, machines.toString());
  }

  private Reply get(String id) {
    return known.get(id).isPresent() ? new Reply(200, view(id).toString()) : NOT_FOUND;
  }

  private Reply stop(String id, JsonNode request) throws BackendException {
    Optional<Ledger.Entry<ObjectNode>> machine = known.get(id);
    if (machine.isEmpty()) {
      return NOT_FOUND;
    }
    cloud.stop(
        machine.get().key(),
        Duration.parse("PT" + request.path("timeout").asText("5s").toUpperCase(Locale.ROOT)));
    known.reap();
    return new Reply(200, "{\"ok\":true}");
  }

  private Reply destroy(String id) throws BackendException {
    Optional<Ledger.Entry<ObjectNode>> machine = known.get(id);
    if (machine.isEmpty()) {
      return NOT_FOUND;
    }
    if (!known.isDead(id)) {
      cloud.delete(machine.get().key());
    }
    known.reap();
    return new Reply(200, "{\"ok\":true}");
  }

  private Optional<String> living(MachineKey key) {
    return known.all().stream()
        .filter(entry -> entry.key().equals(key) && !known.isDead(entry.id()))
        .map(Ledger.Entry::id)
        .findFirst();
  }

  private synchronized ObjectNode view(String id) {
    ObjectNode json = known.get(id).orElseThrow().detail().deepCopy();
    json.put("state", known.isDead(id) ? "destroyed" : state(known.state(id)));
    known
        .last(id)
        .map(Machine::exitCode)
        .filter(OptionalInt::isPresent)
        .ifPresent(
            code ->
                json.putArray("events")
                    .addObject()
                    .put("type", "exit")
                    .put("status", "stopped")
                    .put("source", "flyd")
                    .put("timestamp", 1_700_000_000_000L)
                    .putObject("request")
                    .putObject("exit_event")
                    .put("exit_code", code.getAsInt())
                    .put("oom_killed", false));
    return json;
  }

  private static String id(String machine) {
    return machine.replace("-", "");
  }

  private static String state(Machine.State state) {
    return switch (state) {
      case STARTING -> "created";
      case RUNNING -> "started";
      case STOPPING -> "stopping";
      case ENDED -> "destroyed";
    };
  }
}
