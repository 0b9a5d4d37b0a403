package dev.flamepool.operator.backend.fly;

import dev.flamepool.api.FlyBackend;
import dev.flamepool.api.SecretKeyRef;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.CloudCredentials;
import dev.flamepool.operator.backend.Endpoints;
import dev.flamepool.operator.backend.Tenant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
      Map<String, String> own = Map.of(OWN, defaults.token(tenant.namespace()));
      credentials.keep(FlyOptions.account(tenant), own);
      return Session.of(fly, OWN, own);
    }
    SecretKeyRef ref = secret.get();
    Map<String, String> values =
        credentials.open(FlyOptions.account(tenant), ref.name(), List.of(ref.key()));
    if (values.getOrDefault(ref.key(), "").isBlank()) {
      throw new BackendException(
          Kind.CREDENTIALS,
          "fly.tokenSecretRef: namespace %s has no Secret %s with a token under the key %s; create it"
                  .formatted(tenant.namespace(), ref.name(), ref.key())
              + " from what `fly tokens create deploy` prints");
    }
    return Session.of(fly, ref.key(), values);
  }

  /** Something was done in a session. */
  void worked(Tenant tenant, Session session) {
    credentials.worked(FlyOptions.account(tenant), session.values());
  }

  /**
   * Does something with the copied tokens, the one that worked last first; once more with the
   * tenant's if that is a newer one.
   */
  <T> T run(Tenant tenant, Work<T> work) throws BackendException {
    List<Session> refused = new ArrayList<>();
    FlyException refusal = null;
    for (Session session : kept(tenant)) {
      try {
        return done(tenant, session, work);
      } catch (FlyException e) {
        refusal = demandRefusal(e);
        refused.add(session);
      }
    }
    Session newer = newer(tenant, refusal);
    if (refusal != null && refused.stream().anyMatch(one -> one.token().equals(newer.token()))) {
      throw refusal.forBackend();
    }
    try {
      return done(tenant, newer, work);
    } catch (FlyException e) {
      throw e.forBackend();
    }
  }

  private <T> T done(Tenant tenant, Session session, Work<T> work)
      throws FlyException, BackendException {
    T result = work.with(session);
    worked(tenant, session);
    return result;
  }

  /** Another token helps only against a refusal of this one. */
  private static FlyException demandRefusal(FlyException e) throws BackendException {
    if (e.meaning().kind() != Kind.CREDENTIALS) {
      throw e.forBackend();
    }
    return e;
  }

  /** Fly's refusal says more than that the tenant's Secret has gone, too. */
  private Session newer(Tenant tenant, @Nullable FlyException refusal) throws BackendException {
    try {
      return open(tenant);
    } catch (BackendException e) {
      throw refusal == null ? e : refusal.forBackend();
    }
  }

  private List<Session> kept(Tenant tenant) throws BackendException {
    FlyBackend fly = allowed(tenant);
    String key = FlyOptions.secret(fly).map(SecretKeyRef::key).orElse(OWN);
    return credentials.kept(FlyOptions.account(tenant)).stream()
        .filter(values -> !values.getOrDefault(key, "").isBlank())
        .map(values -> Session.of(fly, key, values))
        .toList();
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
