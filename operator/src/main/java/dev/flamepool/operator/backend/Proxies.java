package dev.flamepool.operator.backend;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The proxies for requests to clouds, one way for all of them: {@code HTTPS_PROXY} for https,
 * {@code HTTP_PROXY} for http, except for the hosts of {@code NO_PROXY}. Without the first two it
 * is what the JVM is told ({@code https.proxyHost} and its like). Immutable.
 */
public final class Proxies extends ProxySelector {
  private static final int PORT = 80;

  /** A proxy with what it may want to hear. */
  private record Hop(String host, int port, Optional<PasswordAuthentication> login) {
    Proxy proxy() {
      return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port));
    }

    boolean isAt(String otherHost, int otherPort) {
      return port == otherPort && host.equalsIgnoreCase(otherHost);
    }
  }

  private final Optional<Hop> https;
  private final Optional<Hop> http;
  private final List<DirectHosts> direct;

  private Proxies(Optional<Hop> https, Optional<Hop> http, List<DirectHosts> direct) {
    this.https = https;
    this.http = http;
    this.direct = List.copyOf(direct);
  }

  /**
   * Reads an environment; the names may be in lower case as well.
   *
   * @throws IllegalArgumentException if a value is no proxy of HTTP
   */
  public static Proxies of(Map<String, String> environment) {
    return new Proxies(
        hop("HTTPS_PROXY", environment),
        hop("HTTP_PROXY", environment),
        value("NO_PROXY", environment).map(DirectHosts::list).orElse(List.of()));
  }

  @Override
  public List<Proxy> select(URI target) {
    if (https.isEmpty() && http.isEmpty()) {
      ProxySelector own = ProxySelector.getDefault();
      return own == null ? List.of(Proxy.NO_PROXY) : own.select(target);
    }
    boolean tls = "https".equalsIgnoreCase(target.getScheme());
    String host = target.getHost() == null ? "" : DirectHosts.plain(target.getHost());
    int port = target.getPort() >= 0 ? target.getPort() : tls ? 443 : 80;
    Optional<Hop> hop = tls ? https : http;
    return hop.isEmpty() || direct.stream().anyMatch(one -> one.matches(host, port))
        ? List.of(Proxy.NO_PROXY)
        : List.of(hop.get().proxy());
  }

  /** Name and password for a proxy, if the environment gives them. */
  public Optional<PasswordAuthentication> login(String host, int port) {
    return hops().filter(hop -> hop.isAt(host, port)).findFirst().flatMap(Hop::login);
  }

  /** The proxies that have a name and a password, as {@code host:port}. */
  public List<InetSocketAddress> withLogin() {
    return hops()
        .filter(hop -> hop.login().isPresent())
        .map(hop -> InetSocketAddress.createUnresolved(hop.host(), hop.port()))
        .distinct()
        .toList();
  }

  /** Whoever asked goes without an answer, and may try again. */
  @Override
  public void connectFailed(URI target, SocketAddress proxy, IOException why) {}

  private Stream<Hop> hops() {
    return Stream.of(https, http).flatMap(Optional::stream);
  }

  private static Optional<String> value(String name, Map<String, String> environment) {
    return Stream.of(name, name.toLowerCase(Locale.ROOT))
        .map(environment::get)
        .filter(value -> value != null && !value.isBlank())
        .map(String::strip)
        .findFirst();
  }

  private static Optional<Hop> hop(String name, Map<String, String> environment) {
    return value(name, environment).map(value -> hop(name, value));
  }

  private static Hop hop(String name, String value) {
    URI uri;
    try {
      uri = URI.create(value.contains("://") ? value : "http://" + value);
    } catch (IllegalArgumentException e) {
      throw noProxy(name, "it is no URL"); // without the cause: it would quote a password
    }
    if (!"http".equalsIgnoreCase(uri.getScheme())) {
      throw noProxy(name, "its scheme is %s".formatted(uri.getScheme()));
    }
    if (uri.getHost() == null) {
      throw noProxy(name, "it names no host");
    }
    return new Hop(
        DirectHosts.plain(uri.getHost()),
        uri.getPort() < 0 ? PORT : uri.getPort(),
        Optional.ofNullable(uri.getRawUserInfo()).map(Proxies::login));
  }

  private static PasswordAuthentication login(String userInfo) {
    int colon = userInfo.indexOf(':');
    String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
    String password = colon < 0 ? "" : userInfo.substring(colon + 1);
    return new PasswordAuthentication(decoded(user), decoded(password).toCharArray());
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
  }

  private static IllegalArgumentException noProxy(String name, String why) {
    return new IllegalArgumentException(
        "%s in the operator's environment: %s; give http://host:port, or remove it"
            .formatted(name, why));
  }

  /** Without names and passwords. */
  @Override
  public String toString() {
    return "Proxies" + hops().map(hop -> hop.host() + ":" + hop.port()).toList();
  }
}
