package dev.flamepool.operator.backend.ec2;

import dev.flamepool.api.Ec2Backend;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.Tenant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills in what an attempt needs and its entry does not say: from the operator's own instance where
 * the entry says {@code autoConfigure} (what the user gives wins, field by field), from SSM, from
 * EC2. Only reads. Thread-safe.
 */
final class Planning {
  private static final Logger LOG = LoggerFactory.getLogger(Planning.class);

  private record Known(String region, Optional<String> endpoint, String what) {}

  private final Sessions sessions;
  private final Ec2Calls calls;
  private final S3Calls objects;

  /** Of an image that never changes. */
  private final Map<Known, String> rootDevices = new ConcurrentHashMap<>();

  Planning(Sessions sessions, Ec2Calls calls, S3Calls objects) {
    this.sessions = sessions;
    this.calls = calls;
    this.objects = objects;
  }

  Plan plan(MachineKey key, Tenant tenant, Offering offering) throws BackendException {
    Ec2Backend ec2 = tenant.entry().ec2();
    InstanceMetadata.@Nullable Own own = Ec2Options.isAuto(ec2) ? sessions.own(tenant) : null;
    Session session = sessions.open(tenant);
    try {
      String image = ec2.launchTemplateId() == null ? image(ec2, own, session) : null;
      return new Plan(
          session.region(),
          image,
          ec2.launchTemplateId(),
          ec2.launchTemplateId() == null ? null : version(ec2, session),
          first("subnetId", offering.subnet(), own == null ? "" : own.subnetId()),
          groups(ec2, own),
          first("instanceType", offering.type(), own == null ? "" : own.instanceType()),
          offering.spot(),
          profile(ec2, own),
          ec2.keyName(),
          rootDevice(ec2, image, session),
          objects.presigned(session, Ec2Options.bootBucket(ec2), Ownership.bootObject(key)),
          objects.presignedPut(
              session, Ec2Options.bootBucket(ec2), Ownership.report(key), Reports.BYTES));
    } catch (AwsException e) {
      throw e.forBackend();
    }
  }

  private String image(Ec2Backend ec2, InstanceMetadata.@Nullable Own own, Session session)
      throws AwsException, BackendException {
    if (ec2.imageIdParameter() != null) {
      return calls.parameter(session, ec2.imageIdParameter());
    }
    return first("imageId", ec2.imageId(), own == null ? "" : own.imageId());
  }

  /**
   * A number, so that a replay asks for the same when the template moves on. Without the permission
   * to look, the word as it is given.
   */
  private String version(Ec2Backend ec2, Session session) throws AwsException, BackendException {
    String version =
        ec2.launchTemplateVersion() == null
            ? Ec2Options.TEMPLATE_VERSION
            : ec2.launchTemplateVersion();
    if (!version.startsWith("$")) {
      return version;
    }
    try {
      return calls.templateVersion(session, ec2.launchTemplateId(), version);
    } catch (AwsException e) {
      if (e.error() != Ec2Error.NO_ACCESS) {
        throw e;
      }
      LOG.info("the number of template version {} is not looked up: {}", version, e.getMessage());
      return version;
    }
  }

  private @Nullable String rootDevice(Ec2Backend ec2, @Nullable String image, Session session)
      throws AwsException, BackendException {
    if (ec2.rootVolume() != null && ec2.rootVolume().deviceName() != null) {
      return ec2.rootVolume().deviceName();
    }
    if (image == null) {
      return null;
    }
    Known known = new Known(session.region(), session.endpoint(), image);
    String device = rootDevices.get(known);
    if (device == null) {
      device = calls.rootDevice(session, image);
      rootDevices.put(known, device);
    }
    return device;
  }

  private static List<String> groups(Ec2Backend ec2, InstanceMetadata.@Nullable Own own)
      throws BackendException {
    List<String> given = Ec2Options.groups(ec2);
    if (!given.isEmpty()) {
      return given;
    }
    if (own == null || own.securityGroupIds().isEmpty()) {
      throw missing("securityGroupId");
    }
    return own.securityGroupIds();
  }

  private static @Nullable String profile(Ec2Backend ec2, InstanceMetadata.@Nullable Own own) {
    if (ec2.iamInstanceProfile() != null) {
      return ec2.iamInstanceProfile();
    }
    return own == null || own.profile().isEmpty() ? null : own.profile();
  }

  private static String first(String option, @Nullable String given, String own)
      throws BackendException {
    if (given != null && !given.isEmpty()) {
      return given;
    }
    if (own.isEmpty()) {
      throw missing(option);
    }
    return own;
  }

  private static BackendException missing(String option) {
    return new BackendException(
        Kind.CONFIGURATION,
        "ec2.%s: is missing, and the operator's own instance does not have it either; give it"
            .formatted(option));
  }
}
