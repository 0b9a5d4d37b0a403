package dev.flamepool.operator.backend;

import dev.flamepool.api.BackendEntry;
import java.util.Map;

/**
 * Everything one launch needs, all of it from stored state so that a replay is byte for byte the
 * same.
 *
 * @param key the machine's key
 * @param token idempotency token, from uid and attempt
 * @param offering region, zone or type to use; empty where the backend has only one
 * @param entry the runner's backend entry, one kind, FlameBackend merged in
 * @param boot the boot Secret's content by key; contains secrets, never log it
 */
public record LaunchAttempt(
    MachineKey key, String token, String offering, BackendEntry entry, Map<String, byte[]> boot) {
  @Override
  public String toString() {
    return "LaunchAttempt[" + key + ", offering=" + offering + "]";
  }
}
