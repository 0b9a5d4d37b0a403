package dev.flamepool.operator.backend;

import dev.flamepool.api.BackendEntry;
import java.util.Map;
import java.util.Set;

/**
 * Everything one launch needs, all of it from stored state so that a replay is byte for byte the
 * same.
 *
 * @param key the machine's key
 * @param token idempotency token, from uid and attempt
 * @param offering region, zone or type to use; empty where the backend has only one
 * @param entry the runner's backend entry, one kind, FlameBackend merged in
 * @param boot the boot Secret's content by key; contains secrets, never log it
 * @param secretEnv names of the variables in {@code env.json} whose values come from Secrets: a
 *     backend must not put them where its API shows them
 */
public record LaunchAttempt(
    MachineKey key,
    String token,
    String offering,
    BackendEntry entry,
    Map<String, byte[]> boot,
    Set<String> secretEnv) {
  /** Prefix of the boot Secret's keys that hold one variable each. */
  public static final String ENV_KEY = "env.";

  /** An attempt without variables from Secrets. */
  public LaunchAttempt(
      MachineKey key, String token, String offering, BackendEntry entry, Map<String, byte[]> boot) {
    this(key, token, offering, entry, boot, Set.of());
  }

  /** The machine it makes. */
  public MachineRef ref() {
    return MachineRef.of(key, entry);
  }

  /** Whose launch it is. */
  public Tenant tenant() {
    return new Tenant(key.namespace(), entry);
  }

  @Override
  public String toString() {
    return "LaunchAttempt[" + key + ", offering=" + offering + "]";
  }
}
