package dev.flamepool.operator.backend.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * As much of EC2, S3, SSM and instance metadata as a test of the backend needs, over HTTP: client
 * tokens, answers that lag, pages, and faults put in beforehand. Thread-safe.
 */
final class Ec2Stub implements AutoCloseable {
  /** What happens to the next request of an action instead of its answer. */
  record Fault(int status, String code, String message, boolean done) {}

  /** One instance. */
  static final class Made {
    final String id;
    final Map<String, String> parameters;
    final Map<String, String> tags = new TreeMap<>();
    final Instant at;
    volatile String state = "running";
    volatile String reason = "";

    Made(String id, Map<String, String> parameters, Instant at) {
      this.id = id;
      this.parameters = parameters;
      this.at = at;
      for (int i = 1; parameters.containsKey("TagSpecification.1.Tag." + i + ".Key"); i++) {
        tags.put(
            parameters.get("TagSpecification.1.Tag." + i + ".Key"),
            parameters.getOrDefault("TagSpecification.1.Tag." + i + ".Value", ""));
      }
    }
  }

  final Map<String, Made> byToken = new ConcurrentHashMap<>();
  final Map<String, byte[]> objects = new ConcurrentHashMap<>();
  final Map<String, String> metadata = new ConcurrentHashMap<>();
  final List<String> actions = new CopyOnWriteArrayList<>();
  volatile Duration visibleAfter = Duration.ZERO;
  volatile int pageSize = 1000;
  volatile String console = "";

  private final Map<String, Deque<Fault>> faults = new HashMap<>();
  private final Clock clock;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  Ec2Stub(Clock clock) throws IOException {
    this.clock = clock;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  synchronized void next(String action, Fault... given) {
    faults.computeIfAbsent(action, a -> new ArrayDeque<>()).addAll(List.of(given));
  }

  private synchronized Fault fault(String action) {
    Deque<Fault> queue = faults.get(action);
    return queue == null ? null : queue.poll();
  }

  long count(String action) {
    return actions.stream().filter(action::equals).count();
  }

  List<Made> living() {
    return byToken.values().stream().filter(made -> !made.state.equals("terminated")).toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      byte[] body = exchange.getRequestBody().readAllBytes();
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      if (target != null) {
        actions.add(target);
        send(exchange, 200, "{\"Parameter\":{\"Name\":\"x\",\"Value\":\"ami-of-ssm\"}}");
      } else if (path.startsWith("/latest/")) {
        metadata(exchange, path);
      } else if (exchange.getRequestMethod().equals("POST") && path.equals("/")) {
        ec2(exchange, form(new String(body, UTF_8)));
      } else {
        s3(exchange, path, body);
      }
    }
  }

  private void metadata(HttpExchange exchange, String path) throws IOException {
    if (path.equals("/latest/api/token")) {
      send(exchange, exchange.getRequestMethod().equals("PUT") ? 200 : 405, "T");
      return;
    }
    boolean token = "T".equals(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token"));
    String value = metadata.get(path.substring("/latest/meta-data/".length()));
    send(exchange, !token ? 401 : value == null ? 404 : 200, value == null ? "" : value);
  }

  private void s3(HttpExchange exchange, String path, byte[] body) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    String name = path.substring(1);
    actions.add("S3 " + exchange.getRequestMethod());
    switch (exchange.getRequestMethod()) {
      case "PUT" -> {
        objects.put(name, body);
        send(exchange, 200, "");
      }
      case "DELETE" -> {
        objects.remove(name);
        exchange.sendResponseHeaders(204, -1);
      }
      default -> {
        if (query != null && query.contains("list-type=2")) {
          String prefix = form(query).getOrDefault("prefix", "");
          String contents =
              objects.keySet().stream()
                  .filter(key -> key.startsWith(name.replaceAll("/$", "") + "/" + prefix))
                  .sorted()
                  .map(key -> key.substring(key.indexOf('/') + 1))
                  .map(key -> "<Contents><Key>" + key + "</Key><Size>1</Size></Contents>")
                  .collect(Collectors.joining());
          send(
              exchange,
              200,
              "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                  + "<IsTruncated>false</IsTruncated>"
                  + contents
                  + "</ListBucketResult>");
        } else {
          byte[] object = objects.get(name);
          exchange.sendResponseHeaders(object == null ? 404 : 200, object == null ? -1 : 0);
          if (object != null) {
            exchange.getResponseBody().write(object);
          }
        }
      }
    }
  }

