package dev.flamepool.operator.backend;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flamepool.operator.backend.Machine.State;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * A {@link ScriptedCloud} that speaks as much of EC2, S3, SSM and instance metadata as runners
 * need, over HTTP: client tokens, answers that lag ({@link ScriptedCloud#visibleAfter}), pages, and
 * faults put in beforehand. Instances that have ended are listed for ever. Thread-safe.
 */
public final class Ec2Server implements AutoCloseable {
  /**
   * What happens to the next request of an action instead of its answer.
   *
   * @param done whether it is done all the same
   */
  public record Trouble(int status, String code, String message, boolean done) {
    /** It is done, and what comes back is a success that says this. */
    public static Trouble garbled(String body) {
      return new Trouble(200, "", body, true);
    }
  }

  /**
   * One instance.
   *
   * @param parameters of the RunInstances that made it
   */
  public record Made(Map<String, String> parameters, Map<String, String> tags, Instant at) {
    static Made of(Map<String, String> parameters, Instant at) {
      Map<String, String> tags = new TreeMap<>();
      for (int i = 1; parameters.containsKey("TagSpecification.1.Tag." + i + ".Key"); i++) {
        tags.put(
            parameters.get("TagSpecification.1.Tag." + i + ".Key"),
            parameters.getOrDefault("TagSpecification.1.Tag." + i + ".Value", ""));
      }
      return new Made(parameters, tags, at);
    }

    String tag(String name) {
      return tags.getOrDefault("flamepool:" + name, "");
    }

    MachineKey key() {
      return new MachineKey(
          tag("installation"),
          tag("namespace"),
          tag("pool"),
          tag("runner"),
          tag("uid"),
          Integer.parseInt(tag("attempt")));
    }

    /** Subnet, type and market, as a runner's status has them. */
    public String offering() {
      return "%s/%s/%s"
          .formatted(
              parameters.get("NetworkInterface.1.SubnetId"),
              parameters.get("InstanceType"),
              parameters.getOrDefault("InstanceMarketOptions.MarketType", "on-demand"));
    }
  }

  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;
    final int status;
    final String code;

    Refusal(int status, String code, String message) {
      super(message);
      this.status = status;
      this.code = code;
    }
  }

  static {
    System.setProperty("sun.net.httpserver.nodelay", "true"); // an answer is two writes
  }

  private final ScriptedCloud cloud;
  private final Ledger<Made> instances;
  private final Map<String, Ledger.Entry<Made>> byToken = new ConcurrentHashMap<>();
  private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
  private final Map<String, String> metadata = new ConcurrentHashMap<>();
  private final List<String> actions = new CopyOnWriteArrayList<>();
  private final List<String> refusals = new CopyOnWriteArrayList<>();
  private final Map<String, Deque<Trouble>> next = new HashMap<>();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile int pageSize = 1000;
  private volatile String console = "";
  private final Map<String, String> consoles = new ConcurrentHashMap<>();

  /** Serves at a free port of loopback. */
  public Ec2Server(ScriptedCloud cloud) throws IOException {
    this.cloud = cloud;
    this.instances = new Ledger<>(cloud, Ec2Server::id);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** The URL of every service. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  // ---- the script

  /** The next requests of an action meet these. */
  public synchronized void next(String action, Trouble... troubles) {
    next.computeIfAbsent(action, a -> new ArrayDeque<>()).addAll(List.of(troubles));
  }

  /** How many instances one answer lists at most. */
  public void pageSize(int instances) {
    pageSize = instances;
  }

  /** What every instance has written to its console. */
  public void console(String text) {
    console = text;
  }

  /** What one instance has written to its console. */
  public void console(String id, String text) {
    consoles.put(id, text);
  }

  /** Every living instance leaves this where its user data says. */
  public void report(String text) {
    for (Made made : living()) {
      MachineKey key = made.key();
      objects.put(
          "releases/flamepool-boot/%s/%s-%d.said"
              .formatted(key.installation(), key.runnerUid(), key.attempt()),
          text.getBytes(UTF_8));
    }
  }

  /** Instance metadata by path below {@code /latest/meta-data/}. */
  public Map<String, String> metadata() {
    return metadata;
  }

  // ---- what a test reads

  /** What lies in S3, by bucket and key. */
  public Map<String, byte[]> objects() {
    return objects;
  }

  /** Every request: EC2's action, SSM's target, {@code S3} and the method, or {@code IMDS}. */
  public List<String> actions() {
    return actions;
  }

  /** How many requests of an action came. */
  public long count(String action) {
    return actions.stream().filter(action::equals).count();
  }

  /** The codes of all answers that were no success. */
  public List<String> refusals() {
    return refusals;
  }

  /** The instances that have not ended, in the order in which they were made. */
  public List<Made> living() {
    return instances.all().stream()
        .filter(instance -> !instances.isDead(instance.id()))
        .map(Ledger.Entry::detail)
        .toList();
  }

  /** The id of the instance of an attempt. */
  public String idOf(MachineKey key) {
    return instances.all().stream()
        .filter(instance -> instance.key().equals(key))
        .map(Ledger.Entry::id)
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  // ---- HTTP

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
        s3(exchange, path.substring(1), body);
      }
    }
  }

  private void metadata(HttpExchange exchange, String path) throws IOException {
    actions.add("IMDS");
    if (path.equals("/latest/api/token")) {
      send(exchange, exchange.getRequestMethod().equals("PUT") ? 200 : 405, "T");
      return;
    }
    boolean token = "T".equals(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token"));
    String value = metadata.get(path.substring("/latest/meta-data/".length()));
    send(exchange, !token ? 401 : value == null ? 404 : 200, value == null ? "" : value);
  }

  private void s3(HttpExchange exchange, String name, byte[] body) throws IOException {
    String action = "S3 " + exchange.getRequestMethod();
    actions.add(action);
    Trouble trouble = trouble(action);
    if (trouble != null) {
      boolean silent = exchange.getRequestMethod().equals("HEAD");
      send(exchange, trouble.status(), silent ? "" : s3Error(trouble.code(), trouble.message()));
      return;
    }
    switch (exchange.getRequestMethod()) {
      case "PUT" -> {
        objects.put(name, body);
        send(exchange, 200, "");
      }
      case "DELETE" -> {
        objects.remove(name);
        send(exchange, 204, "");
      }
      case "GET" -> {
        boolean list = name.indexOf('/') < 0 || name.endsWith("/");
        byte[] object = objects.get(name);
        if (list) {
          send(exchange, 200, listed(name, form(exchange.getRequestURI().getQuery())));
        } else if (object == null) {
          send(exchange, 404, s3Error("NoSuchKey", "no such key"));
        } else {
          exchange.sendResponseHeaders(206, object.length);
          exchange.getResponseBody().write(object);
        }
      }
      default -> send(exchange, 200, "");
    }
  }

  private static String s3Error(String code, String message) {
    return "<Error><Code>%s</Code><Message>%s</Message></Error>".formatted(code, message);
  }

  private String listed(String bucket, Map<String, String> query) {
    String prefix = bucket.replaceAll("/$", "") + "/" + query.getOrDefault("prefix", "");
    return objects.keySet().stream()
        .filter(key -> key.startsWith(prefix))
        .sorted()
        .map(key -> key.substring(key.indexOf('/') + 1))
        .map(key -> "<Contents><Key>" + key + "</Key><Size>1</Size></Contents>")
        .collect(
            Collectors.joining(
                "",
                "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                    + "<IsTruncated>false</IsTruncated>",
                "</ListBucketResult>"));
  }

  private void ec2(HttpExchange exchange, Map<String, String> form) throws IOException {
    String action = form.get("Action");
    actions.add(action);
    Trouble trouble = trouble(action);
    try {
      if (trouble != null && !trouble.done()) {
        throw new Refusal(trouble.status(), trouble.code(), trouble.message());
      }
      String answer = answer(action, form);
      if (trouble != null) {
        throw new Refusal(trouble.status(), trouble.code(), trouble.message());
      }
      String xmlns = " xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"";
      send(
          exchange,
          200,
          "<%sResponse%s><requestId>r</requestId>%s</%sResponse>"
              .formatted(action, xmlns, answer, action));
    } catch (Refusal e) {
      refusals.add(e.code);
      send(
          exchange,
          e.status,
          e.status == 200
              ? e.getMessage()
              : "<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>r</RequestID></Response>"
                  .formatted(e.code, e.getMessage()));
    } catch (BackendException e) {
      refusals.add(e.getMessage()); // closed without an answer
    }
  }

  private synchronized Trouble trouble(String action) {
    return next.getOrDefault(action, new ArrayDeque<>()).poll();
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static Map<String, String> form(String text) {
    Map<String, String> form = new TreeMap<>();
    for (String pair : text == null ? new String[0] : text.split("&", -1)) {
      int at = pair.indexOf('=');
      if (at > 0) {
        form.put(
            URLDecoder.decode(pair.substring(0, at), UTF_8),
            URLDecoder.decode(pair.substring(at + 1), UTF_8));
      }
    }
    return form;
  }

  // ---- EC2

  private String answer(String action, Map<String, String> form) throws BackendException {
    return switch (action) {
      case "RunInstances" -> run(form);
      case "DescribeInstances" -> describe(form);
      case "TerminateInstances" -> terminate(form);
      case "DescribeImages" ->
          "<imagesSet><item><imageId>a</imageId><rootDeviceName>/dev/xvda</rootDeviceName></item></imagesSet>";
      case "DescribeLaunchTemplateVersions" ->
          "<launchTemplateVersionSet><item><versionNumber>%s</versionNumber><launchTemplateData/>"
                  .formatted(form.get("LaunchTemplateVersion.1").equals("$Latest") ? 7 : 3)
              + "</item></launchTemplateVersionSet>";
      case "GetConsoleOutput" ->
          "<output>"
              + Base64.getEncoder()
                  .encodeToString(
                      consoles.getOrDefault(form.get("InstanceId"), console).getBytes(UTF_8))
              + "</output>";
      default -> throw new Refusal(400, "InvalidAction", action);
    };
  }

  private synchronized String run(Map<String, String> form) throws BackendException {
    String token = form.get("ClientToken");
    Ledger.Entry<Made> known = byToken.get(token);
    if (known != null && !known.detail().parameters().equals(form)) {
      throw new Refusal(400, "IdempotentParameterMismatch", "other parameters");
    }
    if (known != null && instances.state(known.id()) == State.ENDED) {
      throw new Refusal(400, "IdempotentInstanceTerminated", "ended");
    }
    if (known == null) {
      Made made = Made.of(form, cloud.now());
      known = instances.add(launched(token, made), made);
      byToken.put(token, known);
    }
    return "<reservationId>r-1</reservationId><instancesSet>" + xml(known) + "</instancesSet>";
  }

  private Machine launched(String token, Made made) throws BackendException {
    Map<String, byte[]> request = Map.of("request", made.parameters().toString().getBytes(UTF_8));
    try {
      return cloud.launch(
          new LaunchAttempt(
              made.key(), token, made.offering(), ScriptedCloud.ENTRY, Boot.of(request)));
    } catch (BackendException e) {
      if (e.kind() == BackendException.Kind.AMBIGUOUS) {
        throw e;
      }
      throw switch (e.kind()) {
        case CAPACITY -> new Refusal(500, "InsufficientInstanceCapacity", e.getMessage());
        case QUOTA -> new Refusal(400, "VcpuLimitExceeded", e.getMessage());
        case RATE_LIMITED -> new Refusal(503, "RequestLimitExceeded", e.getMessage());
        case CONFIGURATION -> new Refusal(400, "InvalidParameterValue", e.getMessage());
        case CREDENTIALS, AMBIGUOUS -> new Refusal(403, "UnauthorizedOperation", e.getMessage());
      };
    }
  }

  private List<Ledger.Entry<Made>> visible() {
    return instances.all().stream()
        .filter(instance -> cloud.isVisible(instance.detail().at()))
        .toList();
  }

  private String describe(Map<String, String> form) {
    List<Ledger.Entry<Made>> found = new ArrayList<>(visible());
    for (int i = 1; form.containsKey("Filter." + i + ".Name"); i++) {
      String name = form.get("Filter." + i + ".Name");
      String value = form.get("Filter." + i + ".Value.1");
      found.removeIf(
          instance ->
              name.equals("client-token")
                  ? !instance.equals(byToken.get(value))
                  : !value.equals(instance.detail().tags().get(name.substring("tag:".length()))));
    }
    List<String> ids = ids(form);
    if (!ids.isEmpty()) {
      found.removeIf(instance -> !ids.contains(instance.id()));
      demand(ids, found);
    }
    int from = Integer.parseInt(form.getOrDefault("NextToken", "0"));
    int to = Math.min(found.size(), from + pageSize);
    String more = to < found.size() ? "<nextToken>" + to + "</nextToken>" : "";
    return found.subList(from, to).stream()
        .map(instance -> "<item><instancesSet>" + xml(instance) + "</instancesSet></item>")
        .collect(Collectors.joining("", "<reservationSet>", "</reservationSet>" + more));
  }

  /** All or none. */
  private String terminate(Map<String, String> form) throws BackendException {
    List<String> ids = ids(form);
    List<Ledger.Entry<Made>> found =
        visible().stream().filter(instance -> ids.contains(instance.id())).toList();
    demand(ids, found);
    for (Ledger.Entry<Made> instance : found) {
      if (!instances.isDead(instance.id())) {
        cloud.delete(instance.key());
      }
    }
    return "<instancesSet/>";
  }

  private static void demand(List<String> ids, List<?> found) {
    if (found.size() < ids.size()) {
      throw new Refusal(400, "InvalidInstanceID.NotFound", "no such instance");
    }
  }

  private static List<String> ids(Map<String, String> form) {
    return form.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("InstanceId."))
        .map(Map.Entry::getValue)
        .toList();
  }

  private String xml(Ledger.Entry<Made> instance) {
    String tags =
        instance.detail().tags().entrySet().stream()
            .map(
                tag ->
                    "<item><key>%s</key><value>%s</value></item>"
                        .formatted(tag.getKey(), tag.getValue()))
            .collect(Collectors.joining());
    return ("<item><instanceId>%s</instanceId><clientToken>%s</clientToken><instanceState><code>16</code><name>%s</name>"
            + "</instanceState><privateIpAddress>10.0.0.7</privateIpAddress>"
            + "<ipAddress>198.51.100.7</ipAddress><tagSet>%s</tagSet>%s</item>")
        .formatted(
            instance.id(),
            instance.detail().parameters().get("ClientToken"),
            word(instances.state(instance.id())),
            tags,
            reason(instance));
  }

  private static String word(State state) {
    return switch (state) {
      case STARTING -> "pending";
      case RUNNING -> "running";
      case STOPPING -> "shutting-down";
      case ENDED -> "terminated";
    };
  }

  /** One that ended by itself powered off, if the script does not say another reason of EC2's. */
  private String reason(Ledger.Entry<Made> instance) {
    if (!instances.isDead(instance.id())) {
      return "";
    }
    Optional<String> cause = instances.last(instance.id()).map(Machine::cause);
    String code =
        cause.isEmpty()
            ? "Client.UserInitiatedShutdown"
            : cause.get().contains(".") ? cause.get() : "Client.InstanceInitiatedShutdown";
    return "<stateReason><code>%s</code><message>%s</message></stateReason>".formatted(code, code);
  }

  private static String id(String machine) {
    return "i-%017x".formatted(Long.parseLong(machine.substring(machine.indexOf('-') + 1)));
  }
}
