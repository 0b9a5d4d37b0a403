package dev.flamepool.operator.backend.fly;

import dev.flamepool.api.FlyBackend;
import dev.flamepool.api.SecretKeyRef;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.CloudCredentials;
import dev.flamepool.operator.backend.Endpoints;
import dev.flamepool.operator.backend.Tenant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Logs tenants in: with the token as their Secret has it now to make something, with the copy to
 * look after what was made, and with a new token once the copied one is refused.
 */
final class Sessions {
  /** Something that is done at Fly. */
  interface Work<T> {
    T with(Session session) throws FlyException, BackendException;
  }

  /** The key of the operator's own token in a copy. */
  private static final String OWN = "token";

  private final CloudCredentials credentials;
  private final Endpoints endpoints;
  private final Defaults defaults;

  Sessions(CloudCredentials credentials, Endpoints endpoints, Defaults defaults) {
    this.credentials = credentials;
    this.endpoints = endpoints;
    this.defaults = defaults;
  }

  /**
   * With the token as the tenant's Secret has it now, or the operator's own, copied before this
   * returns: a machine can be ended also by an operator that has no token of its own any more.
   */
  Session open(Tenant tenant) throws BackendException {
    FlyBackend fly = allowed(tenant);
    Optional<SecretKeyRef> secret = FlyOptions.secret(fly);
    if (secret.isEmpty()) {
      String own = defaults.token(tenant.namespace());
      credentials.keep(FlyOptions.account(tenant), Map.of(OWN, own));
      return Session.of(fly, own);
    }
    SecretKeyRef ref = secret.get();
    String token =
        credentials
            .open(FlyOptions.account(tenant), ref.name(), List.of(ref.key()))
            .getOrDefault(ref.key(), "");
    if (token.isBlank()) {
      throw new BackendException(
          Kind.CREDENTIALS,
          "fly.tokenSecretRef: namespace %s has no Secret %s with a token under the key %s; create it"
                  .formatted(tenant.namespace(), ref.name(), ref.key())
              + " from what `fly tokens create deploy` prints");
    }
    return Session.of(fly, token);
  }

  /** Does something with the copied token; once more with the tenant's if that is a newer one. */
  <T> T run(Tenant tenant, Work<T> work) throws BackendException {
    Session session = kept(tenant);
    try {
      return work.with(session);
    } catch (FlyException e) {
      if (e.meaning().kind() != Kind.CREDENTIALS) {
        throw e.forBackend();
      }
      Session newer = open(tenant);
      if (newer.token().header().equals(session.token().header())) {
        throw e.forBackend();
      }
      try {
        return work.with(newer);
      } catch (FlyException again) {
        throw again.forBackend();
      }
    }
  }

  private Session kept(Tenant tenant) throws BackendException {
    FlyBackend fly = allowed(tenant);
    String key = FlyOptions.secret(fly).map(SecretKeyRef::key).orElse(OWN);
    Optional<String> token =
        credentials
            .kept(FlyOptions.account(tenant))
            .map(values -> values.getOrDefault(key, ""))
            .filter(text -> !text.isBlank());
    return token.isPresent() ? Session.of(fly, token.get()) : open(tenant);
  }

  /** What was allowed when a machine was made may not be any more. */
  private FlyBackend allowed(Tenant tenant) throws BackendException {
    FlyBackend fly = tenant.entry().fly();
    if (fly == null) {
      throw new BackendException(Kind.CONFIGURATION, "the entry has no fly section");
    }
    if (!FlyOptions.isOwnHost(fly) && !endpoints.allows(FlyOptions.host(fly))) {
      throw new BackendException(
          Kind.CONFIGURATION,
          "fly.host: %s is not allowed; start the operator with --allow-endpoints %s"
              .formatted(FlyOptions.host(fly), FlyOptions.host(fly)));
    }
    return fly;
  }
}
