package dev.flamepool.operator.health;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.api.BackendKind;
import dev.flamepool.operator.backend.BackendException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthServerTest {
  private final OperatorMetrics metrics = new OperatorMetrics();
  private final HttpClient http = HttpClient.newHttpClient();
  private volatile Optional<String> dead = Optional.empty();
  private volatile Optional<String> unready = Optional.of("the API server is out of reach");
  private final List<Socket> sockets = new ArrayList<>();
  private HealthServer server;

  @BeforeEach
  void start() throws Exception {
    server =
        new HealthServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            metrics,
            () -> dead,
            () -> unready);
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    server.close();
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aliveIsNotReady() throws Exception {
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/readyz").body()).contains("the API server is out of reach");
    unready = Optional.empty();
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    dead = Optional.of("the lease was lost");
    assertThat(get("/healthz").statusCode()).isEqualTo(503);
    assertThat(get("/healthzz").statusCode()).isEqualTo(404);
    unready = null;
    assertThat(get("/readyz").statusCode()).as("a broken check").isEqualTo(500);
  }

  @Test
  void metricsSayHowThePoolsAre() throws Exception {
    metrics.reconciled("pool", Duration.ofMillis(3), true);
    metrics.launched(BackendKind.LOCAL);
    metrics.launchFailed(BackendKind.FLY, BackendException.Kind.CAPACITY);
    metrics.booted(BackendKind.LOCAL, Duration.ofMillis(400));
    metrics.pool("ns", "thumbs", Map.of("Ready", 3, "Booting", 1), 17, 4);
    metrics.pool("ns", "thumbs", Map.of("Ready", 4), 18, 4);
    metrics.leader(true);
    assertThat(get("/metrics").body())
        .contains(
            "flamepool_reconcile_seconds_count{controller=\"pool\",outcome=\"success\"} 1",
            "flamepool_launches_total{backend=\"local\"} 1.0",
            "flamepool_launch_failures_total{backend=\"fly\",kind=\"capacity\"} 1.0",
            "flamepool_boot_seconds_bucket{backend=\"local\",le=\"0.5\"} 1",
            "flamepool_runners{namespace=\"ns\",phase=\"Ready\",pool=\"thumbs\"} 4.0",
            "flamepool_runners{namespace=\"ns\",phase=\"Booting\",pool=\"thumbs\"} 0.0",
            "flamepool_demand{namespace=\"ns\",pool=\"thumbs\"} 18.0",
            "flamepool_leader 1.0");
    metrics.forgetPool("ns", "thumbs");
    assertThat(get("/metrics").body()).doesNotContain("thumbs");
  }

  @Test
  void anErrorInAPassIsAnExceptionThatIsTriedAgain() {
    assertThatThrownBy(
            () ->
                metrics.timed(
                    "pools",
                    () -> {
                      throw new OutOfMemoryError("unable to create native thread");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("unable to create native thread");
    assertThat(metrics.scrape()).contains("outcome=\"failure\"");
  }

  private Socket connect() throws Exception {
    Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
    sockets.add(socket);
    return socket;
  }

  private void send(Socket socket, String text) throws Exception {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  @Test
  void requestsThatAreSentByHalfKeepNoProbeWaiting() throws Exception {
    for (int i = 0; i < 3 * HttpListener.CONNECTIONS; i++) {
      send(connect(), i % 2 == 0 ? "GET /healthz HTTP/1.1\r\nHost: " : "");
      if (i % 16 == 0) {
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
      }
    }
    assertThat(sockets.get(0).getInputStream().read()).as("the oldest is cut off").isNegative();
  }

  @Test
  void whoeverNeverReadsItsAnswerKeepsNoProbeWaiting() throws Exception {
    for (int i = 0; i < 5_000; i++) {
      metrics.pool("namespace-of-a-long-name", "pool-" + i, Map.of("Ready", 1), 1, 1);
    }
    for (int i = 0; i < 8; i++) {
      Socket socket = new Socket();
      sockets.add(socket);
      socket.setReceiveBufferSize(1_024);
      socket.connect(server.address());
      send(socket, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/metrics").body()).contains("pool-4999");
  }

  @Test
  void aRequestMayComeInPieces() throws Exception {
    Socket socket = connect();
    for (String piece : "GET /healthz?verbose HTTP/1.0\r\n\r\n".split("(?<=/)|(?<= )", -1)) {
      send(socket, piece);
    }
    assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
        .startsWith("HTTP/1.1 200 ")
        .endsWith("\r\n\r\nok\n");
  }

  @Test
  void whatIsNoRequestIsRefused() throws Exception {
    for (String text :
        List.of("hello\r\n\r\n", "\0\r\n\r\n", "GET /" + "x".repeat(10_000) + " HTTP/1.1")) {
      Socket socket = connect();
      send(socket, text);
      assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
          .startsWith("HTTP/1.1 400 ");
    }
    Socket post = connect();
    send(post, "POST /healthz HTTP/1.1\r\n\r\n");
    assertThat(new String(post.getInputStream().readAllBytes(), ISO_8859_1))
        .startsWith("HTTP/1.1 405 ");
  }
}
