package dev.flamepool.operator.credentials;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.Names;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Authorities in Secrets {@code flame-ca-<poolUid>} of the operator's namespace, callers'
 * certificates in Secrets {@code <pool>-client} of the pool's, with a Role {@code <pool>-caller}
 * for whoever may use them.
 *
 * <p>The clock is the time of day: certificates are read by others. It may be set forth and back.
 *
 * <p>An authority lives ten years, a runner's certificate as long as its runner may, the others 30
 * days; callers' and the operator's are renewed at half of that. Whoever deletes an authority's
 * Secret revokes all its certificates: a new one is made, and with it a new caller certificate.
 */
public final class PoolCredentials implements Credentials {
  /** How long a pool's Secrets are taken to be as they were: reconciles come more often. */
  private static final Duration TRUST = Duration.ofMinutes(1);

  private static final String CALLER = "caller.flame";
  private static final String OPERATOR = "operator.flame";
  private static final String RUNNER_SUFFIX = ".runner.flame";

  private final AuthoritySecrets authorities;
  private final CallerSecrets callers;
  private final CallerRoles roles;
  private final Clock clock;
  private final Map<String, Known> pools = new ConcurrentHashMap<>();

  /** What is known of a pool; guarded by itself. */
  private static final class Known {
    @Nullable Authority authority;
    @Nullable IssuedIdentity operator;
    @Nullable IssuedIdentity former;
    Instant checked = Instant.EPOCH;

    /** Not guarded: whoever hears of a deletion does not wait for requests. */
    volatile boolean doubtful;
  }

  /**
   * Credentials in a cluster.
   *
   * @param client stays the caller's to close
   * @param operatorNamespace where the authorities' keys lie
   */
  public PoolCredentials(KubernetesClient client, String operatorNamespace, Clock clock) {
    this.authorities = new AuthoritySecrets(client, operatorNamespace);
    this.callers = new CallerSecrets(client);
    this.roles = new CallerRoles(client);
    this.clock = clock;
  }

  /**
   * {@inheritDoc}
   *
   * @throws SecretConflictException if a Secret of that name belongs to somebody else
   */
  @Override
  public void ensure(FlamePool pool) {
    Known known = known(pool.getMetadata().getUid());
    synchronized (known) {
      Instant now = clock.instant();
      if (known.doubtful) {
        known.doubtful = false; // before it looks: what is deleted after that is doubtful again
        known.checked = Instant.EPOCH;
      }
      if (Duration.between(known.checked, now).abs().compareTo(TRUST) < 0) {
        return;
      }
      Authority authority = authorities.ensure(pool, now);
      become(known, authority, now);
      callers.ensure(pool, authority, () -> authority.issue(Profile.CALLER, CALLER, now), now);
      roles.ensure(pool);
      known.checked = now;
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws MissingAuthorityException if the pool has none now
   */
  @Override
  public Map<String, byte[]> runnerIdentity(String poolUid, String runnerUid, Duration lifetime) {
    Known known = known(poolUid);
    synchronized (known) {
      return authority(known, poolUid)
          .issue(Profile.RUNNER, runnerUid + RUNNER_SUFFIX, clock.instant(), lifetime)
          .files();
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws MissingAuthorityException if the pool has none now
   */
  @Override
  public Map<String, byte[]> operatorIdentity(String poolUid) {
    Known known = known(poolUid);
    synchronized (known) {
      Instant now = clock.instant();
      Authority authority = authority(known, poolUid);
      IssuedIdentity operator = known.operator;
      if (operator == null
          || operator.ageing(now)
          || !operator.ca().equals(authority.certificate())) {
        operator = authority.issue(Profile.OPERATOR, OPERATOR, now);
        known.operator = operator;
      }
      return operator.files();
    }
  }

  @Override
  public Optional<Map<String, byte[]>> formerOperatorIdentity(String poolUid) {
    Known known = pools.get(poolUid);
    if (known == null) {
      return Optional.empty();
    }
    synchronized (known) {
      return Optional.ofNullable(known.former).map(IssuedIdentity::files);
    }
  }

  @Override
  public void recheck(String poolUid) {
    Known known = pools.get(poolUid);
    if (known != null) {
      known.doubtful = true;
    }
  }

  private static void become(Known known, Authority authority, Instant now) {
    Authority before = known.authority;
    if (before != null && !before.certificate().equals(authority.certificate())) {
      known.former = before.issue(Profile.OPERATOR, OPERATOR, now);
    }
    known.authority = authority;
  }

  /**
   * {@inheritDoc}
   *
   * @throws MissingAuthorityException if the pool has none now
   */
  @Override
  public Seal seal(String poolUid) {
    Known known = known(poolUid);
    synchronized (known) {
      return authority(known, poolUid).seal();
    }
  }

  @Override
  public void forget(String poolUid) {
    Known known = known(poolUid);
    synchronized (known) {
      authorities.remove(poolUid);
      pools.remove(poolUid);
    }
  }

  private Authority authority(Known known, String poolUid) {
    Authority authority = known.authority;
    if (authority == null) {
      try {
        authority = authorities.read(poolUid);
      } catch (MissingAuthorityException e) {
        pools.remove(poolUid, known); // a pool that is gone, as somebody's FlameRunner may name one
        throw e;
      }
      known.authority = authority;
    }
    return authority;
  }

  private Known known(String poolUid) {
    return pools.computeIfAbsent(poolUid, uid -> new Known());
  }

  /** The label on every Secret, for people and for selectors. */
  static Map<String, String> labels(FlamePool pool) {
    return Map.of(Names.POOL_LABEL, pool.getMetadata().getName());
  }
}
