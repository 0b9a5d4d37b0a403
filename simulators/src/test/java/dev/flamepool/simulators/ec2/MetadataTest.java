package dev.flamepool.simulators.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.simulators.fly.ManualClock;
import dev.flamepool.simulators.machine.ScriptedMachines;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.imds.Ec2MetadataClient;
import software.amazon.awssdk.imds.Ec2MetadataRetryPolicy;
import software.amazon.awssdk.services.ec2.model.Instance;

/** The metadata service as the SDK's own client meets it. */
@Timeout(60)
class MetadataTest {
  private final ManualClock clock = new ManualClock();
  private Ec2Simulator simulator;
  private Aws aws;

  @BeforeEach
  void start() throws Exception {
    simulator =
        Ec2Simulator.start(
            new Ec2Options()
                .clock(clock)
                .runtime(new ScriptedMachines(clock))
                .host(
                    new Ec2Options.Host(
                        "ami-0a", "m5.large", "subnet-a", List.of("sg-1", "sg-2"), "operator")));
    aws = new Aws(simulator.uri());
  }

  @AfterEach
  void close() {
    aws.close();
    simulator.close();
  }

  private Ec2MetadataClient metadata(String path) {
    return Ec2MetadataClient.builder()
        .endpoint(URI.create(simulator.uri() + path))
        .retryPolicy(Ec2MetadataRetryPolicy.none())
        .build();
  }

  @Test
  void theOperatorsOwnInstanceSaysWhatAutoConfigureNeeds() {
    try (Ec2MetadataClient own = metadata("")) {
      assertThat(own.get("/latest/meta-data/placement/region").asString())
          .isEqualTo("eu-central-1");
      assertThat(own.get("/latest/meta-data/ami-id").asString()).isEqualTo("ami-0a");
      assertThat(own.get("/latest/meta-data/instance-type").asString()).isEqualTo("m5.large");
      String mac = own.get("/latest/meta-data/mac").asString();
      String network = "/latest/meta-data/network/interfaces/macs/" + mac;
      assertThat(own.get(network + "/subnet-id").asString()).isEqualTo("subnet-a");
      assertThat(own.get(network + "/security-group-ids").asList()).containsExactly("sg-1", "sg-2");
      assertThat(own.get("/latest/meta-data/iam/info").asString())
          .contains(":instance-profile/operator");
      String role = own.get("/latest/meta-data/iam/security-credentials/").asString();
      assertThat(role).isEqualTo("operator");
      assertThat(own.get("/latest/meta-data/iam/security-credentials/" + role).asString())
          .contains("\"AccessKeyId\":\"ASIA");
      assertThat(own.get("/latest/dynamic/instance-identity/document").asString())
          .contains("\"region\":\"eu-central-1\"", "\"imageId\":\"ami-0a\"");
      assertThatThrownBy(() -> own.get("/latest/meta-data/nothing")).hasMessageContaining("404");
    }
  }

  @Test
  void anInstanceSeesItselfAndItsInterruption() {
    Instance launched = aws.run(Aws.one("t1").userData(Aws.base64("hello")));
    simulator.settle();
    try (Ec2MetadataClient its = metadata("/imds/" + launched.instanceId())) {
      assertThat(its.get("/latest/meta-data/instance-id").asString())
          .isEqualTo(launched.instanceId());
      assertThat(its.get("/latest/meta-data/local-ipv4").asString())
          .isEqualTo(launched.privateIpAddress());
      assertThat(its.get("/latest/user-data").asString()).isEqualTo("hello");
      String notice = "/latest/meta-data/spot/instance-action";
      assertThatThrownBy(() -> its.get(notice)).hasMessageContaining("404");
      simulator.faults().interrupt(launched.instanceId(), Duration.ofMinutes(2));
      assertThat(its.get(notice).asString()).contains("\"action\":\"terminate\"");
    }
  }

  @Test
  void aTokenIsNeededAndExpires() throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    HttpRequest.Builder region =
        HttpRequest.newBuilder(URI.create(simulator.uri() + "/latest/meta-data/placement/region"));
    assertThat(status(http, region.build())).isEqualTo(401);
    HttpRequest.Builder token =
        HttpRequest.newBuilder(URI.create(simulator.uri() + "/latest/api/token"))
            .PUT(HttpRequest.BodyPublishers.noBody());
    assertThat(status(http, token.build())).isEqualTo(400);
    String ttl = "X-aws-ec2-metadata-token-ttl-seconds";
    assertThat(status(http, token.copy().header(ttl, "21601").build())).isEqualTo(400);
    assertThat(status(http, token.copy().header(ttl, "60").header("X-Forwarded-For", "x").build()))
        .isEqualTo(403);
    String value =
        http.send(token.copy().header(ttl, "60").build(), HttpResponse.BodyHandlers.ofString())
            .body();
    HttpRequest authorized = region.copy().header("X-aws-ec2-metadata-token", value).build();
    assertThat(status(http, authorized)).isEqualTo(200);
    clock.advance(Duration.ofSeconds(61));
    assertThat(status(http, authorized)).isEqualTo(401);
  }

  private static int status(HttpClient http, HttpRequest request) throws Exception {
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }
}
