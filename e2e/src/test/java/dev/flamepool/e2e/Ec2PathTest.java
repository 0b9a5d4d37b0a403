package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The same application with EC2 instances for runners, from the bundle in S3 to the end. The bundle
 * is a folder; {@link Ec2SpotTest} has it as an archive.
 */
class Ec2PathTest extends Ec2Scenario {
  @Test
  void aPoolGrowsWithItsDemandAndGoesBackToZero() throws Exception {
    start();
    cloud.choose(cloud.bundle().folder());
    grow();
    awaitZero();
    assertThat(cloud.requests())
        .as("none refused for its rate")
        .noneMatch(request -> request.path("code").asText().equals("RequestLimitExceeded"));
    assertThat(cloud.fetched()).anyMatch(path -> path.endsWith("/thumbs-v7/bin/thumbs"));
  }
}
