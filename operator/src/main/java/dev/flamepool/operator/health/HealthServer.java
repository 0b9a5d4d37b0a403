package dev.flamepool.operator.health;

import dev.flamepool.operator.health.HttpListener.Answer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
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

  private final HttpListener listener;
  private final Map<String, Supplier<Answer>> routes;

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
    routes =
        Map.of(
            "/healthz",
            () -> verdict(dead.get()),
            "/readyz",
            () -> verdict(unready.get()),
            "/metrics",
            () ->
                new Answer(HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape()));
    listener = new HttpListener(bind, this::answer);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return listener.address();
  }

  private static Answer verdict(Optional<String> problem) {
    return new Answer(
        problem.isEmpty() ? HTTP_OK : HTTP_UNAVAILABLE,
        "text/plain; charset=utf-8",
        problem.orElse("ok") + "\n");
  }

  private Answer answer(String method, String path) {
    Supplier<Answer> route = routes.get(path);
    if (route == null) {
      return new Answer(HTTP_NOT_FOUND, "text/plain", "not found\n");
    }
    if (!method.equals("GET")) {
      return new Answer(HTTP_BAD_METHOD, "text/plain", "only GET\n");
    }
    try {
      return route.get();
    } catch (RuntimeException e) {
      LOG.warn("{} failed", path, e);
      return new Answer(HTTP_FAILED, "text/plain", "failed, see the operator's log\n");
    }
  }

  @Override
  public void close() {
    listener.close();
  }
}
