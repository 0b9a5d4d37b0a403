package dev.flamepool.operator.runner;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.api.EnvVar;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.Names;
import dev.flamepool.api.SecretKeyRef;
import dev.flamepool.operator.cluster.ClusterApi;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The environment of a runner with the values of Secrets filled in. Goes into the boot Secret and
 * nowhere else; nothing is inherited from operator or application.
 */
final class Environment {
  private final ClusterApi api;

  Environment(ClusterApi api) {
    this.api = api;
  }

  /**
   * Resolves what the pool gives. Reserved names are left out: validation refuses them, and the
   * operator's own values must win whatever happens.
   */
  Map<String, String> resolve(FlameRunner runner) throws MissingSecretException {
    String namespace = runner.getMetadata().getNamespace();
    Map<String, Optional<Secret>> secrets = new HashMap<>();
    Map<String, String> values = new TreeMap<>();
    List<EnvVar> env = runner.getSpec().env() == null ? List.of() : runner.getSpec().env();
    for (EnvVar variable : env) {
      if (Names.RESERVED_ENV.contains(variable.name())) {
        continue;
      }
      if (variable.valueFrom() == null) {
        values.put(variable.name(), variable.value() == null ? "" : variable.value());
      } else {
        SecretKeyRef ref = variable.valueFrom().secretKeyRef();
        Optional<Secret> secret =
            secrets.computeIfAbsent(ref.name(), name -> api.secret(namespace, name));
        values.put(variable.name(), value(variable.name(), ref, secret, namespace));
      }
    }
    String version = values.getOrDefault(Names.CODE_VERSION_ENV, "").trim();
    if (version.length() > Names.MAX_CODE_VERSION) {
      throw new MissingSecretException(
          "env %s: has %d characters; give at most %d, such as a hash of it"
              .formatted(Names.CODE_VERSION_ENV, version.length(), Names.MAX_CODE_VERSION));
    }
    return values;
  }

  /** The variables whose values come from Secrets. */
  static Set<String> secret(FlameRunner runner) {
    if (runner.getSpec().env() == null) {
      return Set.of();
    }
    TreeSet<String> names = new TreeSet<>();
    runner.getSpec().env().stream()
        .filter(variable -> variable.valueFrom() != null)
        .filter(variable -> !Names.RESERVED_ENV.contains(variable.name()))
        .forEach(variable -> names.add(variable.name()));
    return names;
  }

  private static String value(
      String variable, SecretKeyRef ref, Optional<Secret> secret, String namespace)
      throws MissingSecretException {
    if (secret.isEmpty()) {
      throw new MissingSecretException(
          "env "
              + variable
              + ": there is no Secret "
              + ref.name()
              + " in namespace "
              + namespace
              + "; create it or change valueFrom.secretKeyRef.name");
    }
    Map<String, String> data = secret.get().getData();
    String encoded = data == null ? null : data.get(ref.key());
    if (encoded == null) {
      throw new MissingSecretException(
          "env "
              + variable
              + ": Secret "
              + ref.name()
              + " has no key "
              + ref.key()
              + "; add it or change valueFrom.secretKeyRef.key");
    }
    return new String(Base64.getDecoder().decode(encoded), UTF_8);
  }
}
