package dev.flamepool.simulators.ec2;

import dev.flamepool.simulators.ec2.Web.Request;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who asks, by the header or the query of a signature of version 4. That there is one, its access
 * key and its scope are checked; whether it is right is not.
 */
final class Signature {
  private static final Pattern HEADER =
      Pattern.compile(
          "AWS4-HMAC-SHA256 +Credential=([^/]+)/([0-9]{8})/([^/]+)/([^/]+)/aws4_request, *"
              + "SignedHeaders=[^,]+, *Signature=[0-9a-f]{64}");
  private static final Pattern CREDENTIAL =
      Pattern.compile("([^/]+)/([0-9]{8})/([^/]+)/([^/]+)/aws4_request");

  /** What access keys of instances begin with. */
  static final String INSTANCE = "ASIASIM";

  private final Set<String> keys;
  private final String region;

  /** Without keys, every key is taken. */
  Signature(Set<String> keys, String region) {
    this.keys = keys;
    this.region = region;
  }

  /** The access key of a request to a service; S3 and others word refusals in their own way. */
  String check(Request request, String service) throws AwsError {
    boolean s3 = service.equals("s3");
    String header = request.header("authorization");
    String presigned = request.query().getOrDefault("X-Amz-Credential", "");
    Matcher found;
    if (!header.isEmpty()) {
      found = HEADER.matcher(header);
    } else if (!presigned.isEmpty()
        && request.query().getOrDefault("X-Amz-Signature", "").matches("[0-9a-f]{64}")) {
      found = CREDENTIAL.matcher(presigned);
    } else if (s3) {
      throw AwsError.of("AccessDenied", "Access Denied");
    } else {
      throw AwsError.of(
          "MissingParameter", "The request must contain the parameter AWSAccessKeyId");
    }
    if (!found.matches()) {
      throw AwsError.of("SignatureDoesNotMatch", "The signature is not one of version 4");
    }
    String key = found.group(1);
    if (!found.group(4).equals(service)) {
      throw AwsError.of(
          "SignatureDoesNotMatch",
          "Credential should be scoped to correct service: '" + service + "'.");
    }
    if (!found.group(3).equals(region)) {
      throw AwsError.of(
          s3 ? "AuthorizationHeaderMalformed" : "SignatureDoesNotMatch",
          "Credential should be scoped to a valid region, not '" + found.group(3) + "'.");
    }
    boolean token =
        !request.header("x-amz-security-token").isEmpty()
            || request.query().containsKey("X-Amz-Security-Token");
    boolean known =
        key.startsWith("ASIA")
            ? token && (key.startsWith(INSTANCE) || keys.isEmpty() || keys.contains(key))
            : keys.isEmpty() || keys.contains(key);
    if (!known) {
      throw s3
          ? AwsError.of(
              "InvalidAccessKeyId",
              "The AWS Access Key Id you provided does not exist in our records.")
          : AwsError.of("AuthFailure");
    }
    return key;
  }
}
