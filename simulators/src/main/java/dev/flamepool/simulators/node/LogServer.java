package dev.flamepool.simulators.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.flamepool.simulators.node.ContainerRun.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The kubelet's port, with nothing but logs: {@code /containerLogs/{namespace}/{pod}/{container}},
 * which the API server asks for {@code kubectl logs}. Mutual TLS.
 */
final class LogServer implements AutoCloseable {
  private static final char[] PASSWORD = "kubelet".toCharArray();
  private static final int FOLLOW_MS = 100;

  /** What is asked for: the file, and whether more may come. */
  private record Log(Path file, boolean live) {}

  private final Loop loop;
  private final Kubelet kubelet;
  private final Starter starter;
  private final HttpsServer server;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(NodeSimulator.daemon("node-logs"));

  LogServer(Path clients, Path folder, Loop loop, Kubelet kubelet, Starter starter)
      throws IOException {
    this.loop = loop;
    this.kubelet = kubelet;
    this.starter = starter;
    SSLContext tls = tls(clients, folder.resolve("kubelet.p12"));
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters connection) {
            SSLParameters parameters = getSSLContext().getDefaultSSLParameters();
            parameters.setNeedClientAuth(true);
            connection.setSSLParameters(parameters);
          }
        });
    server.createContext("/containerLogs/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private static SSLContext tls(Path clients, Path store) throws IOException {
    try {
      if (!Files.exists(store)) {
        make(store);
      }
      KeyStore own = KeyStore.getInstance(store.toFile(), PASSWORD);
      KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
      keys.init(own, PASSWORD);
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      try (InputStream pem = Files.newInputStream(clients)) {
        for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
          trusted.setCertificateEntry("client-" + trusted.size(), one);
        }
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("the port for logs cannot have TLS", e);
    }
  }

  /** The JDK makes certificates with its own tool only. */
  private static void make(Path store) throws IOException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "kubelet",
                "-keyalg",
                "EC",
                "-dname",
                "CN=node",
                "-ext",
                "san=ip:" + NodeObject.HOST_IP,
                "-validity",
                "3650",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
        throw new IOException("keytool does not make a certificate");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      List<String> path = Arrays.asList(exchange.getRequestURI().getPath().split("/", -1));
      Map<String, String> query = query(exchange.getRequestURI().getQuery());
      Optional<Log> log =
          path.size() == 5
              ? log(path.get(2) + "/" + path.get(3), path.get(4), query)
              : Optional.empty();
      if (log.isEmpty() || !Files.exists(log.get().file())) {
        byte[] words = "there is no such log\n".getBytes(UTF_8);
        exchange.sendResponseHeaders(404, words.length);
        exchange.getResponseBody().write(words);
        return;
      }
      exchange.getResponseHeaders().set("Content-Type", "text/plain");
      exchange.sendResponseHeaders(200, 0);
      send(exchange.getResponseBody(), path, query, log.get());
    }
  }

  private void send(OutputStream out, List<String> path, Map<String, String> query, Log log)
      throws IOException {
    try (InputStream in = Files.newInputStream(log.file())) {
      byte[] there = in.readAllBytes();
      byte[] wanted = tail(there, query.get("tailLines"));
      int limit = Integer.parseInt(query.getOrDefault("limitBytes", "" + Integer.MAX_VALUE));
      out.write(wanted, 0, Math.min(wanted.length, limit));
      boolean live = log.live() && query.containsKey("follow");
      while (live) {
        out.flush();
        TimeUnit.MILLISECONDS.sleep(FOLLOW_MS);
        live =
            log(path.get(2) + "/" + path.get(3), path.get(4), query).map(Log::live).orElse(false);
        out.write(in.readAllBytes());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] tail(byte[] all, @Nullable String lines) {
    if (lines == null) {
      return all;
    }
    int wanted = Integer.parseInt(lines);
    int from = all.length;
    while (from > 0 && (from == all.length || all[from - 1] != '\n' || --wanted > 0)) {
      from--;
    }
    return Arrays.copyOfRange(all, Integer.parseInt(lines) > 0 ? from : all.length, all.length);
  }

  private Optional<Log> log(String pod, String container, Map<String, String> query) {
    return loop.ask(
        () ->
            kubelet
                .find(pod)
                .flatMap(run -> run.container(container))
                .map(
                    run ->
                        new Log(
                            starter.log(run, query.containsKey("previous")),
                            run.phase == Phase.RUNNING)));
  }

  private static Map<String, String> query(@Nullable String text) {
    Map<String, String> all = new LinkedHashMap<>();
    for (String pair : text == null ? new String[0] : text.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      String value = parts.length > 1 ? parts[1] : "true";
      if (!value.equals("false")) {
        all.put(parts[0], value);
      }
    }
    return all;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
