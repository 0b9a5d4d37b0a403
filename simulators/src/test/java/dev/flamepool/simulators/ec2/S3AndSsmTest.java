package dev.flamepool.simulators.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.simulators.machine.ScriptedMachines;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.ssm.model.ParameterNotFoundException;

/** Objects and parameters, as the SDK meets them. */
@Timeout(60)
class S3AndSsmTest {
  private Ec2Simulator simulator;
  private Aws aws;

  @BeforeEach
  void start() throws Exception {
    simulator =
        Ec2Simulator.start(
            new Ec2Options()
                .runtime(new ScriptedMachines(Clock.systemUTC()))
                .bucket("releases")
                .parameter("/ami/latest", "ami-0a"));
    aws = new Aws(simulator.uri());
  }

  @AfterEach
  void close() {
    aws.close();
    simulator.close();
  }

  private void put(String key, String content) {
    aws.s3.putObject(p -> p.bucket("releases").key(key), RequestBody.fromString(content));
  }

  private String get(String key) {
    return aws.s3.getObjectAsBytes(g -> g.bucket("releases").key(key)).asUtf8String();
  }

  @Test
  void anObjectIsWhatWasPut() throws Exception {
    String content = "line\r\n0;x\r\n" + "y".repeat(200_000);
    put("app/bin/start me+1.sh", content);
    assertThat(get("app/bin/start me+1.sh")).isEqualTo(content);
    assertThat(Files.readString(simulator.bucket("releases").resolve("app/bin/start me+1.sh")))
        .isEqualTo(content);
    assertThat(
            aws.s3
                .headObject(h -> h.bucket("releases").key("app/bin/start me+1.sh"))
                .contentLength())
        .isEqualTo(content.getBytes(UTF_8).length);
    aws.s3.deleteObject(d -> d.bucket("releases").key("app/bin/start me+1.sh"));
    aws.s3.deleteObject(d -> d.bucket("releases").key("app/bin/start me+1.sh"));
    assertThatThrownBy(() -> get("app/bin/start me+1.sh")).isInstanceOf(NoSuchKeyException.class);
    assertThatThrownBy(() -> aws.s3.headObject(h -> h.bucket("releases").key("x")))
        .isInstanceOf(NoSuchKeyException.class);
    Aws.refused(404, "NoSuchBucket", () -> aws.s3.listObjectsV2(l -> l.bucket("nobody")));
  }

  @Test
  void keysAreListedInPagesAndFolders() {
    for (String key : List.of("app/a b", "app/bin/x", "app/bin/y", "other/z", "app/c&d")) {
      put(key, key);
    }
    assertThat(
            aws
                .s3
                .listObjectsV2Paginator(l -> l.bucket("releases").prefix("app/").maxKeys(2))
                .contents()
                .stream()
                .map(S3Object::key))
        .containsExactly("app/a b", "app/bin/x", "app/bin/y", "app/c&d");
    var folder = aws.s3.listObjectsV2(l -> l.bucket("releases").prefix("app/").delimiter("/"));
    assertThat(folder.contents().stream().map(S3Object::key)).containsExactly("app/a b", "app/c&d");
    assertThat(folder.commonPrefixes().get(0).prefix()).isEqualTo("app/bin/");
  }

  @Test
  void aPresignedAddressNeedsNoCredentialsUntilItExpires() throws Exception {
    put("boot", "secret");
    URI address =
        aws.presigner
            .presignGetObject(
                p ->
                    p.signatureDuration(Duration.ofMinutes(5))
                        .getObjectRequest(g -> g.bucket("releases").key("boot")))
            .url()
            .toURI();
    HttpResponse<String> got = fetch(address);
    assertThat(got.statusCode()).isEqualTo(200);
    assertThat(got.body()).isEqualTo("secret");
    URI expired =
        URI.create(address.toString().replaceAll("X-Amz-Date=[0-9]{8}", "X-Amz-Date=20200101"));
    assertThat(fetch(expired).statusCode()).isEqualTo(403);
    assertThat(fetch(expired).body()).contains("Request has expired");
    assertThat(fetch(simulator.uri().resolve("/releases/boot")).statusCode()).isEqualTo(403);
    assertThat(simulator.requests().toString()).doesNotContain("X-Amz-Signature");
  }

  private static HttpResponse<String> fetch(URI address) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void anInstancesRoleIsNotToldWhatIsMissing() {
    try (Aws instance =
        new Aws(simulator.uri(), AwsSessionCredentials.create("ASIASIM01", "secret", "token"))) {
      put("there", "x");
      assertThat(
              instance.s3.getObjectAsBytes(g -> g.bucket("releases").key("there")).asUtf8String())
          .isEqualTo("x");
      Aws.refused(
          403,
          "AccessDenied",
          () -> instance.s3.getObjectAsBytes(g -> g.bucket("releases").key("missing")));
    }
  }

  @Test
  void parametersAreGotByName() {
    assertThat(aws.ssm.getParameter(g -> g.name("/ami/latest")).parameter().value())
        .isEqualTo("ami-0a");
    assertThatThrownBy(() -> aws.ssm.getParameter(g -> g.name("/nothing")))
        .isInstanceOf(ParameterNotFoundException.class);
    var both = aws.ssm.getParameters(g -> g.names("/ami/latest", "/nothing"));
    assertThat(both.parameters()).hasSize(1);
    assertThat(both.invalidParameters()).containsExactly("/nothing");
    simulator.faults().next("ssm:GetParameter", new Effect.Refuse("ThrottlingException"));
    Aws.refused(400, "ThrottlingException", () -> aws.ssm.getParameter(g -> g.name("/ami/latest")));
  }
}
