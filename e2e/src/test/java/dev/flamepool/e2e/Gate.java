package dev.flamepool.e2e;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the operator and an HTTP interface. It passes requests on, and keeps those for
 * which a trap is set: who has sent them stands there until he is killed.
 */
final class Gate implements AutoCloseable {
  /** What becomes of a request that was kept. */
  enum Fate {
    /** It never arrives. */
    LOST,
    /** It arrives once the trap is opened: after its sender's death. */
    LATE,
    /** It has arrived, and its answer never does. */
    UNANSWERED
  }

  /** Those belong to one connection, or are the client's own to say. */
  private static final Set<String> NOT_PASSED =
      Set.of(
          "connection",
          "content-length",
          "date",
          "expect",
          "host",
          "http2-settings",
          "transfer-encoding",
          "upgrade");

  static {
    // Else the answer's last packet waits for an acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final URI target;
  private final HttpClient client;
  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "gate");
            thread.setDaemon(true);
            return thread;
          });
  private volatile @Nullable Hold hold;

  private Gate(URI target, HttpClient.Builder client) {
    this.target = target;
    this.client = client.version(HttpClient.Version.HTTP_1_1).build();
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  /** Before a simulator. */
  static Gate before(String url) {
    return new Gate(URI.create(url), HttpClient.newBuilder());
  }

  /** Before the API server. */
  static Gate before(ClusterUnderTest cluster) {
    Config config = cluster.client().getConfiguration();
    try {
      return new Gate(
          URI.create(config.getMasterUrl()),
          HttpClient.newBuilder().sslContext(SSLUtils.sslContext(config)));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The cluster's kubeconfig, with this gate for its server. */
  Path kubeconfig(ClusterUnderTest cluster, Path file) throws IOException {
    return Files.writeString(
        file,
        Files.readString(cluster.kubeconfig()).replaceAll("https://127\\.0\\.0\\.1:\\d+", url()));
  }

  /**
   * A trap for requests.
   *
   * @param pattern found in {@code METHOD PATH?QUERY BODY}
   */
  Trap trap(Fate fate, String pattern) {
    Pattern which = Pattern.compile(pattern, Pattern.DOTALL);
    return new Trap() {
      @Override
      public void set() {
        hold = new Hold(fate, which);
      }

      @Override
      public boolean isSprung() {
        Hold now = hold;
        return now != null && now.standing.get() > 0;
      }

      @Override
      public void open() {
        Hold now = hold;
        hold = null;
        if (now != null) {
          now.open();
        }
      }
    };
  }

  private static final class Hold {
    final Fate fate;
    final Pattern which;
    final AtomicInteger standing = new AtomicInteger();
    final CountDownLatch opened = new CountDownLatch(1);
    final Phaser inside = new Phaser(1);

    Hold(Fate fate, Pattern which) {
      this.fate = fate;
      this.which = which;
    }

    void await() throws InterruptedException {
      standing.incrementAndGet();
      opened.await();
    }

    /** Returns when whatever was to arrive has arrived. */
    void open() {
      opened.countDown();
      inside.arriveAndAwaitAdvance();
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      if ("websocket".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Upgrade"))) {
        exchange.sendResponseHeaders(200, -1); // fabric8 then watches by plain HTTP
        return;
      }
      byte[] body = exchange.getRequestBody().readAllBytes();
      Hold now = hold;
      if (now == null || !now.which.matcher(text(exchange, body)).find()) {
        answer(exchange, forward(exchange, body));
        return;
      }
      now.inside.register();
      try {
        keep(now, exchange, body);
      } finally {
        now.inside.arriveAndDeregister();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void keep(Hold now, HttpExchange exchange, byte[] body)
      throws IOException, InterruptedException {
    switch (now.fate) {
      case LOST -> now.await();
      case LATE -> {
        now.await();
        forward(exchange, body).body().close();
      }
      case UNANSWERED -> {
        forward(exchange, body).body().close();
        now.await();
      }
    }
  }

  private static String text(HttpExchange exchange, byte[] body) {
    return exchange.getRequestMethod()
        + " "
        + exchange.getRequestURI()
        + " "
        + new String(body, StandardCharsets.UTF_8);
  }

  private HttpResponse<InputStream> forward(HttpExchange exchange, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target.resolve(exchange.getRequestURI().toString()))
            .method(
                exchange.getRequestMethod(),
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (isPassed(name)) {
                values.forEach(value -> request.header(name, value));
              }
            });
    return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
  }

  private static void answer(HttpExchange exchange, HttpResponse<InputStream> answer)
      throws IOException {
    Headers headers = exchange.getResponseHeaders();
    answer
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (isPassed(name)) {
                headers.put(name, values);
              }
            });
    long length = answer.headers().firstValueAsLong("content-length").orElse(-1);
    if (exchange.getRequestMethod().equals("HEAD") && length >= 0) {
      headers.set("Content-Length", Long.toString(length));
    }
    boolean empty =
        length == 0 || answer.statusCode() == 204 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(answer.statusCode(), empty ? -1 : Math.max(0, length));
    try (InputStream from = answer.body()) {
      if (!empty) {
        pass(from, exchange.getResponseBody());
      }
    }
  }

  /** Each part at once: a watch never ends. */
  private static void pass(InputStream from, OutputStream to) throws IOException {
    byte[] part = new byte[16_384];
    int read;
    while ((read = from.read(part)) >= 0) {
      to.write(part, 0, read);
      to.flush();
    }
  }

  private static boolean isPassed(String header) {
    return !header.startsWith(":") && !NOT_PASSED.contains(header.toLowerCase(Locale.ROOT));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
