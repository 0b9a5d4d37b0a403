package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;

/**
 * An EC2 with S3 beside it, whose instances run their user data and with it the test application.
 * It knows the subnets, the image, the group and the profile of the sample manifest, no others.
 */
final class Ec2Cloud extends SimulatedCloud {
  static final String ACCESS_KEY = "AKIAE2E";
  static final String SECRET_KEY = "secret/of+e2e";

  private static final Filter ALIVE =
      Filter.builder()
          .name("instance-state-name")
          .values("pending", "running", "shutting-down", "stopping", "stopped")
          .build();

  private final Ec2Bundle bundle = Ec2Bundle.in(bucket());
  private final Ec2Client ec2;
  private String chosen = bundle.archive();
  private String more = "";

  private Ec2Cloud(Scenario scenario) {
    super(
        scenario,
        "ec2",
        0,
        List.of(
            "--access-key",
            ACCESS_KEY,
            "--subnet",
            "subnet-0a=eu-central-1a",
            "--subnet",
            "subnet-0b=eu-central-1b",
            "--image",
            "ami-0123456789abcdef0=x86_64",
            "--group",
            "sg-0a",
            "--profile",
            "thumbs-runner",
            "--bucket",
            "releases",
            "--pending",
            "300"));
    ec2 =
        Ec2Client.builder()
            .endpointOverride(URI.create(url()))
            .region(Region.EU_CENTRAL_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
            .httpClientBuilder(Apache5HttpClient.builder())
            .build();
  }

  static Ec2Cloud start(Scenario scenario) {
    return new Ec2Cloud(scenario);
  }

  /** Where the objects of the bucket {@code releases} lie. */
  Path bucket() {
    return state().resolve("buckets/releases");
  }

  Ec2Bundle bundle() {
    return bundle;
  }

  /** The bundle of further backends; the archive unless chosen. */
  void choose(String s3BundleUrl) {
    chosen = s3BundleUrl;
  }

  /** Further options of further backends, each with a comma before it. */
  void options(String flow) {
    more = flow;
  }

  @Override
  public String backend() {
    return "{name: eu, ec2: {region: eu-central-1, app: thumbs, imageId: ami-0123456789abcdef0,"
        + " subnetId: subnet-0a, securityGroupId: sg-0a, credentialsSecretRef: {name: cloud},"
        + " ec2ServiceEndpoint: '%s', s3BundleUrl: '%s'%s}}".formatted(endpoint(), chosen, more);
  }

  /** The instances that have not ended. */
  List<Instance> instances() {
    return ec2.describeInstancesPaginator(r -> r.filters(ALIVE)).reservations().stream()
        .flatMap(reservation -> reservation.instances().stream())
        .toList();
  }

  /** The objects of the bundle and of boots that instances asked for. */
  List<String> fetched() throws IOException, InterruptedException {
    return requests().stream()
        .filter(request -> request.path("operation").asText().equals("s3:GetObject"))
        .map(request -> request.path("path").asText())
        .toList();
  }

  /** What an instance has written to its console. */
  String console(String id) {
    String output = ec2.getConsoleOutput(r -> r.instanceId(id).latest(true)).output();
    return output == null
        ? ""
        : new String(Base64.getMimeDecoder().decode(output), StandardCharsets.UTF_8);
  }

  @Override
  public int count() {
    try {
      return instances().size();
    } catch (SdkException e) {
      return -1;
    }
  }

  /** No launch was repeated with other parameters, and no secret was left in the bucket. */
  @Override
  public void assertNothingWrong() throws IOException, InterruptedException {
    assertThat(requests())
        .noneMatch(r -> r.path("code").asText().equals("IdempotentParameterMismatch"));
    Path boot = bucket().resolve("flamepool-boot");
    if (Files.exists(boot)) {
      try (Stream<Path> left = Files.walk(boot)) {
        assertThat(left.filter(Files::isRegularFile)).as("boot objects").isEmpty();
      }
    }
  }
}
