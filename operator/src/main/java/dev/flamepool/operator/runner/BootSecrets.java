package dev.flamepool.operator.runner;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.Names;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.Digests;
import dev.flamepool.operator.cluster.Json;
import dev.flamepool.operator.cluster.StaleException;
import dev.flamepool.operator.credentials.Credentials;
import dev.flamepool.operator.credentials.MissingAuthorityException;
import dev.flamepool.operator.credentials.Seal;
import dev.flamepool.operator.credentials.SecretConflictException;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Everything one launch attempt needs, fixed before the backend is called, so that a replay is byte
 * for byte the same. An attempt's Secret is immutable, owned by its runner, with which Kubernetes
 * collects it, and sealed: one of that name that somebody else wrote is never read.
 */
final class BootSecrets {
  private static final String REQUEST = "request.json";

  private final ClusterApi api;
  private final Credentials credentials;
  private final Environment environment;

  BootSecrets(ClusterApi api, Credentials credentials) {
    this.api = api;
    this.credentials = credentials;
    this.environment = new Environment(api);
  }

  /**
   * The Secret of an attempt.
   *
   * @param isNew whether nobody had made it before
   */
  record Prepared(Secret secret, boolean isNew) {}

  /** The Secret of an attempt as an operator made it. */
  Optional<Secret> read(FlameRunner runner, int attempt) {
    return find(runner, attempt).filter(secret -> genuine(secret, runner, attempt));
  }

  /**
   * Makes the Secret of an attempt, or reads it back if it was made before: then its content is
   * what counts, not what would be written now.
   *
   * @param first whether it was most likely never made, and need not be looked for first
   * @throws SecretConflictException if somebody else has made one of that name
   */
  Prepared prepare(
      FlameRunner runner,
      MachineKey key,
      String offering,
      FlamePoolSpec pool,
      RunnerBackend backend,
      boolean first)
      throws MissingSecretException, BackendException {
    Optional<Secret> made = first ? Optional.empty() : find(runner, key.attempt());
    if (made.isEmpty()) {
      made = api.create(compose(runner, key, offering, pool, backend));
      if (made.isPresent()) {
        return new Prepared(made.get(), true);
      }
      made = find(runner, key.attempt());
    }
    Secret secret = made.orElseThrow(() -> vanished(runner));
    if (genuine(secret, runner, key.attempt())) {
      return new Prepared(secret, false);
    }
    throw new SecretConflictException(
        secret.getMetadata().getNamespace(),
        secret.getMetadata().getName(),
        "the operator, which starts nothing from it");
  }

  /** What the backend is asked for, exactly as it was fixed. */
  static LaunchAttempt attempt(FlameRunner runner, MachineKey key, Secret secret) {
    Map<String, byte[]> content = content(secret);
    Request request = Json.value(Json.read(content.get(REQUEST)), Request.class);
    return new LaunchAttempt(
        key,
        request.token(),
        request.offering(),
        runner.getSpec().backend(),
        new Boot(content, Environment.secret(runner)));
  }

  /** Fingerprint of the content. */
  static String sha256(Secret secret) {
    StringBuilder all = new StringBuilder();
    new TreeMap<>(secret.getData())
        .forEach((key, value) -> all.append(key).append('=').append(value).append('\n'));
    return Digests.sha256(all.toString());
  }

  private Optional<Secret> find(FlameRunner runner, int attempt) {
    return api.secret(runner.getMetadata().getNamespace(), name(runner, attempt));
  }

  private static String name(FlameRunner runner, int attempt) {
    return Names.bootSecret(runner.getMetadata().getName(), runner.getMetadata().getUid(), attempt);
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
    env.put("FLAME_POOL", runner.getSpec().pool());
    env.put("FLAME_RUNNER", runner.getMetadata().getName());
    Request request =
        new Request(
            Digests.sha256(key.installation() + "/" + uid + "/" + key.attempt()).substring(0, 32),
            offering);
    Map<String, byte[]> content =
        new TreeMap<>(
            credentials.runnerIdentity(
                runner.getSpec().poolUid(), uid, Lifetime.ofCertificate(runner.getSpec())));
    content.putAll(backend.prepare(key, runner.getSpec().backend(), offering));
    if (backend.readsBootSecret()) {
      Environment.secret(runner)
          .forEach(name -> content.put(Boot.ENV_KEY + name, env.get(name).getBytes(UTF_8)));
    }
    content.put(Boot.ENV_FILE, Boot.envFile(env, Parent.of(runner, pool)));
    content.put(REQUEST, Json.text(request).getBytes(UTF_8));
    Map<String, String> data = new TreeMap<>();
    content.forEach((name, bytes) -> data.put(name, Base64.getEncoder().encodeToString(bytes)));
    Secret secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName(name(runner, key.attempt()))
            .withNamespace(runner.getMetadata().getNamespace())
            .addToLabels(Names.POOL_LABEL, runner.getSpec().pool())
            .withOwnerReferences(owner(runner))
            .endMetadata()
            .withType("Opaque")
            .withImmutable(true)
            .withData(data)
            .build();
    seal(runner).put(secret, marked(secret, runner, key.attempt()));
    return secret;
  }

  private Seal seal(FlameRunner runner) {
    return credentials.seal(runner.getSpec().poolUid());
  }

  /** Whether an operator made it for this attempt; what cannot be known is not taken for it. */
  private boolean genuine(Secret secret, FlameRunner runner, int attempt) {
    try {
      return secret.getData() != null && seal(runner).isOn(secret, marked(secret, runner, attempt));
    } catch (MissingAuthorityException e) {
      return false;
    }
  }

  private static String[] marked(Secret secret, FlameRunner runner, int attempt) {
    return new String[] {
      "boot", runner.getMetadata().getUid(), String.valueOf(attempt), sha256(secret)
    };
  }

  private static OwnerReference owner(FlameRunner runner) {
    return new OwnerReferenceBuilder()
        .withApiVersion(runner.getApiVersion())
        .withKind(runner.getKind())
        .withName(runner.getMetadata().getName())
        .withUid(runner.getMetadata().getUid())
        .build();
  }

  private static Map<String, byte[]> content(Secret secret) {
    Map<String, byte[]> content = new TreeMap<>();
    secret.getData().forEach((name, text) -> content.put(name, Base64.getDecoder().decode(text)));
    return content;
  }

  private static StaleException vanished(FlameRunner runner) {
    return new StaleException(
        "boot Secret of " + runner.getMetadata().getName() + " vanished", null);
  }
}
