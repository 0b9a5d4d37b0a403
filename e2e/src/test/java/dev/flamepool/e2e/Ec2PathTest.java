package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

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
}
