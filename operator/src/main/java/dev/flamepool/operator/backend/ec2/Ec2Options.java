package dev.flamepool.operator.backend.ec2;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.Ec2Backend;
import dev.flamepool.operator.backend.Endpoints;
import dev.flamepool.operator.backend.Tenant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The options of FlameEC2 with their defaults and rules. What that takes from the environment of
 * the parent (app, region) must be given, as the operator is not the parent; with {@code
 * autoConfigure} what is missing is known only later. Pure.
 */
final class Ec2Options {
  static final String METADATA = "http://169.254.169.254/latest/meta-data/";
  static final String TOKEN = "http://169.254.169.254/latest/api/token";
  static final String TYPE = "t3.nano";
  static final String TEMPLATE_VERSION = "$Default";

  private static final Pattern APP = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final Pattern REGION = Pattern.compile("[a-z]{2,}(-[a-z0-9]+)+");
  private static final Pattern OWN =
      Pattern.compile("https://ec2(\\.[a-z0-9-]+)?\\.(amazonaws\\.com(\\.cn)?|api\\.aws)");

  private Ec2Options() {}

  /** What is wrong with an entry, naming field, value and remedy. */
  static Optional<String> problem(BackendEntry entry, Endpoints endpoints) {
    Ec2Backend ec2 = entry.ec2();
    if (ec2 == null) {
      return Optional.of("the entry has no ec2 section");
    }
    if (ec2.app() == null || !APP.matcher(ec2.app()).matches()) {
      return Optional.of(
          ("ec2.app: '%s' is no name of an application; give the name of the start command in the"
                  + " bundle's bin folder: letters, digits, '.', '_' and '-'")
              .formatted(ec2.app() == null ? "" : ec2.app()));
    }
    Optional<String> bundle = Bundle.problem(ec2.s3BundleUrl());
    if (bundle.isPresent()) {
      return bundle;
    }
    if (ec2.region() != null && !REGION.matcher(ec2.region()).matches()) {
      return Optional.of(
          "ec2.region: '%s' is no region, such as eu-central-1".formatted(ec2.region()));
    }
    Optional<String> missing = isAuto(ec2) ? Optional.empty() : missing(ec2);
    if (missing.isPresent()) {
      return missing;
    }
    Optional<String> both =
        both("subnetId", ec2.subnetId(), "subnetIds", ec2.subnetIds())
            .or(
                () ->
                    both(
                        "securityGroupId",
                        ec2.securityGroupId(),
                        "securityGroupIds",
                        ec2.securityGroupIds()))
            .or(
                () ->
                    both("instanceType", ec2.instanceType(), "instanceTypes", ec2.instanceTypes()))
            .or(() -> both("imageId", ec2.imageId(), "imageIdParameter", ec2.imageIdParameter()));
    if (both.isPresent()) {
      return both;
    }
    Optional<String> tag =
        tags(ec2).keySet().stream()
            .filter(key -> key.startsWith(Ownership.PREFIX) || key.startsWith("aws:"))
            .findFirst();
    if (tag.isPresent()) {
      return Optional.of(
          "ec2.tags: %s is reserved; choose a key that begins neither with %s nor with aws:"
              .formatted(tag.get(), Ownership.PREFIX));
    }
    return endpoint("ec2ServiceEndpoint", endpoint(ec2), endpoints)
        .or(() -> endpoint("instanceMetadataUrl", metadata(ec2), endpoints))
        .or(() -> endpoint("instanceMetadataTokenUrl", token(ec2), endpoints));
  }

  private static Optional<String> missing(Ec2Backend ec2) {
    if (ec2.region() == null) {
      return Optional.of(
          "ec2.region: is missing; give the region of the instances, or autoConfigure: true");
    }
    if (!hasImage(ec2)) {
      return Optional.of(
          "ec2.imageId: is missing; give imageId, imageIdParameter or launchTemplateId, or"
              + " autoConfigure: true");
    }
    if (subnets(ec2).isEmpty()) {
      return Optional.of(
          "ec2.subnetId: is missing; give subnetId or subnetIds, or autoConfigure: true");
    }
    if (groups(ec2).isEmpty()) {
      return Optional.of(
          "ec2.securityGroupId: is missing; give securityGroupId or securityGroupIds, or"
              + " autoConfigure: true");
    }
    return Optional.empty();
  }

