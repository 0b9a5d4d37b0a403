package dev.flamepool.operator.backend;

import dev.flamepool.api.BackendKind;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What tenants log in to clouds with. The operator keeps a copy of what is in use, so that a
 * machine can be ended also when its tenant's Secret or whole namespace is gone. Thread-safe;
 * whatever the Kubernetes API throws passes through.
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

  /**
   * Keeps what is no tenant's Secret: that an account is used with the operator's own credentials.
   */
  void keep(Tenant account, Map<String, String> values);

  /** These values of an account were accepted by its cloud. Never fails. */
  void worked(Tenant account, Map<String, String> values);

  /** Whether any values of an account were ever accepted by its cloud. */
  boolean haveWorked(Tenant account);

  /**
   * What there are copies of, in the order in which to try them: those that worked last, then newer
   * ones that have not worked yet, as whoever wrote them may have mistyped them.
   */
  List<Map<String, String>> kept(Tenant account);

  /** All accounts of a kind of which there is a copy. */
  List<Tenant> accounts(BackendKind kind);

  /** Removes a copy. Only when no machine of that account may exist any more. */
  void forget(Tenant account);
}
