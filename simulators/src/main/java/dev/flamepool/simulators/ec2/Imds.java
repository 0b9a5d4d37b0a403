package dev.flamepool.simulators.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flamepool.simulators.ec2.Web.Reply;
import dev.flamepool.simulators.ec2.Web.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The instance metadata service. {@code /latest/} is that of the operator's own instance; a
 * simulated instance has its own below {@code /imds/<id>/latest/}, as all share an address.
 */
final class Imds implements Web.Service {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TOKEN = "x-aws-ec2-metadata-token";
  private static final String HOST = "host";

  private final Cloud cloud;

  Imds(Cloud cloud) {
    this.cloud = cloud;
  }

  static boolean serves(Request request) {
    return request.path().startsWith("/latest/") || request.path().startsWith("/imds/");
  }

  @Override
  public String operation(Request request) {
    return request.method().equals("PUT") ? "imds:PutToken" : "imds:Get";
  }

  @Override
  public void admit(Request request) throws AwsError {
    if (!request.header("x-forwarded-for").isEmpty()) {
      throw AwsError.plain(403, "Forbidden");
    }
  }

  @Override
  public Reply serve(Request request, @Nullable Effect effect) throws AwsError {
    String path = request.path();
    String id = HOST;
    if (path.startsWith("/imds/")) {
      String[] parts = path.split("/", 4);
      id = parts[2];
      path = parts.length > 3 ? "/" + parts[3] : "/";
    }
    cloud.lock();
    try {
      cloud.settle();
      Instance instance = id.equals(HOST) ? host() : cloud.get(id);
      if (instance == null || instance.isIn("terminated", "stopped")) {
        throw AwsError.plain(404, "Not Found");
      } else if (instance.httpEndpoint.equals("disabled")) {
        throw AwsError.plain(403, "Forbidden");
      }
      if (request.method().equals("PUT") && path.equals("/latest/api/token")) {
        return token(id, request.header(TOKEN + "-ttl-seconds"));
      } else if (!request.method().equals("GET")) {
        throw AwsError.plain(405, "Method Not Allowed");
      }
      authorize(id, instance, request.header(TOKEN));
      return Reply.of(200, "text/plain", value(instance, path));
    } finally {
      cloud.unlock();
    }
  }

  private Reply token(String id, String ttl) throws AwsError {
    if (!ttl.matches("[0-9]{1,5}") || Integer.parseInt(ttl) < 1 || Integer.parseInt(ttl) > 21_600) {
      throw AwsError.plain(400, "Bad Request");
    }
    // It says itself until when it is good, so that one is good after a restart, too.
    String words = id + " " + (cloud.now() + Integer.parseInt(ttl) * 1_000L);
    String text = Base64.getUrlEncoder().encodeToString(words.getBytes(UTF_8));
    return new Reply(
        200,
        "",
        Map.of("Content-Type", "text/plain", "X-aws-ec2-metadata-token-ttl-seconds", ttl),
        text.getBytes(UTF_8));
  }

  private void authorize(String id, Instance instance, String token) throws AwsError {
    if (token.isEmpty() && instance.httpTokens.equals("optional")) {
      return;
    }
    try {
      String[] words = new String(Base64.getUrlDecoder().decode(token), UTF_8).split(" ", -1);
      if (words.length == 2 && words[0].equals(id) && Long.parseLong(words[1]) > cloud.now()) {
        return;
      }
    } catch (IllegalArgumentException none) {
      // no token of ours
    }
    throw AwsError.plain(401, "Unauthorized");
  }

  private String value(Instance instance, String path) throws AwsError {
    Map<String, String> all = data(instance);
    String exact = all.get(path);
    if (exact != null) {
      return exact;
    }
    String folder = path.endsWith("/") ? path : path + "/";
    TreeSet<String> entries = new TreeSet<>();
    all.keySet().stream()
        .filter(key -> key.startsWith(folder))
        .map(key -> key.substring(folder.length()))
        .forEach(rest -> entries.add(rest.contains("/") ? rest.replaceAll("/.*", "/") : rest));
    if (entries.isEmpty()) {
      throw AwsError.plain(404, "Not Found");
    }
    return String.join("\n", entries);
  }