  private static Optional<String> both(
      String one, @Nullable Object first, String other, @Nullable Object second) {
    return first != null && second != null
        ? Optional.of("ec2: give %s or %s, not both".formatted(one, other))
        : Optional.empty();
  }

  private static Optional<String> endpoint(
      String option, Optional<String> url, Endpoints endpoints) {
    return url.filter(foreign -> !endpoints.allows(foreign))
        .map(
            foreign ->
                ("ec2.%s: %s is not allowed; start the operator with --allow-endpoints %s, or leave"
                        + " %s out")
                    .formatted(option, foreign, foreign, option));
  }

  /** Whether something is to be taken from the operator's own instance. */
  static boolean isAuto(Ec2Backend ec2) {
    return Boolean.TRUE.equals(ec2.autoConfigure());
  }

  /** Whether what the instance boots from is given. */
  static boolean hasImage(Ec2Backend ec2) {
    return ec2.imageId() != null
        || ec2.imageIdParameter() != null
        || ec2.launchTemplateId() != null;
  }

  /** In order of preference; empty when none is given. */
  static List<String> subnets(Ec2Backend ec2) {
    return oneOrMore(ec2.subnetId(), ec2.subnetIds());
  }

  /** Empty when none is given. */
  static List<String> groups(Ec2Backend ec2) {
    return oneOrMore(ec2.securityGroupId(), ec2.securityGroupIds());
  }

  /** In order of preference; empty when the template's or the operator's own is to be taken. */
  static List<String> types(Ec2Backend ec2) {
    List<String> given = oneOrMore(ec2.instanceType(), ec2.instanceTypes());
    boolean elsewhere = isAuto(ec2) || ec2.launchTemplateId() != null;
    return given.isEmpty() && !elsewhere ? List.of(TYPE) : given;
  }

  static Map<String, String> tags(Ec2Backend ec2) {
    return ec2.tags() == null ? Map.of() : ec2.tags();
  }

  /** The endpoint in place of AWS's own; empty for AWS's own, which may also be given by name. */
  static Optional<String> endpoint(Ec2Backend ec2) {
    return Optional.ofNullable(ec2.ec2ServiceEndpoint())
        .map(Endpoints::normal)
        .filter(url -> !OWN.matcher(url).matches());
  }

  /** Instance metadata that are not at their own address. */
  static Optional<String> metadata(Ec2Backend ec2) {
    return foreign(ec2.instanceMetadataUrl(), METADATA);
  }

  /** A source of metadata tokens that is not at its own address. */
  static Optional<String> token(Ec2Backend ec2) {
    return foreign(ec2.instanceMetadataTokenUrl(), TOKEN);
  }

  private static Optional<String> foreign(@Nullable String given, String own) {
    return Optional.ofNullable(given)
        .map(Endpoints::normal)
        .filter(url -> !url.equals(Endpoints.normal(own)));
  }

  /** Whether an entry says where the boot objects lie: one that only a listing knows does not. */
  static boolean hasBootBucket(@Nullable Ec2Backend ec2) {
    return ec2 != null && (ec2.bootBucket() != null || Bundle.problem(ec2.s3BundleUrl()).isEmpty());
  }

  /** The bucket of the boot objects. */
  static String bootBucket(Ec2Backend ec2) {
    return ec2.bootBucket() != null ? ec2.bootBucket() : Bundle.of(ec2.s3BundleUrl()).bucket();
  }

  /** The Secret with the credentials; empty for the operator's own. */
  static Optional<String> secret(Ec2Backend ec2) {
    return Optional.ofNullable(ec2.credentialsSecretRef()).map(Ec2Backend.SecretRef::name);
  }

  /** What a listing needs: the rest of the entry is of no account. */
  static Tenant account(Tenant tenant, String region) {
    Ec2Backend ec2 = tenant.entry().ec2();
    Ec2Backend reduced =
        new Ec2Backend(
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            region,
            null,
            null,
            null,
            null,
            null,
            ec2.credentialsSecretRef(),
            null,
            null,
            endpoint(ec2).orElse(null),
            null);
    return new Tenant(tenant.namespace(), new BackendEntry("ec2", null, null, reduced, null, null));
  }

  private static List<String> oneOrMore(@Nullable String one, @Nullable List<String> more) {
    return one != null ? List.of(one) : more == null ? List.of() : more;
  }
}
