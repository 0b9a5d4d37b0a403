package dev.flamepool.operator.backend.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.FlameParent;
import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.Ec2Backend;
import dev.flamepool.operator.backend.CloudCredentials;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.Ec2Server;
import dev.flamepool.operator.backend.Endpoints;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MemoryCredentials;
import dev.flamepool.operator.backend.Proxies;
import dev.flamepool.operator.backend.RunnerBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.net.ssl.TrustManager;
import software.amazon.awssdk.http.SdkHttpClient;

/** Entries, boot Secrets and credentials for tests. */
public final class Ec2Fixtures {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** One pool of connections for all tests. */
  private static final SdkHttpClient SHARED = Ec2Clients.connections(Proxies.of(Map.of())).build();

  private Ec2Fixtures() {}

  /**
   * Options as people write them; these replace or, when null, remove those of a complete entry.
   */
  static BackendEntry entry(String... changes) {
    try {
      ObjectNode ec2 =
          (ObjectNode)
              JSON.readTree(
                  """
                  {"region": "eu-central-1", "s3BundleUrl": "s3://releases/thumbs-v7.tar.gz",
                   "app": "thumbs", "imageId": "ami-1", "subnetId": "subnet-a",
                   "securityGroupId": "sg-a", "credentialsSecretRef": {"name": "aws"}}
                  """);
      for (int i = 0; i < changes.length; i += 2) {
        JsonNode value = JSON.readTree(changes[i + 1]);
        if (value.isNull()) {
          ec2.remove(changes[i]);
        } else {
          ec2.set(changes[i], value);
        }
      }
      return new BackendEntry(
          "eu", null, null, JSON.convertValue(ec2, Ec2Backend.class), null, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static MachineKey key(int n) {
    return new MachineKey("here", "ns", "thumbs", "thumbs-" + n, "uid-" + n, 1);
  }

  /** The content of a boot Secret without the plan, with these variables beside the operator's. */
  static Map<String, byte[]> boot(MachineKey key, Map<String, String> more) {
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
    boot.put("env.json", JSON.valueToTree(env).toString().getBytes(UTF_8));
    for (String file : List.of("ca.der", "cert.der", "key.pk8")) {
      boot.put(file, (file + " of " + key.runnerUid()).getBytes(UTF_8));
    }
    return boot;
  }

  /** What a tenant's Secret holds. */
  public static Map<String, String> keys() {
    return Map.of(
        Sessions.ACCESS_KEY, "AKIDEXAMPLE", Sessions.SECRET_KEY, "wJalrXUtnFEMI/K7MDENG+bPx");
  }

  /**
   * A backend that may use a server's URLs, serves the namespace {@code trusted} with the
   * operator's own credentials, and dies at crash points of its requests.
   */
  public static Ec2RunnerBackend backend(
      CloudCredentials credentials, Ec2Server server, Clock clock, CrashPoints points) {
    return new Ec2RunnerBackend(
        credentials,
        new Endpoints(
            Set.of(
                server.url(),
                server.url() + "/latest/meta-data",
                server.url() + "/latest/api/token")),
        Set.of("trusted"),
        clock,
        () -> new CrashingHttp(SHARED, points));
  }

  /** A backend of an operator with an environment that trusts an authority, for one endpoint. */
  public static RunnerBackend backend(
      Map<String, String> environment, TrustManager trusted, String endpoint, Clock clock) {
    return new Ec2RunnerBackend(
        credentials(),
        new Endpoints(Set.of(endpoint)),
        Set.of(),
        clock,
        () ->
            Ec2Clients.connections(Proxies.of(environment))
                .tlsTrustManagersProvider(() -> new TrustManager[] {trusted})
                .build());
  }

  /** A Secret with keys for everybody. */
  static MemoryCredentials credentials() {
    return new MemoryCredentials(keys());
  }
}
