package dev.flamepool.operator.credentials;

import dev.flamepool.api.FlamePool;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** Real authorities and certificates without a cluster; valid now, by the system's clock. */
public final class TestCredentials implements Credentials {
  private final Map<String, Authority> authorities = new ConcurrentHashMap<>();
  private final Map<String, Authority> former = new ConcurrentHashMap<>();

  private final AtomicReference<Error> next = new AtomicReference<>();

  private Authority authority(String poolUid) {
    return authorities.computeIfAbsent(poolUid, uid -> Authority.create(uid, Instant.now()));
  }

  @Override
  public void ensure(FlamePool pool) {
    authority(pool.getMetadata().getUid());
  }

  @Override
  public Map<String, byte[]> runnerIdentity(String poolUid, String runnerUid, Duration lifetime) {
    return authority(poolUid)
        .issue(Profile.RUNNER, runnerUid + ".runner.flame", Instant.now(), lifetime)
        .files();
  }

  /** The operator's identity cannot be had once. */
  public void failOnce(Error failure) {
    next.set(failure);
  }

  @Override
  public Map<String, byte[]> operatorIdentity(String poolUid) {
    Error failure = next.getAndSet(null);
    if (failure != null) {
      throw failure;
    }
    return authority(poolUid).issue(Profile.OPERATOR, "operator.flame", Instant.now()).files();
  }

  /** What lies in the Secret {@code <pool>-client}. */
  public Map<String, byte[]> callerIdentity(String poolUid) {
    return authority(poolUid).issue(Profile.CALLER, "caller.flame", Instant.now()).files();
  }

  /** The pool's authority is another from now on. */
  public void revoke(String poolUid) {
    former.put(poolUid, authority(poolUid));
    authorities.put(poolUid, Authority.create(poolUid, Instant.now()));
  }

  @Override
  public Optional<Map<String, byte[]>> formerOperatorIdentity(String poolUid) {
    return Optional.ofNullable(former.get(poolUid))
        .map(one -> one.issue(Profile.OPERATOR, "operator.flame", Instant.now()).files());
  }

  @Override
  public void recheck(String poolUid) {}

  @Override
  public Seal seal(String poolUid) {
    return authority(poolUid).seal();
  }

  @Override
  public void forget(String poolUid) {
    authorities.remove(poolUid);
  }
}
