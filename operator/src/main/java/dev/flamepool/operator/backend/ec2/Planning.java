package dev.flamepool.operator.backend.ec2;

import dev.flamepool.api.Ec2Backend;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.Tenant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Fills in what an attempt needs and its entry does not say: from the operator's own instance where
 * the entry says {@code autoConfigure} (what the user gives wins, field by field), from SSM, from
 * EC2. Only reads. Thread-safe.
 */
final class Planning {
  private final Sessions sessions;
  private final Ec2Calls calls;
  private final S3Calls objects;
  private final Sources sources;

  Planning(Sessions sessions, Ec2Calls calls, S3Calls objects) {
    this.sessions = sessions;
    this.calls = calls;
    this.objects = objects;
    this.sources = new Sources(calls);
  }

  Plan plan(MachineKey key, Tenant tenant, Offering offering) throws BackendException {
    Ec2Backend ec2 = tenant.entry().ec2();
    InstanceMetadata.@Nullable Own own = Ec2Options.isAuto(ec2) ? sessions.own(tenant) : null;
    Session session = sessions.open(tenant);
    try {
      objects.demand(session, Bundle.of(ec2.s3BundleUrl()), ec2.app());
      @Nullable Template template =
          ec2.launchTemplateId() == null ? null : sources.template(ec2, session);
      String image = template == null ? image(ec2, own, session) : null;
      Sources.Ami ami =
          sources.ami(ec2, image == null ? template.image() : Optional.of(image), session);
      String root = ami.root(ec2);
      return new Plan(
          session.region(),
          image,
          ec2.launchTemplateId(),
          template == null ? null : template.version(),
          subnet(offering, template, own),
          groups(ec2, template, own),
          type(offering, template, own),
          offering.spot(),
          profile(ec2, template, own),
          ec2.keyName(),
          root,
          objects.presigned(session, Ec2Options.bootBucket(ec2), Ownership.bootObject(key)),
          objects.presignedPut(
              session, Ec2Options.bootBucket(ec2), Ownership.report(key), Reports.BYTES),
          template != null && template.hasInstanceGroups(),
          Volume.asked(
              root,
              ec2.rootVolume(),
              ami.staying(),
              template == null ? List.of() : template.volumes()),
          MetadataService.of(ec2, template));
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

  private static String subnet(
      Offering offering, @Nullable Template template, InstanceMetadata.@Nullable Own own)
      throws BackendException {
    if (!offering.subnet().equals(Offering.OWN)) {
      return offering.subnet();
    }
    String its = template == null ? null : template.subnet().orElse(null);
    return first("subnetId", its, own == null ? "" : own.subnetId());
  }

  private static String type(
      Offering offering, @Nullable Template template, InstanceMetadata.@Nullable Own own)
      throws BackendException {
    return switch (offering.type()) {
      case Offering.TEMPLATE ->
          template.data().isEmpty()
              ? ""
              : template.type().orElse(own == null ? Ec2Options.TYPE : own.instanceType());
      case Offering.OWN -> first("instanceType", null, own == null ? "" : own.instanceType());
      default -> offering.type();
    };
  }

  private static List<String> groups(
      Ec2Backend ec2, @Nullable Template template, InstanceMetadata.@Nullable Own own)
      throws BackendException {
    List<String> given = Ec2Options.groups(ec2);
    if (!given.isEmpty()) {
      return given;
    }
    if (template != null && !template.groups().isEmpty()) {
      return template.groups();
    }
    if (own == null || own.securityGroupIds().isEmpty()) {
      throw missing("securityGroupId");
    }
    return own.securityGroupIds();
  }

  /** Null for none, and for the template's. */
  private static @Nullable String profile(
      Ec2Backend ec2, @Nullable Template template, InstanceMetadata.@Nullable Own own) {
    if (ec2.iamInstanceProfile() != null) {
      return ec2.iamInstanceProfile();
    }
    boolean none = own == null || own.profile().isEmpty();
    return none || (template != null && template.hasProfile()) ? null : own.profile();
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
