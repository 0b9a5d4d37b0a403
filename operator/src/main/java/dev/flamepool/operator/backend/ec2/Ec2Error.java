package dev.flamepool.operator.backend.ec2;

import dev.flamepool.operator.backend.BackendException.Kind;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an error of EC2, S3 or SSM means: a pure function of AWS's code, the HTTP status and, for
 * one code that AWS uses for many things, the message.
 */
enum Ec2Error {
  /** No room for this type, in this subnet or in this market. */
  NO_CAPACITY(Kind.CAPACITY),
  /** The account may not have more. */
  QUOTA(Kind.QUOTA),
  /** Too many requests. */
  TOO_FAST(Kind.RATE_LIMITED),
  /** It failed inside or said nothing: it may have been done. */
  UNKNOWN(Kind.AMBIGUOUS),
  /** The request is wrong, or names what is not there. */
  INVALID(Kind.CONFIGURATION),
  /** An instance profile that was made a moment ago is not known everywhere at once. */
  NO_PROFILE(Kind.CONFIGURATION),
  /** The credentials are none, are over, or allow too little. */
  NO_ACCESS(Kind.CREDENTIALS),
  /** There is no such instance, or not yet. */
  NO_INSTANCE(Kind.AMBIGUOUS),
  /** The token was used with other parameters: an instance of it exists or existed. */
  TOKEN_MISMATCH(Kind.AMBIGUOUS),
  /** The token's instance has ended. */
  TOKEN_ENDED(Kind.AMBIGUOUS);

  private static final Map<String, Ec2Error> BY_CODE =
      Map.ofEntries(
          Map.entry("IdempotentParameterMismatch", TOKEN_MISMATCH),
          Map.entry("IdempotentInstanceTerminated", TOKEN_ENDED),
          Map.entry("InvalidInstanceID.NotFound", NO_INSTANCE),
          Map.entry("InvalidInstanceID.Malformed", NO_INSTANCE));

  private static final Set<String> CAPACITY =
      Set.of(
          "InsufficientInstanceCapacity",
          "InsufficientHostCapacity",
          "InsufficientCapacity",
          "InsufficientCapacityOnHost",
          "InsufficientReservedInstanceCapacity",
          "UnfulfillableCapacity",
          "InsufficientVolumeCapacity",
          "InsufficientAddressCapacity",
          "InsufficientFreeAddressesInSubnet",
          "ReservationCapacityExceeded",
          "SpotMaxPriceTooLow",
          "VolumeTypeNotAvailableInZone",
          "Unsupported");

  private static final Set<String> LIMITS =
      Set.of(
          "VcpuLimitExceeded",
          "InstanceLimitExceeded",
          "MaxSpotInstanceCountExceeded",
          "VolumeLimitExceeded",
          "NetworkInterfaceLimitExceeded",
          "AttachmentLimitExceeded",
          "PrivateIpAddressLimitExceeded",
          "ResourceLimitExceeded",
          "MaxIOPSLimitExceeded",
          "MaxFleetCountExceeded",
          "PendingVerification");

  private static final Set<String> THROTTLES =
      Set.of(
          "RequestLimitExceeded",
          "RequestThrottled",
          "RequestThrottledException",
          "EC2ThrottledException",
          "BandwidthLimitExceeded",
          "TooManyRequestsException",
          "SlowDown",
          "PriorRequestNotComplete");

  private static final Set<String> FAILURES =
      Set.of(
          "InternalError",
          "InternalFailure",
          "InternalServerError",
          "ServerInternal",
          "Unavailable",
          "ServiceUnavailable",
          "ServiceUnavailableException",
          "RequestTimeout",
          "RequestTimeoutException",
          "RetryableError");

  /** Wrong whatever the HTTP status, which for some of them is that of missing permission. */
  private static final Set<String> WRONG =
      Set.of(
          "OptInRequired",
          "TagPolicyViolation",
          "UnsupportedOperation",
          "VPCIdNotSpecified",
          "MissingParameter",
          "UnknownParameter",
          "ParameterNotFound",
          "NoSuchBucket");

  private static final Set<String> REFUSED =
      Set.of(
          "UnauthorizedOperation",
          "AuthFailure",
          "AuthFailure.ServiceLinkedRoleCreationNotPermitted",
          "InvalidClientTokenId",
          "UnrecognizedClientException",
          "InvalidAccessKeyId",
          "InvalidToken",
          "SignatureDoesNotMatch",
          "IncompleteSignature",
          "MissingAuthenticationToken",
          "ExpiredToken",
          "ExpiredTokenException",
          "RequestExpired",
          "RequestTimeTooSkewed",
          "NotAuthorized",
          "Blocked");

  private final Kind kind;

  Ec2Error(Kind kind) {
    this.kind = kind;
  }

  /** What that means for a launch attempt. */
  Kind kind() {
    return kind;
  }

  /**
   * Classifies.
   *
   * @param code AWS's; null or empty for an answer without one
   * @param status of HTTP
   * @param message AWS's words
   */
  static Ec2Error of(@Nullable String code, int status, @Nullable String message) {
    if (code == null || code.isEmpty()) {
      return ofStatus(status);
    }
    Ec2Error known = BY_CODE.get(code);
    if (known != null) {
      return known;
    }
    if (CAPACITY.contains(code)) {
      return NO_CAPACITY;
    }
    if (LIMITS.contains(code)) {
      return QUOTA;
    }
    if (THROTTLES.contains(code) || code.startsWith("Throttl")) {
      return TOO_FAST;
    }
    if (FAILURES.contains(code)) {
      return UNKNOWN;
    }
    if (REFUSED.contains(code) || code.startsWith("AccessDenied")) {
      return NO_ACCESS;
    }
    if (WRONG.contains(code)) {
      return INVALID;
    }
    if (message != null && message.toLowerCase(java.util.Locale.ROOT).contains(PROFILE)) {
      return NO_PROFILE;
    }
    return ofStatus(status);
  }

  private static final String PROFILE = "invalid iam instance profile";

  private static Ec2Error ofStatus(int status) {
    return switch (status) {
      case 401, 403 -> NO_ACCESS;
      case 408 -> UNKNOWN;
      case 429 -> TOO_FAST;
      default -> status >= 300 && status < 500 ? INVALID : UNKNOWN; // S3: 3xx is another region
    };
  }
}
