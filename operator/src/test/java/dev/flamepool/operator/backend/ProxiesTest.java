package dev.flamepool.operator.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.ec2.Ec2Fixtures;
import dev.flamepool.operator.backend.fly.FlyFixtures;
import dev.flamepool.operator.credentials.TestTls;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The variables of proxies mean the same for every cloud, through a real CONNECT. */
class ProxiesTest {
  private static final String LOGIN = "me:p@ss word";

  /** The clouds. */
  private enum Cloud {
    FLY,
    EC2
  }

  private final TestTls tls = new TestTls("localhost");
  private final List<String> served = new CopyOnWriteArrayList<>();
  private HttpsServer server;
  private ConnectProxy proxy;

  @BeforeEach
  void start() throws Exception {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls.server()));
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            served.add(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
            byte[] body = "[]".getBytes(UTF_8);
            exchange.sendResponseHeaders(400, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
    proxy =
        new ConnectProxy(
            server.getAddress().getPort(),
            "Basic " + Base64.getEncoder().encodeToString(LOGIN.getBytes(UTF_8)));
  }

  @AfterEach
  void close() throws Exception {
    proxy.close();
    server.stop(0);
  }

  /** A check of an entry, as of a FlameBackend; what it says does not matter here. */
  private void check(Cloud cloud, Map<String, String> environment) throws Exception {
    String endpoint = "https://localhost:" + server.getAddress().getPort();
    X509TrustManager trusted = tls.trusted();
    RunnerBackend backend =
        cloud == Cloud.FLY
            ? FlyFixtures.backend(environment, trusted, endpoint, Clock.systemUTC())
            : Ec2Fixtures.backend(environment, trusted, endpoint, Clock.systemUTC());
    String entry =
        cloud == Cloud.FLY
            ? "---\nname: a\nfly: {app: thumbs, image: i, host: '%s', tokenSecretRef: {name: s, key: token}}"
            : "---\nname: a\nec2: {region: eu-central-1, app: thumbs, imageId: ami-1, subnetId: subnet-1,"
                + " s3BundleUrl: 's3://releases/a.tar.gz', securityGroupId: sg-1,"
                + " ec2ServiceEndpoint: '%s', credentialsSecretRef: {name: s}}";
    try {
      backend.check(
          new Tenant("ns", Serialization.unmarshal(entry.formatted(endpoint), BackendEntry.class)));
    } catch (BackendException e) {
      assertThat(e.kind()).isNotEqualTo(BackendException.Kind.AMBIGUOUS);
    } finally {
      if (backend instanceof AutoCloseable closeable) {
        closeable.close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Cloud.class)
  void everyCloudIsReachedThroughTheProxyExceptWhereNoneIsWanted(Cloud cloud) throws Exception {
    String at = "http://me:p%40ss%20word@127.0.0.1:" + proxy.port();
    check(cloud, Map.of("HTTPS_PROXY", at));
    assertThat(proxy.asked()).containsOnly("localhost:" + server.getAddress().getPort());
    assertThat(served).as("behind it").isNotEmpty();

    int tunnels = proxy.asked().size();
    int before = served.size();
    for (String none : List.of("localhost", "*", "example.com, LOCALHOST")) {
      check(cloud, Map.of("https_proxy", at, "no_proxy", none));
    }
    assertThat(served).as("served without it").hasSizeGreaterThan(before);
    assertThat(proxy.asked()).hasSize(tunnels);
  }

  @ParameterizedTest
  @EnumSource(Cloud.class)
  void httpHasAProxyOfItsOwn(Cloud cloud) throws Exception {
    check(cloud, Map.of("HTTP_PROXY", "127.0.0.1:" + proxy.port()));
    assertThat(proxy.asked()).isEmpty();
    assertThat(served).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          -                       | https://api.machines.dev          | true
          machines.dev            | https://api.machines.dev          | false
          .machines.dev           | https://api.machines.dev          | false
          *.machines.dev          | https://API.machines.dev/v1       | false
          .machines.dev           | https://machines.dev              | true
          achines.dev             | https://api.machines.dev          | true
          a.b machines.dev        | https://api.machines.dev          | false
          api.machines.dev:443    | https://api.machines.dev          | false
          api.machines.dev:8443   | https://api.machines.dev          | true
          *                       | https://api.machines.dev          | false
          10.0.0.0/8              | https://10.1.2.3:8443             | false
          10.0.0.0/8              | https://11.1.2.3                  | true
          10.0.0.0/33             | https://10.0.0.1                  | true
          10.0.0.0/x              | https://10.0.0.0                  | true
          10.1.2.3                | https://10.1.2.3                  | false
          1.2.3                   | https://10.1.2.3                  | true
          fd00::/8                | https://[fdaa:0:1::3]:4280        | false
          [::1]:443               | https://[::1]                     | false
          ::1                     | https://[::1]:8443                | false
          10.0.0.0/8              | https://10.example.com            | true
          """)
  void noProxyIsReadAsElsewhere(String none, String target, boolean proxied) {
    Proxies proxies =
        Proxies.of(
            none == null
                ? Map.of("HTTPS_PROXY", "proxy:3128")
                : Map.of("HTTPS_PROXY", "proxy:3128", "NO_PROXY", none));
    assertThat(proxies.select(URI.create(target)))
        .containsExactly(
            proxied
                ? new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy", 3128))
                : Proxy.NO_PROXY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "socks5://u:secret@host:1",
        "https://u:secret@host:1",
        "http://u:secret@",
        "u:secret host"
      })
  void whatIsNoProxyIsNamedWithoutItsPassword(String value) {
    assertThatThrownBy(() -> Proxies.of(Map.of("HTTPS_PROXY", value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("HTTPS_PROXY", "give http://host:port")
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }

  @Test
  void aPasswordIsNotPrinted() {
    assertThat(Proxies.of(Map.of("HTTPS_PROXY", "http://u:secret@host:1")).toString())
        .isEqualTo("Proxies[host:1]");
  }
}
