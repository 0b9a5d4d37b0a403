package dev.flamepool.operator.backend.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flamepool.api.Ec2Backend;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the operator's own instance is, for {@code autoConfigure} (IMDSv2). Asked once, as nothing
 * of it changes while the instance runs. Thread-safe; blocks for some seconds at most.
 */
final class InstanceMetadata {
  private static final Duration CONNECT = Duration.ofSeconds(1);
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final int MAX = 16 << 10;

  /**
   * The operator's own instance; what it does not have is empty.
   *
   * @param profile ARN of its instance profile
   */
  record Own(
      String region,
      String imageId,
      String instanceType,
      String subnetId,
      List<String> securityGroupIds,
      String profile) {}

  private record Source(String data, String token) {}

  private final Map<Source, Own> known = new ConcurrentHashMap<>();

  /** Asks where an entry says. */
  Own get(Ec2Backend ec2) throws BackendException {
    Source source =
        new Source(
            Ec2Options.metadata(ec2).map(url -> url + "/").orElse(Ec2Options.METADATA),
            Ec2Options.token(ec2).orElse(Ec2Options.TOKEN));
    Own own = known.get(source);
    if (own == null) {
      own = ask(source);
      known.put(source, own);
    }
    return own;
  }

  private Own ask(Source source) throws BackendException {
    try {
      String token =
          send(
              source,
              HttpRequest.newBuilder(URI.create(source.token()))
                  .header("X-aws-ec2-metadata-token-ttl-seconds", "300")
                  .PUT(HttpRequest.BodyPublishers.noBody()));
      String mac = get(source, token, "mac");
      String network = "network/interfaces/macs/" + mac + "/";
      return new Own(
          get(source, token, "placement/region"),
          get(source, token, "ami-id"),
          get(source, token, "instance-type"),
          get(source, token, network + "subnet-id"),
          get(source, token, network + "security-group-ids")
              .lines()
              .map(String::strip)
              .filter(group -> !group.isEmpty())
              .toList(),
          profile(get(source, token, "iam/info")));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable(source, "interrupted");
    } catch (IOException | IllegalArgumentException e) {
      throw unreachable(source, e.getClass().getSimpleName());
    }
  }

  private String get(Source source, String token, String path)
      throws IOException, InterruptedException, BackendException {
    return send(
        source,
        HttpRequest.newBuilder(URI.create(source.data() + path))
            .header("X-aws-ec2-metadata-token", token)
            .GET());
  }

  private String send(Source source, HttpRequest.Builder request)
      throws IOException, InterruptedException, BackendException {
    HttpResponse<InputStream> response =
        Lazy.HTTP.send(request.timeout(ANSWER).build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (response.statusCode() == 404) {
        return ""; // the instance has none of it
      }
      byte[] text = body.readNBytes(MAX + 1);
      if (response.statusCode() != 200 || text.length > MAX) {
        throw unreachable(source, "HTTP " + response.statusCode());
      }
      return new String(text, UTF_8).strip();
    }
  }

  private static final class Lazy {
    /** What the instance itself answers is not behind a proxy. */
    static final HttpClient HTTP =
        HttpClient.newBuilder().connectTimeout(CONNECT).proxy(HttpClient.Builder.NO_PROXY).build();
  }

  private static String profile(String info) throws IOException {
    return info.isEmpty()
        ? ""
        : new JsonMapper().readTree(info).path("InstanceProfileArn").asText("");
  }

  private static BackendException unreachable(Source source, String why) {
    return new BackendException(
        Kind.CONFIGURATION,
        ("ec2.autoConfigure: the operator has no instance metadata at %s (%s); it is not on EC2, or"
                + " the hop limit of its instance keeps it out of Pods (give 2); else give every"
                + " option and leave autoConfigure out")
            .formatted(source.data(), why));
  }
}
