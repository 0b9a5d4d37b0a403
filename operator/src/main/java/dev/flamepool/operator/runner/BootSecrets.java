package dev.flamepool.operator.runner;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.Names;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.Digests;
import dev.flamepool.operator.cluster.Json;
import dev.flamepool.operator.cluster.StaleException;
import dev.flamepool.operator.credentials.Credentials;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Everything one launch attempt needs, fixed before the backend is called, so that a replay is byte
 * for byte the same (DESIGN sections 2 and 3). An attempt's Secret is immutable and owned by its
 * runner.
 */
final class BootSecrets {
  private static final String ENV = "env.json";
  private static final String REQUEST = "request.json";

  private final ClusterApi api;
  private final Credentials credentials;
  private final Environment environment;

  BootSecrets(ClusterApi api, Credentials credentials) {
    this.api = api;
    this.credentials = credentials;
    this.environment = new Environment(api);
  }

  /** The Secret of an attempt that this runner owns. */
  Optional<Secret> read(FlameRunner runner, int attempt) {
    return find(runner, attempt).filter(secret -> owned(secret, runner));
  }

  /**
   * Makes the Secret of an attempt, or reads it back if it was made before: then its content is
   * what counts, not what would be written now.
   */
  Secret prepare(
      FlameRunner runner,
      MachineKey key,
      String offering,
      FlamePoolSpec pool,
      RunnerBackend backend)
      throws MissingSecretException, BackendException {
    Optional<Secret> made = find(runner, key.attempt());
    if (made.isEmpty()) {
      made = api.create(compose(runner, key, offering, pool, backend));
      if (made.isEmpty()) {
        made = find(runner, key.attempt());
      }
    }
    Secret secret = made.orElseThrow(() -> stale(runner, "vanished"));
    if (!owned(secret, runner)) {
      if (!exists(runner)) {
        throw stale(runner, "is a later runner's"); // this one was looked after for too long
      }
      api.delete(secret); // of an earlier runner with this ordinal
      throw stale(runner, "was an earlier runner's");
    }
    return secret;
  }

  /** What the backend is asked for, exactly as it was fixed. */
  static LaunchAttempt attempt(MachineKey key, Secret secret) {
    Map<String, byte[]> content = content(secret);
    Request request = Json.value(Json.read(content.get(REQUEST)), Request.class);
    return new LaunchAttempt(
        key,
        request.token(),
        request.offering(),
        request.entry(),
        content,
        request.secretEnv() == null ? Set.of() : request.secretEnv());
  }

  /** Fingerprint of the content. */
  static String sha256(Secret secret) {
    StringBuilder all = new StringBuilder();
    new TreeMap<>(secret.getData())
        .forEach((key, value) -> all.append(key).append('=').append(value).append('\n'));
    return Digests.sha256(all.toString());
  }

  /** Removes the Secret of an attempt that is over. */
  void remove(FlameRunner runner, int attempt) {
    read(runner, attempt).ifPresent(api::delete);
  }

  private boolean exists(FlameRunner runner) {
    return api.runner(runner.getMetadata().getNamespace(), runner.getMetadata().getName())
        .filter(now -> now.getMetadata().getUid().equals(runner.getMetadata().getUid()))
        .isPresent();
  }

  private Optional<Secret> find(FlameRunner runner, int attempt) {
    return api.secret(
        runner.getMetadata().getNamespace(),
        Names.bootSecret(runner.getMetadata().getName(), attempt));
  }

  private Secret compose(
      FlameRunner runner,
      MachineKey key,
      String offering,
      FlamePoolSpec pool,
      RunnerBackend backend)
      throws MissingSecretException, BackendException {
    String uid = runner.getMetadata().getUid();
    Map<String, String> env = new TreeMap<>(environment.resolve(runner));
    env.put("FLAME_PARENT", ParentVariable.encode(runner, pool));
    env.put("FLAME_POOL", runner.getSpec().pool());
    env.put("FLAME_RUNNER", runner.getMetadata().getName());
    Request request =
        new Request(
            Digests.sha256(key.installation() + "/" + uid + "/" + key.attempt()).substring(0, 32),
            offering,
            runner.getSpec().backend(),
            Environment.secret(runner));
    Map<String, byte[]> content =
        new TreeMap<>(
            credentials.runnerIdentity(
                runner.getSpec().poolUid(), uid, Lifetime.ofCertificate(runner.getSpec())));
    content.putAll(backend.prepare(key, runner.getSpec().backend(), offering));
    if (backend.readsBootSecret() && request.secretEnv() != null) {
      request
          .secretEnv()
          .forEach(
              name -> content.put(LaunchAttempt.ENV_KEY + name, env.get(name).getBytes(UTF_8)));
    }
    content.put(ENV, Json.text(env).getBytes(UTF_8));
    content.put(REQUEST, Json.text(request).getBytes(UTF_8));
    Map<String, String> data = new TreeMap<>();
    content.forEach((name, bytes) -> data.put(name, Base64.getEncoder().encodeToString(bytes)));
    return new SecretBuilder()
        .withNewMetadata()
        .withName(Names.bootSecret(runner.getMetadata().getName(), key.attempt()))
        .withNamespace(runner.getMetadata().getNamespace())
        .addToLabels(Names.POOL_LABEL, runner.getSpec().pool())
        .withOwnerReferences(owner(runner))
        .endMetadata()
        .withType("Opaque")
        .withImmutable(true)
        .withData(data)
        .build();
  }

  private static OwnerReference owner(FlameRunner runner) {
    return new OwnerReferenceBuilder()
        .withApiVersion(runner.getApiVersion())
        .withKind(runner.getKind())
        .withName(runner.getMetadata().getName())
        .withUid(runner.getMetadata().getUid())
        .build();
  }

  private static boolean owned(Secret secret, FlameRunner runner) {
    return secret.getMetadata().getOwnerReferences().stream()
        .anyMatch(owner -> owner.getUid().equals(runner.getMetadata().getUid()));
  }

  private static Map<String, byte[]> content(Secret secret) {
    Map<String, byte[]> content = new TreeMap<>();
    secret.getData().forEach((name, text) -> content.put(name, Base64.getDecoder().decode(text)));
    return content;
  }

  private static StaleException stale(FlameRunner runner, String what) {
    return new StaleException(
        "boot Secret of " + runner.getMetadata().getName() + " " + what, null);
  }
}
