package dev.flamepool.operator.backend;

import dev.flamepool.api.BackendKind;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What tenants log in to clouds with. The operator keeps a copy of what is in use, so that a
 * machine can be ended also when its tenant's Secret or whole namespace is gone (DESIGN section 2,
 * "Secrets"). Thread-safe; whatever the Kubernetes API throws passes through.
 */
public interface CloudCredentials {
  /**
   * What the tenant's Secret holds now; keeps a copy of it, before anything is made with it.
   *
   * @param account the tenant, its entry reduced to what a listing needs: tenants with equal ones
   *     share a copy
   * @param secret in the tenant's namespace
   * @param keys of that Secret to be copied, and no others
   * @return the values of those keys that the Secret has; empty when there is no such Secret
   */
  Map<String, String> open(Tenant account, String secret, Collection<String> keys);

  /** The values as copied; empty when there is no copy. */
  Optional<Map<String, String>> kept(Tenant account);

  /** All accounts of a kind of which there is a copy. */
  List<Tenant> accounts(BackendKind kind);

  /** Removes a copy. Only when no machine of that account may exist any more. */
  void forget(Tenant account);
}
