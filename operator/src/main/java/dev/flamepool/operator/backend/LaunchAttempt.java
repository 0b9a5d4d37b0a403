package dev.flamepool.operator.backend;

import dev.flamepool.api.BackendEntry;

/**
 * Everything one launch needs, all of it from stored state so that a replay is byte for byte the
 * same.
 *
 * @param key the machine's key
 * @param token idempotency token, from uid and attempt
 * @param offering region, zone or type to use; empty where the backend has only one
 * @param entry the runner's backend entry, one kind, FlameBackend merged in
 * @param boot what the runner is given; holds secrets, never log it
 */
public record LaunchAttempt(
    MachineKey key, String token, String offering, BackendEntry entry, Boot boot) {
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