  private Map<String, String> data(Instance i) {
    Map<String, String> all = new TreeMap<>();
    String region = cloud.options.region();
    String meta = "/latest/meta-data/";
    String mac = Ids.mac(i.id);
    String network = meta + "network/interfaces/macs/" + mac + "/";
    all.put(meta + "ami-id", i.image);
    all.put(meta + "instance-id", i.id);
    all.put(meta + "instance-type", i.type);
    all.put(meta + "instance-life-cycle", i.spot ? "spot" : "on-demand");
    all.put(meta + "local-ipv4", i.address);
    all.put(meta + "local-hostname", InstanceXml.dns(i));
    all.put(meta + "hostname", InstanceXml.dns(i));
    all.put(meta + "mac", mac);
    all.put(meta + "placement/region", region);
    all.put(meta + "placement/availability-zone", i.zone);
    all.put(meta + "security-groups", String.join("\n", i.groups));
    all.put(meta + "services/domain", "amazonaws.com");
    all.put(network + "subnet-id", i.subnet);
    all.put(network + "vpc-id", i.vpc);
    all.put(network + "security-group-ids", String.join("\n", i.groups));
    all.put(network + "local-ipv4s", i.address);
    if (i.publicAddress) {
      all.put(meta + "public-ipv4", i.address);
    }
    if (i.metadataTags.equals("enabled")) {
      i.tags.forEach((key, value) -> all.put(meta + "tags/instance/" + key, value));
    }
    if (i.interruptedMs >= 0) {
      String time = Instant.ofEpochSecond(i.interruptedMs / 1_000).toString();
      all.put(meta + "spot/instance-action", json(Map.of("action", "terminate", "time", time)));
      all.put(meta + "spot/termination-time", time);
    }
    if (!i.profile.isEmpty()) {
      role(all, meta, i);
    }
    if (!i.userData.isEmpty()) {
      all.put("/latest/user-data", new String(Base64.getDecoder().decode(i.userData), UTF_8));
    }
    Map<String, String> document = new TreeMap<>();
    document.put("accountId", InstanceXml.ACCOUNT);
    document.put("architecture", i.architecture);
    document.put("availabilityZone", i.zone);
    document.put("imageId", i.image);
    document.put("instanceId", i.id);
    document.put("instanceType", i.type);
    document.put("pendingTime", InstanceXml.time(i.launchedMs));
    document.put("privateIp", i.address);
    document.put("region", region);
    document.put("version", "2017-09-30");
    all.put("/latest/dynamic/instance-identity/document", json(document));
    return all;
  }

  private void role(Map<String, String> all, String meta, Instance i) {
    String name = i.profile.substring(i.profile.lastIndexOf('/') + 1);
    Instant now = Instant.ofEpochSecond(cloud.now() / 1_000);
    all.put(
        meta + "iam/info",
        json(
            Map.of(
                "Code",
                "Success",
                "LastUpdated",
                now.toString(),
                "InstanceProfileArn",
                InstanceXml.profileArn(i.profile),
                "InstanceProfileId",
                "AIPASIMULATED")));
    all.put(
        meta + "iam/security-credentials/" + name,
        json(
            Map.of(
                "Code",
                "Success",
                "LastUpdated",
                now.toString(),
                "Type",
                "AWS-HMAC",
                "AccessKeyId",
                Signature.INSTANCE + i.id.replace("i-", "").toUpperCase(Locale.ROOT),
                "SecretAccessKey",
                "secret-of-" + i.id,
                "Token",
                "token-of-" + i.id,
                "Expiration",
                now.plusSeconds(6 * 3_600).toString())));
  }

  private static String json(Map<String, String> fields) {
    return JSON.valueToTree(new TreeMap<>(fields)).toString();
  }

  private @Nullable Instance host() throws AwsError {
    Ec2Options.Host given = cloud.options.host();
    if (given == null) {
      return null;
    }
    Ec2Options.Subnet subnet = new Catalogue(cloud.options).subnet(given.subnet());
    Instance host = new Instance();
    host.id = Ids.of("i", HOST);
    host.state = "running";
    host.address = "127.0.0.1";
    host.image = given.image();
    host.type = given.type();
    host.subnet = subnet.id();
    host.vpc = subnet.vpc();
    host.zone = subnet.zone();
    host.groups = new ArrayList<>(given.groups());
    host.profile = given.profile();
    host.httpTokens = "required";
    return host;
  }

  @Override
  public Reply refusal(AwsError error, Request request) {
    return Reply.refusal(error, "text/html", error.words() + "\n");
  }
}
