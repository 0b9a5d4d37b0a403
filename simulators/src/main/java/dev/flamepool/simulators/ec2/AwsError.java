package dev.flamepool.simulators.ec2;

import java.util.Map;

/** A refusal as AWS words it: a code, by which clients decide, and words for people. */
final class AwsError extends Exception {
  private static final Map<String, Integer> STATUS =
      Map.ofEntries(
          Map.entry("InsufficientInstanceCapacity", 500),
          Map.entry("InsufficientHostCapacity", 500),
          Map.entry("InsufficientCapacity", 500),
          Map.entry("InsufficientVolumeCapacity", 500),
          Map.entry("UnfulfillableCapacity", 500),
          Map.entry("InternalError", 500),
          Map.entry("InternalFailure", 500),
          Map.entry("ServerInternal", 500),
          Map.entry("Unavailable", 503),
          Map.entry("ServiceUnavailable", 503),
          Map.entry("RequestLimitExceeded", 503),
          Map.entry("EC2ThrottledException", 503),
          Map.entry("SlowDown", 503),
          Map.entry("DryRunOperation", 412),
          Map.entry("PreconditionFailed", 412),
          Map.entry("UnauthorizedOperation", 403),
          Map.entry("AccessDenied", 403),
          Map.entry("InvalidAccessKeyId", 403),
          Map.entry("SignatureDoesNotMatch", 403),
          Map.entry("AuthFailure", 401),
          Map.entry("NoSuchKey", 404),
          Map.entry("NoSuchBucket", 404),
          Map.entry("MethodNotAllowed", 405),
          Map.entry("BucketAlreadyOwnedByYou", 409));

  private static final Map<String, String> WORDS =
      Map.of(
          "RequestLimitExceeded", "Request limit exceeded.",
          "InternalError", "An internal error has occurred",
          "Unavailable", "The server is overloaded and can't handle the request.",
          "UnauthorizedOperation",
              "You are not authorized to perform this operation. Encoded authorization failure"
                  + " message: c2ltdWxhdGVk",
          "AuthFailure", "AWS was not able to validate the provided access credentials",
          "VcpuLimitExceeded",
              "You have requested more vCPU capacity than your current vCPU limit allows for the"
                  + " instance bucket that the specified instance type belongs to.",
          "MaxSpotInstanceCountExceeded", "Max spot instance count exceeded",
          "DryRunOperation", "Request would have succeeded, but DryRun flag is set.",
          "IdempotentParameterMismatch",
              "The client token you have provided is associated with a resource of another"
                  + " request, whose parameters are different",
          "IdempotentInstanceTerminated",
              "The client token you have provided is associated with an instance that is"
                  + " terminated");

  private final String code;
  private final int status;

  private AwsError(String code, int status, String words) {
    super(words, null, false, false);
    this.code = code;
    this.status = status;
  }

  /** A refusal with the status that AWS gives its code, 400 for most. */
  static AwsError of(String code, String words) {
    return new AwsError(code, STATUS.getOrDefault(code, 400), words);
  }

  /** A refusal in the words that are known of it. */
  static AwsError of(String code) {
    return of(code, WORDS.getOrDefault(code, "Refused by the simulator: " + code));
  }

  /** A status without a code, as the metadata service answers. */
  static AwsError plain(int status, String words) {
    return new AwsError(Integer.toString(status), status, words);
  }

  String code() {
    return code;
  }

  int status() {
    return status;
  }

  String words() {
    return String.valueOf(getMessage());
  }
}
