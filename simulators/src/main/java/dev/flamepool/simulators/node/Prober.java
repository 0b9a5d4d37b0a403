package dev.flamepool.simulators.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One look at a container, as a kubelet looks: httpGet over plain HTTP, tcpSocket, exec. */
final class Prober {
  /** Makes the process of an exec probe. */
  @FunctionalInterface
  interface Inside {
    ProcessBuilder process(List<String> command) throws IOException;
  }

  private final HttpClient http = HttpClient.newHttpClient();

  boolean succeeds(Probe probe, Container container, String ip, Inside inside)
      throws InterruptedException {
    Duration limit = Duration.ofSeconds(Math.max(1, Probing.or(probe.getTimeoutSeconds(), 1)));
    try {
      if (probe.getHttpGet() != null) {
        return get(probe.getHttpGet(), container, ip, limit);
      } else if (probe.getTcpSocket() != null) {
        String host = or(probe.getTcpSocket().getHost(), ip);
        try (Socket socket = new Socket()) {
          int port = port(probe.getTcpSocket().getPort(), container);
          socket.connect(new InetSocketAddress(host, port), (int) limit.toMillis());
          return true;
        }
      } else if (probe.getExec() != null) {
        return run(inside.process(probe.getExec().getCommand()), limit);
      }
      return true;
    } catch (IOException | IllegalArgumentException refused) {
      return false;
    }
  }

  private boolean get(HTTPGetAction get, Container container, String ip, Duration limit)
      throws IOException, InterruptedException {
    String path = or(get.getPath(), "/");
    URI uri =
        URI.create(
            "http://%s:%d%s"
                .formatted(
                    or(get.getHost(), ip),
                    port(get.getPort(), container),
                    path.startsWith("/") ? path : "/" + path));
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(limit);
    get.getHttpHeaders().forEach(header -> request.header(header.getName(), header.getValue()));
    int status = http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    return status >= 200 && status < 400;
  }

  private static boolean run(ProcessBuilder builder, Duration limit)
      throws IOException, InterruptedException {
    Process process = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS) && process.exitValue() == 0;
    } finally {
      process.destroyForcibly();
    }
  }

  private static int port(IntOrString port, Container container) {
    if (port.getIntVal() != null) {
      return port.getIntVal();
    }
    return container.getPorts().stream()
        .filter(named -> port.getStrVal().equals(named.getName()))
        .map(ContainerPort::getContainerPort)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no port " + port.getStrVal()));
  }

  private static String or(@Nullable String given, String otherwise) {
    return given == null || given.isEmpty() ? otherwise : given;
  }
}
