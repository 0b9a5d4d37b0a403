package dev.flamepool.operator.backend.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.operator.backend.BackendException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What AWS's codes mean for a launch. */
class Ec2ErrorTest {
  @ParameterizedTest
  @CsvSource({
    "InsufficientInstanceCapacity, 500, CAPACITY",
    "InsufficientHostCapacity, 500, CAPACITY",
    "InsufficientCapacity, 500, CAPACITY",
    "UnfulfillableCapacity, 500, CAPACITY",
    "InsufficientVolumeCapacity, 500, CAPACITY",
    "InsufficientFreeAddressesInSubnet, 400, CAPACITY",
    "ReservationCapacityExceeded, 400, CAPACITY",
    "SpotMaxPriceTooLow, 400, CAPACITY",
    "VolumeTypeNotAvailableInZone, 400, CAPACITY",
    "Unsupported, 400, CAPACITY",
    "VcpuLimitExceeded, 400, QUOTA",
    "InstanceLimitExceeded, 400, QUOTA",
    "MaxSpotInstanceCountExceeded, 400, QUOTA",
    "VolumeLimitExceeded, 400, QUOTA",
    "NetworkInterfaceLimitExceeded, 400, QUOTA",
    "PrivateIpAddressLimitExceeded, 400, QUOTA",
    "ResourceLimitExceeded, 400, QUOTA",
    "MaxFleetCountExceeded, 400, QUOTA",
    "PendingVerification, 400, QUOTA",
    "RequestLimitExceeded, 503, RATE_LIMITED",
    "EC2ThrottledException, 503, RATE_LIMITED",
    "Throttling, 400, RATE_LIMITED",
    "ThrottlingException, 400, RATE_LIMITED",
    "TooManyRequestsException, 429, RATE_LIMITED",
    "SlowDown, 503, RATE_LIMITED",
    "PriorRequestNotComplete, 400, RATE_LIMITED",
    "InternalError, 500, AMBIGUOUS",
    "InternalFailure, 500, AMBIGUOUS",
    "ServerInternal, 500, AMBIGUOUS",
    "Unavailable, 503, AMBIGUOUS",
    "ServiceUnavailable, 503, AMBIGUOUS",
    "RetryableError, 400, AMBIGUOUS",
    "SomethingNew, 500, AMBIGUOUS",
    "'', 502, AMBIGUOUS",
    "'', 0, AMBIGUOUS",
    "IdempotentParameterMismatch, 400, AMBIGUOUS",
    "IdempotentInstanceTerminated, 400, AMBIGUOUS",
    "InvalidInstanceID.NotFound, 400, AMBIGUOUS",
    "InvalidAMIID.NotFound, 400, CONFIGURATION",
    "InvalidAMIID.Malformed, 400, CONFIGURATION",
    "InvalidAMIID.Unavailable, 400, CONFIGURATION",
    "InvalidSubnetID.NotFound, 400, CONFIGURATION",
    "InvalidGroup.NotFound, 400, CONFIGURATION",
    "InvalidKeyPair.NotFound, 400, CONFIGURATION",
    "InvalidLaunchTemplateId.NotFound, 400, CONFIGURATION",
    "InvalidLaunchTemplateName.NotFoundException, 400, CONFIGURATION",
    "InvalidParameter, 400, CONFIGURATION",
    "InvalidParameterValue, 400, CONFIGURATION",
    "InvalidParameterCombination, 400, CONFIGURATION",
    "InvalidUserData.Malformed, 400, CONFIGURATION",
    "InvalidBlockDeviceMapping, 400, CONFIGURATION",
    "MissingParameter, 400, CONFIGURATION",
    "UnknownParameter, 400, CONFIGURATION",
    "UnsupportedOperation, 400, CONFIGURATION",
    "TagPolicyViolation, 403, CONFIGURATION",
    "VPCIdNotSpecified, 400, CONFIGURATION",
    "OptInRequired, 401, CONFIGURATION",
    "NoSuchBucket, 404, CONFIGURATION",
    "ParameterNotFound, 400, CONFIGURATION",
    "UnauthorizedOperation, 403, CREDENTIALS",
    "AuthFailure, 401, CREDENTIALS",
    "AccessDenied, 403, CREDENTIALS",
    "AccessDeniedException, 400, CREDENTIALS",
    "InvalidClientTokenId, 403, CREDENTIALS",
    "SignatureDoesNotMatch, 403, CREDENTIALS",
    "RequestExpired, 400, CREDENTIALS",
    "ExpiredToken, 400, CREDENTIALS",
    "AuthFailure.ServiceLinkedRoleCreationNotPermitted, 403, CREDENTIALS",
    "Blocked, 403, CREDENTIALS",
    "'', 401, CREDENTIALS"
  })
  void everyCodeHasItsClass(String code, int status, Kind kind) {
    assertThat(Ec2Error.of(code, status, "words").kind()).isEqualTo(kind);
  }

  @Test
  void aTokensFatesAreToldApart() {
    assertThat(Ec2Error.of("IdempotentParameterMismatch", 400, ""))
        .isEqualTo(Ec2Error.TOKEN_MISMATCH);
    assertThat(Ec2Error.of("IdempotentInstanceTerminated", 400, ""))
        .isEqualTo(Ec2Error.TOKEN_ENDED);
  }

  @Test
  void aNewInstanceProfileIsToldFromAWrongParameter() {
    assertThat(
            Ec2Error.of(
                "InvalidParameterValue",
                400,
                "Value (thumbs) for parameter iamInstanceProfile.name is invalid. Invalid IAM"
                    + " Instance Profile name"))
        .isEqualTo(Ec2Error.NO_PROFILE);
  }
}
