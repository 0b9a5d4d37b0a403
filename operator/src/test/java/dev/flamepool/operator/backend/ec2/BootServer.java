package dev.flamepool.operator.backend.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.MachineKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** S3 and the instance's metadata to what boots an instance. */
final class BootServer implements AutoCloseable {
  final MachineKey key = Ec2Fixtures.key(0);

  /** What may be fetched, by path. */
  final Map<String, byte[]> served = new ConcurrentHashMap<>();

  /** What was put, by path. */
  final Map<String, byte[]> put = new ConcurrentHashMap<>();

  private final Path folder;
  private final HttpServer server;

  BootServer(Path folder) throws IOException {
    this.folder = folder;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serve);
    server.start();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String name = exchange.getRequestURI().getPath();
      if (exchange.getRequestMethod().equals("PUT") && name.startsWith("/said")) {
        put.put(name, exchange.getRequestBody().readAllBytes());
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      byte[] body = served.get(name);
      exchange.sendResponseHeaders(body == null ? 404 : 200, body == null ? -1 : body.length);
      if (body != null) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  /** The URL of a path here. */
  String url(String name) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + name;
  }

  /** The folder of which {@link #archive} makes a bundle. */
  Path bundle() throws IOException {
    return Files.createDirectories(folder.resolve("made/bin")).getParent();
  }

  /** A bundle as an archive, served as {@code /app.tar.gz}: its start command is this script. */
  byte[] archive(String start) throws Exception {
    Files.writeString(bundle().resolve("bin/thumbs"), start);
    return archive();
  }

  /** The same with the start command that is there. */
  byte[] archive() throws Exception {
    Path file = folder.resolve("made.tar.gz");
    List<String> tar =
        List.of("tar", "-I", "gzip -1", "-cf", file.toString(), "-C", bundle().toString(), ".");
    assertThat(BootMachine.run(tar)).isZero();
    byte[] archive = Files.readAllBytes(file);
    served.put("/app.tar.gz", archive);
    return archive;
  }

  /** An attempt with a bundle, such as {@code s3://releases/app.tar.gz}. */
  LaunchAttempt attempt(String bundle, Map<String, String> env) {
    BackendEntry entry = Ec2Fixtures.entry("s3BundleUrl", "\"" + bundle + "\"");
    return new LaunchAttempt(key, "t", "", entry, Boot.of(Ec2Fixtures.boot(key, env)));
  }

  /** Where an archive comes from. */
  Map<String, String> archiveUrl() {
    return Map.of(Bundle.ARCHIVE, url("/app.tar.gz?X-Amz-Signature=2"));
  }

  /** Where an instance leaves what it said. */
  String reportUrl() {
    return url("/said?X-Amz-Signature=3");
  }

  /** What the operator is left to read; empty for nothing. */
  String report() {
    byte[] report = put.get("/said");
    if (report == null) {
      return "";
    }
    assertThat(report).hasSize(Reports.BYTES);
    return new String(report, UTF_8).replace("\0", "");
  }

  /** Why it failed, as the operator reads it. */
  String why() {
    return Console.why(report().lines().toList());
  }

  static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
