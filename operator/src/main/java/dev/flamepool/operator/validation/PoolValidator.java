package dev.flamepool.operator.validation;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.Durations;
import dev.flamepool.api.EnvVar;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.api.Names;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The one validator of pools. Every finding names the field, the value and the remedy. Pure. */
public final class PoolValidator {
  private static final int MAX_NAME = 40;
  private static final int MAX_RUNNERS = 200;
  private static final int MAX_CONCURRENCY = 10_000;
  private static final int MAX_BACKENDS = 8;
  private static final int MAX_ENV = 100;
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final List<String> findings = new ArrayList<>();

  private PoolValidator() {}

  /** What is wrong with a pool; empty when nothing is. */
  public static Optional<String> validate(FlamePool pool) {
    PoolValidator validator = new PoolValidator();
    if (pool.getSpec() == null) {
      return Optional.of("spec: is missing; give at least an empty one");
    }
    validator.name(pool.getMetadata().getName());
    validator.sizes(pool.getSpec());
    validator.durations(pool.getSpec());
    validator.env(pool.getSpec().env());
    validator.backends(pool.getSpec().backends());
    return validator.findings.isEmpty()
        ? Optional.empty()
        : Optional.of(String.join("; ", validator.findings));
  }

  private void name(String name) {
    if (name.length() > MAX_NAME || !LABEL.matcher(name).matches()) {
      findings.add(
          "metadata.name: '"
              + name
              + "' must be a DNS label of at most "
              + MAX_NAME
              + " characters (lower case letters, digits and '-')");
    }
  }

  private void sizes(FlamePoolSpec spec) {
    range("spec.min", spec.min(), 0, MAX_RUNNERS);
    range("spec.max", spec.max(), 0, MAX_RUNNERS);
    range("spec.maxConcurrency", spec.maxConcurrency(), 1, MAX_CONCURRENCY);
    if (spec.minOrDefault() > spec.maxOrDefault()) {
      findings.add(
          "spec.min: "
              + spec.minOrDefault()
              + " exceeds spec.max "
              + spec.maxOrDefault()
              + "; lower min or raise max");
    }
    if (spec.isSingleUse() && spec.maxConcurrency() != null && spec.maxConcurrency() != 1) {
      findings.add(
          "spec.maxConcurrency: "
              + spec.maxConcurrency()
              + " does not fit singleUse, which implies 1; leave it out or set it to 1");
    }
    if (spec.runner() != null) {
      range("spec.runner.port", spec.runner().port(), 1, 65_535);
    }
  }

  private void durations(FlamePoolSpec spec) {
    orNever("spec.timeout", spec.timeout());
    ending("spec.bootTimeout", spec.bootTimeout());
    ending("spec.shutdownTimeout", spec.shutdownTimeout());
    ending("spec.drainTimeout", spec.drainTimeout());
    orNever("spec.idleShutdownAfter", spec.idleShutdownAfter());
    orNever("spec.minIdleShutdownAfter", spec.minIdleShutdownAfter());
    ending("spec.orphanAfter", spec.orphanAfter());
    orNever("spec.maxLifetime", spec.maxLifetime());
  }

  private void env(@Nullable List<EnvVar> env) {
    if (env == null) {
      return;
    }
    if (env.size() > MAX_ENV) {
      findings.add("spec.env: " + env.size() + " variables; at most " + MAX_ENV + " are allowed");
    }
    findings.addAll(References.check("spec.env", env));
    for (EnvVar variable : env) {
      if (variable.name() == null || !VARIABLE.matcher(variable.name()).matches()) {
        findings.add(
            "spec.env: '"
                + variable.name()
                + "' is no name of a variable; use letters, digits and '_'");
      } else if (Names.RESERVED_ENV.contains(variable.name())) {
        findings.add("spec.env: " + variable.name() + " is set by the operator; remove it");
      } else if (Names.CODE_VERSION_ENV.equals(variable.name())
          && variable.value() != null
          && variable.value().trim().length() > Names.MAX_CODE_VERSION) {
        findings.add(
            "spec.env: "
                + variable.name()
                + " has "
                + variable.value().trim().length()
                + " characters; give at most "
                + Names.MAX_CODE_VERSION
                + ", such as a hash of it");
      } else if (variable.value() != null && variable.valueFrom() != null) {
        findings.add("spec.env: " + variable.name() + " has value and valueFrom; give one of them");
      } else if (variable.valueFrom() != null
          && (variable.valueFrom().secretKeyRef() == null
              || variable.valueFrom().secretKeyRef().name() == null
              || variable.valueFrom().secretKeyRef().key() == null)) {
        findings.add(
            "spec.env: " + variable.name() + ".valueFrom needs secretKeyRef with name and key");
      }
    }
  }

  private void backends(@Nullable List<BackendEntry> backends) {
    if (backends == null) {
      return;
    }
    if (backends.size() > MAX_BACKENDS) {
      findings.add("spec.backends: " + backends.size() + " entries; at most " + MAX_BACKENDS);
    }
    Set<String> names = new HashSet<>();
    for (BackendEntry entry : backends) {
      if (entry.name() == null || !LABEL.matcher(entry.name()).matches()) {
        findings.add(
            "spec.backends: name '"
                + entry.name()
                + "' is no DNS label (lower case letters,"
                + " digits and '-')");
      } else if (!names.add(entry.name())) {
        findings.add("spec.backends: name '" + entry.name() + "' is given twice; rename one");
      }
      findings.addAll(BackendRules.check("spec.backends[" + entry.name() + "]", entry));
    }
  }

  private void range(String field, @Nullable Integer value, int least, int most) {
    if (value != null && (value < least || value > most)) {
      findings.add(field + ": " + value + " is out of range; give " + least + " to " + most);
    }
  }

  private void orNever(String field, @Nullable String text) {
    if (text != null) {
      parsed(() -> Durations.parseOrNever(field, text));
    }
  }

  private void ending(String field, @Nullable String text) {
    if (text != null) {
      parsed(() -> Durations.parse(field, text));
    }
  }

  private void parsed(Runnable parse) {
    try {
      parse.run();
    } catch (IllegalArgumentException e) {
      findings.add(e.getMessage());
    }
  }
}
