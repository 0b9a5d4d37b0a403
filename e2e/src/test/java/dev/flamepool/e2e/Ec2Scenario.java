package dev.flamepool.e2e;

import java.util.Map;

/** A test whose runners are EC2 instances: real processes that boot from their user data. */
abstract class Ec2Scenario extends CloudScenario<Ec2Cloud> {
  void start() {
    use(
        Ec2Cloud.start(this),
        Map.of("accessKeyId", Ec2Cloud.ACCESS_KEY, "secretAccessKey", Ec2Cloud.SECRET_KEY));
  }
}
