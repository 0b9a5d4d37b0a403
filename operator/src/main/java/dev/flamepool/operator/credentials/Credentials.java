package dev.flamepool.operator.credentials;

import dev.flamepool.api.FlamePool;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * One certificate authority per pool; its key never leaves the operator's namespace.
 *
 * <p>Thread-safe. Everything is idempotent: after a crash the same call finds what the last one
 * made.
 */
public interface Credentials {
  /**
   * Makes sure that the pool's authority and the Secret {@code <pool>-client} exist and are not
   * near their end of life (renewed at half of it).
   */
  void ensure(FlamePool pool);

  /**
   * A new key and certificate for one launch attempt of a runner: {@code ca.der}, {@code cert.der},
   * {@code key.pk8}.
   *
   * @param poolUid which authority
   * @param runnerUid the SAN becomes {@code <uid>.runner.flame}
   * @param lifetime longer than the runner lives: it is never renewed
   */
  Map<String, byte[]> runnerIdentity(String poolUid, String runnerUid, Duration lifetime);

  /**
   * The operator's own key and certificate for control connections to a pool's runners; same keys.
   */
  Map<String, byte[]> operatorIdentity(String poolUid);

  /**
   * The pool's seal: the operator acts only on such objects in the pool's namespace as carry it. A
   * new authority has another.
   */
  Seal seal(String poolUid);

  /**
   * The operator's identity of the authority before this one, for runners that know only that;
   * empty if this process has known one authority only.
   */
  Optional<Map<String, byte[]>> formerOperatorIdentity(String poolUid);

  /** The pool's authority may be another now: the next {@link #ensure} looks. Does not block. */
  void recheck(String poolUid);

  /** Removes the pool's authority. Only after its last machine is gone. */
  void forget(String poolUid);
}
