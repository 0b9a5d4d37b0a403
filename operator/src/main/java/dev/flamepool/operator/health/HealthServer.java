package dev.flamepool.operator.health;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /healthz}, {@code /readyz} and {@code /metrics} over plain HTTP. Serves from construction
 * to {@link #close}.
 */
public final class HealthServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HealthServer.class);
  private static final int HTTP_OK = 200;
  private static final int HTTP_NOT_FOUND = 404;
  private static final int HTTP_BAD_METHOD = 405;
  private static final int HTTP_FAILED = 500;
  private static final int HTTP_UNAVAILABLE = 503;

  private final HttpServer server;
  private final ExecutorService threads;

  private record Answer(int status, String type, String text) {}

  /**
   * Starts to serve.
   *
   * @param bind the operator's {@code --health-port}, on loopback or all addresses; port 0 takes a
   *     free one
   * @param dead why the process should be restarted; empty while it should not. Never because of
   *     the API server: a restart does not bring that back
   * @param unready why it should not count as available; empty when it leads or stands by with the
   *     API server in reach
   * @throws IOException if the port is taken
   */
  public HealthServer(
      InetSocketAddress bind,
      OperatorMetrics metrics,
      Supplier<Optional<String>> dead,
      Supplier<Optional<String>> unready)
      throws IOException {
    server = HttpServer.create(bind, 0);
    threads =
        Executors.newFixedThreadPool(
            2,
            task -> {
              Thread thread = new Thread(task, "health");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    route("/healthz", () -> verdict(dead.get()));
    route("/readyz", () -> verdict(unready.get()));
    route(
        "/metrics",
        () -> new Answer(HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape()));
    server.start();
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  private static Answer verdict(Optional<String> problem) {
    return new Answer(
        problem.isEmpty() ? HTTP_OK : HTTP_UNAVAILABLE,
        "text/plain; charset=utf-8",
        problem.orElse("ok") + "\n");
  }

  private void route(String path, Supplier<Answer> supplier) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            send(exchange, answer(exchange, path, supplier));
          }
        });
  }

  private static Answer answer(HttpExchange exchange, String path, Supplier<Answer> supplier) {
    if (!exchange.getRequestURI().getPath().equals(path)) {
      return new Answer(HTTP_NOT_FOUND, "text/plain", "not found\n");
    }
    if (!exchange.getRequestMethod().equals("GET")) {
      return new Answer(HTTP_BAD_METHOD, "text/plain", "only GET\n");
    }
    try {
      return supplier.get();
    } catch (RuntimeException e) {
      LOG.warn("{} failed", path, e);
      return new Answer(HTTP_FAILED, "text/plain", "failed, see the operator's log\n");
    }
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = answer.text().getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", answer.type());
    exchange.sendResponseHeaders(answer.status(), body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
