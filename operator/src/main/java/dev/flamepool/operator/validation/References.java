package dev.flamepool.operator.validation;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.DnsNames;
import dev.flamepool.api.Ec2Backend;
import dev.flamepool.api.EnvVar;
import dev.flamepool.api.FlyBackend;
import dev.flamepool.api.SecretKeyRef;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names in a backend entry and an environment that become part of a URL: what nothing can be
 * called is found here, before anything is asked for it. Pure.
 */
public final class References {
  private static final String SUBDOMAIN =
      "; use lower case letters, digits, '-' and '.', as %s's name has them";

  /** A region is part of a host's name. */
  private static final Pattern REGION = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

  private final List<String> findings = new ArrayList<>();

  private References() {}

  /** What is wrong with the names of an entry; each finding has field, value and remedy. */
  public static List<String> check(String at, BackendEntry entry) {
    References references = new References();
    references.subdomain(at + ".ref", entry.ref(), "a FlameBackend");
    references.cloud(at, entry);
    if (entry.pod() != null) {
      if (entry.pod().runnerFrom() != null) {
        references.subdomain(
            at + ".pod.runnerFrom.deployment",
            entry.pod().runnerFrom().deployment(),
            "a Deployment");
      }
      references.name(
          at + ".pod.container",
          entry.pod().container(),
          DnsNames::isLabel,
          "is no name of a container; use lower case letters, digits and '-'");
    }
    return references.findings;
  }

  /** What is wrong with the names of Secrets and keys in an environment. */
  public static List<String> check(String at, @Nullable List<EnvVar> env) {
    References references = new References();
    if (env != null) {
      for (EnvVar variable : env) {
        if (variable.valueFrom() != null) {
          references.secret(
              at + "[" + variable.name() + "].valueFrom.secretKeyRef",
              variable.valueFrom().secretKeyRef());
        }
      }
    }
    return references.findings;
  }

  /**
   * Whether no machine can ever have been made from an entry: what it names cannot exist, and
   * without that nothing is asked for.
   */
  public static boolean areImpossible(BackendEntry entry) {
    References references = new References();
    references.cloud("", entry);
    return !references.findings.isEmpty();
  }

  private void cloud(String at, BackendEntry entry) {
    FlyBackend fly = entry.fly();
    if (fly != null) {
      name(
          at + ".fly.app",
          fly.app(),
          DnsNames::isLabel,
          "is no name of a Fly app; use lower case letters, digits and '-'");
      secret(at + ".fly.tokenSecretRef", fly.tokenSecretRef());
    }
    Ec2Backend ec2 = entry.ec2();
    if (ec2 != null) {
      name(
          at + ".ec2.region",
          ec2.region(),
          region -> REGION.matcher(region).matches(),
          "is no region, such as eu-central-1");
      if (ec2.credentialsSecretRef() != null) {
        subdomain(
            at + ".ec2.credentialsSecretRef.name", ec2.credentialsSecretRef().name(), "a Secret");
      }
    }
  }

  private void secret(String at, @Nullable SecretKeyRef ref) {
    if (ref != null) {
      subdomain(at + ".name", ref.name(), "a Secret");
      name(
          at + ".key",
          ref.key(),
          DnsNames::isKey,
          "is no key of a Secret; use letters, digits, '-', '_' and '.'");
    }
  }

  private void subdomain(String field, @Nullable String name, String what) {
    name(field, name, DnsNames::isSubdomain, "is no name of " + what + SUBDOMAIN.formatted(what));
  }

  /** What is missing is told elsewhere. */
  private void name(String field, @Nullable String value, Predicate<String> fits, String wrong) {
    if (value != null && !fits.test(value)) {
      findings.add(field + ": '" + value + "' " + wrong);
    }
  }
}
