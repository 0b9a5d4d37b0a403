package dev.flamepool.operator.backend.ec2;

import dev.flamepool.operator.backend.Tenant;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * Somebody's account in a region.
 *
 * @param account whose limits are used
 * @param region of everything
 * @param endpoint in place of AWS's own; empty for AWS, whose words alone may be passed on
 * @param credentials to sign with
 * @param identity of those credentials: the access key's id, which is no secret
 * @param values where they are from, as they are copied
 */
record Session(
    Tenant account,
    String region,
    Optional<String> endpoint,
    AwsCredentialsProvider credentials,
    AwsCredentialsIdentity identity,
    Map<String, String> values) {
  /** Whether requests go to AWS itself. */
  boolean own() {
    return endpoint.isEmpty();
  }

  @Override
  public String toString() {
    return "Session[" + region + ", " + endpoint.orElse("AWS") + "]";
  }
}
