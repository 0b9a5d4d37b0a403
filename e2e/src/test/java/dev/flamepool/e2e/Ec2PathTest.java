package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePool;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same application with EC2 instances for runners, from the bundle in S3 to the end. */
class Ec2PathTest extends Ec2Scenario {
  @ParameterizedTest
  @ValueSource(strings = {"folder", "archive"})
  void aPoolGrowsWithItsDemandAndGoesBackToZero(String form) throws Exception {
    start();
    cloud.choose(form.equals("folder") ? cloud.bundle().folder() : cloud.bundle().archive());
    grow();
    awaitZero();
    assertThat(cloud.requests())
        .as("none refused for its rate")
        .noneMatch(request -> request.path("code").asText().equals("RequestLimitExceeded"))
        .filteredOn(request -> request.path("operation").asText().equals("s3:GetObject"))
        .as("the bundle's objects")
        .anyMatch(
            request ->
                request
                    .path("path")
                    .asText()
                    .endsWith(form.equals("folder") ? "/thumbs-v7/bin/thumbs" : ".tar.gz"));
  }

  @Test
  void theSampleManifestServesCalls() throws Exception {
    start();
    operator();
    String sample = Files.readString(Path.of("../manifests/samples/ec2.yaml"));
    String here =
        sample
            .replace("name: aws", "name: cloud")
            .replace("ec2:\n", "ec2:\n      ec2ServiceEndpoint: " + cloud.url() + "\n");
    FlamePool pool = Serialization.unmarshal(here, FlamePool.class);
    client.resource(pool).inNamespace(namespace).create();
    await("the kept runner", () -> ready("thumbnails") == 1);
    JavaProcess app = startApp("app", "thumbnails");
    app.say("call a 10");
    assertThat(outcome(app, "a")).startsWith("done");
    assertThat(cloud.instances())
        .singleElement()
        .matches(instance -> instance.instanceTypeAsString().equals("c7i.large"))
        .matches(instance -> instance.iamInstanceProfile().arn().endsWith("/thumbs-runner"));
    client.resource(pool).inNamespace(namespace).delete();
    await("the pool to be gone", () -> pool("thumbnails") == null);
    awaitNoMachine();
  }
}