  private void ec2(HttpExchange exchange, Map<String, String> form) throws IOException {
    String action = form.get("Action");
    actions.add(action);
    Fault fault = fault(action);
    if (fault != null && !fault.done()) {
      error(exchange, fault.status(), fault.code(), fault.message());
      return;
    }
    String answer;
    try {
      answer =
          switch (action) {
            case "RunInstances" -> run(form);
            case "DescribeInstances" -> describe(form);
            case "TerminateInstances" -> terminate(form);
            case "DescribeImages" ->
                "<imagesSet><item><imageId>a</imageId><rootDeviceName>/dev/xvda</rootDeviceName></item></imagesSet>";
            case "DescribeLaunchTemplates" ->
                "<launchTemplates><item><defaultVersionNumber>3</defaultVersionNumber>"
                    + "<latestVersionNumber>7</latestVersionNumber></item></launchTemplates>";
            case "GetConsoleOutput" ->
                "<output>"
                    + java.util.Base64.getEncoder().encodeToString(console.getBytes(UTF_8))
                    + "</output>";
            default -> throw new Refusal("InvalidAction", action);
          };
    } catch (Refusal e) {
      error(exchange, 400, e.code, e.getMessage());
      return;
    }
    if (fault != null) {
      error(exchange, fault.status(), fault.code(), fault.message());
      return;
    }
    send(
        exchange,
        200,
        "<"
            + action
            + "Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">"
            + "<requestId>r</requestId>"
            + answer
            + "</"
            + action
            + "Response>");
  }

  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;
    final String code;

    Refusal(String code, String message) {
      super(message);
      this.code = code;
    }
  }

  private synchronized String run(Map<String, String> form) {
    String token = form.get("ClientToken");
    Made made = byToken.get(token);
    if (made != null && !made.parameters.equals(form)) {
      throw new Refusal("IdempotentParameterMismatch", "other parameters");
    }
    if (made != null && made.state.equals("terminated")) {
      throw new Refusal("IdempotentInstanceTerminated", "ended");
    }
    if (made == null) {
      made = new Made("i-%017x".formatted(byToken.size() + 1), form, clock.instant());
      byToken.put(token, made);
    }
    return "<reservationId>r-1</reservationId><instancesSet>" + xml(made) + "</instancesSet>";
  }

  private boolean visible(Made made) {
    return !clock.instant().isBefore(made.at.plus(visibleAfter));
  }

  private String describe(Map<String, String> form) {
    List<Made> found = new ArrayList<>(byToken.values().stream().filter(this::visible).toList());
    for (int i = 1; form.containsKey("Filter." + i + ".Name"); i++) {
      String name = form.get("Filter." + i + ".Name");
      String value = form.get("Filter." + i + ".Value.1");
      found.removeIf(
          made ->
              name.equals("client-token")
                  ? made != byToken.get(value)
                  : !value.equals(made.tags.get(name.substring("tag:".length()))));
    }
    List<String> ids = ids(form);
    if (!ids.isEmpty()) {
      found.removeIf(made -> !ids.contains(made.id));
      if (found.size() < ids.size()) {
        throw new Refusal("InvalidInstanceID.NotFound", "no such instance");
      }
    }
    found.sort(java.util.Comparator.comparing(made -> made.id));
    int from = Integer.parseInt(form.getOrDefault("NextToken", "0"));
    int to = Math.min(found.size(), from + pageSize);
    String next = to < found.size() ? "<nextToken>" + to + "</nextToken>" : "";
    return "<reservationSet>"
        + found.subList(from, to).stream()
            .map(made -> "<item><instancesSet>" + xml(made) + "</instancesSet></item>")
            .collect(Collectors.joining())
        + "</reservationSet>"
        + next;
  }

  private String terminate(Map<String, String> form) {
    List<String> ids = ids(form);
    List<Made> found =
        byToken.values().stream().filter(this::visible).filter(m -> ids.contains(m.id)).toList();
    if (found.size() < ids.size()) {
      throw new Refusal("InvalidInstanceID.NotFound", "no such instance");
    }
    for (Made made : found) {
      made.state = "terminated";
      made.reason = made.reason.isEmpty() ? "Client.UserInitiatedShutdown" : made.reason;
    }
    return "<instancesSet/>";
  }

  private static List<String> ids(Map<String, String> form) {
    return form.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("InstanceId."))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static String xml(Made made) {
    String tags =
        made.tags.entrySet().stream()
            .map(
                tag ->
                    "<item><key>%s</key><value>%s</value></item>"
                        .formatted(tag.getKey(), tag.getValue()))
            .collect(Collectors.joining());
    return ("<item><instanceId>%s</instanceId><instanceState><code>16</code><name>%s</name>"
            + "</instanceState><privateIpAddress>10.0.0.7</privateIpAddress>"
            + "<ipAddress>198.51.100.7</ipAddress><tagSet>%s</tagSet>%s</item>")
        .formatted(
            made.id,
            made.state,
            tags,
            made.reason.isEmpty()
                ? ""
                : "<stateReason><code>%s</code><message>%s</message></stateReason>"
                    .formatted(made.reason, made.reason));
  }

  private static void error(HttpExchange exchange, int status, String code, String message)
      throws IOException {
    send(
        exchange,
        status,
        "<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>r</RequestID></Response>"
            .formatted(code, message));
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static Map<String, String> form(String text) {
    Map<String, String> form = new TreeMap<>();
    for (String pair : text.split("&", -1)) {
      int at = pair.indexOf('=');
      if (at > 0) {
        form.put(
            URLDecoder.decode(pair.substring(0, at), UTF_8),
            URLDecoder.decode(pair.substring(at + 1), UTF_8));
      }
    }
    return form;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
