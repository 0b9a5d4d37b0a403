package dev.flamepool.operator.backend.fly;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flamepool.FlameParent;
import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.FlyBackend;
import dev.flamepool.api.SecretKeyRef;
import dev.flamepool.operator.backend.CloudCredentials;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.Endpoints;
import dev.flamepool.operator.backend.FlyServer;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MemoryCredentials;
import dev.flamepool.operator.backend.Proxies;
import dev.flamepool.operator.backend.RunnerBackend;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Response;

/** Entries, boot Secrets and backends for tests. */
public final class FlyFixtures {
  /** One pool of connections for all tests. */
  private static final OkHttpClient SHARED = new OkHttpClient();

  private FlyFixtures() {}

  /** A refusal of Fly with its status and body, by the simulator's name of it. */
  static JsonNode error(String name) {
    try (InputStream in =
        FlyFixtures.class.getResourceAsStream("/dev/flamepool/simulators/fly/errors.json")) {
      for (JsonNode error : new ObjectMapper().readTree(in)) {
        if (error.path("name").asText().equals(name)) {
          return error;
        }
      }
      throw new IllegalArgumentException(name + " is no error of Fly");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A complete entry; regions in order of preference. */
  public static BackendEntry entry(String host, String... regions) {
    return entry(
        new FlyBackend(
            "thumbs",
            "registry.fly.io/thumbs:v7",
            regions.length == 0 ? null : List.of(regions),
            null,
            null,
            null,
            null,
            null,
            host,
            null,
            null,
            null,
            null,
            new SecretKeyRef("fly", "token")));
  }

  static BackendEntry entry(FlyBackend fly) {
    return new BackendEntry("fra", null, fly, null, null, null);
  }

  /** The content of a boot Secret, with these variables beside the operator's own. */
  public static Map<String, byte[]> boot(MachineKey key, Map<String, String> more) {
    FlameParent parent =
        new FlameParent(
            1,
            key.pool(),
            key.namespace(),
            key.runner(),
            key.runnerUid(),
            5,
            false,
            false,
            7600,
            Path.of("/run/flamepool/boot"),
            null,
            30_000,
            30_000,
            -1,
            300_000,
            86_400_000,
            "info");
    Map<String, String> env = new TreeMap<>(more);
    env.put("FLAME_PARENT", parent.encode());
    env.put("FLAME_POOL", key.pool());
    env.put("FLAME_RUNNER", key.runner());
    Map<String, byte[]> boot = new TreeMap<>();
    boot.put("env.json", new ObjectMapper().valueToTree(env).toString().getBytes(UTF_8));
    for (String file : Arrays.asList("ca.der", "cert.der", "key.pk8")) {
      boot.put(file, (file + " of " + key.runnerUid()).getBytes(UTF_8));
    }
    return boot;
  }

  /** A backend that may use a server's URL and dies at crash points of its requests. */
  public static RunnerBackend backend(
      CloudCredentials credentials, FlyServer server, Clock clock, CrashPoints points) {
    return backend(credentials, server, Set.of(), Map.of(), clock, points);
  }

  /** A backend of an operator with an environment that trusts an authority, for one endpoint. */
  public static RunnerBackend backend(
      Map<String, String> environment, X509TrustManager trusted, String endpoint, Clock clock) {
    return new FlyRunnerBackend(
        new MemoryCredentials(Map.of("token", "fm2_any")),
        new Endpoints(Set.of(endpoint)),
        new Defaults(Set.of(), environment),
        Proxies.of(environment),
        clock,
        () -> SHARED.newBuilder().sslSocketFactory(sockets(trusted), trusted).build());
  }

  private static SSLSocketFactory sockets(X509TrustManager trusted) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {trusted}, null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One of an operator with an environment that some namespaces may use. */
  public static RunnerBackend backend(
      CloudCredentials credentials,
      FlyServer server,
      Set<String> ambient,
      Map<String, String> environment,
      Clock clock,
      CrashPoints points) {
    Interceptor edge =
        chain -> {
          String what = chain.request().method() + " " + chain.request().url().encodedPath();
          points.reach("before FLY " + what);
          Response response = chain.proceed(chain.request());
          try {
            points.reach("after FLY " + what);
          } catch (Error crash) {
            response.close();
            throw crash;
          }
          return response;
        };
    return new FlyRunnerBackend(
        credentials,
        new Endpoints(Set.of(server.url())),
        new Defaults(ambient, environment),
        Proxies.of(environment),
        clock,
        () -> SHARED.newBuilder().addInterceptor(edge).build());
  }
}
