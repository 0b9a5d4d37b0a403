package dev.flamepool.operator.control;

import dev.flamepool.operator.credentials.Credentials;
import dev.flamepool.wire.Identity;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The operator's identity per pool, read anew only when its certificate was renewed. */
final class Identities {
  private record Cached(ByteBuffer certificate, Identity identity) {}

  private final Credentials credentials;
  private final Map<String, Cached> byPool = new ConcurrentHashMap<>();

  Identities(Credentials credentials) {
    this.credentials = credentials;
  }

  Identity of(String poolUid) throws GeneralSecurityException {
    Map<String, byte[]> files = credentials.operatorIdentity(poolUid);
    ByteBuffer certificate = ByteBuffer.wrap(files.get(Identity.CERTIFICATE_FILE));
    Cached cached = byPool.get(poolUid);
    if (cached == null || !cached.certificate().equals(certificate)) {
      cached = new Cached(certificate, Identity.of(files));
      byPool.put(poolUid, cached);
    }
    return cached.identity();
  }

  /** The one of the authority before, for runners that know no other. */
  Optional<Identity> former(String poolUid) throws GeneralSecurityException {
    Optional<Map<String, byte[]>> files = credentials.formerOperatorIdentity(poolUid);
    return files.isEmpty() ? Optional.empty() : Optional.of(Identity.of(files.get()));
  }

  void forget(String poolUid) {
    byPool.remove(poolUid);
  }
}
