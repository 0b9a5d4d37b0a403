package dev.flamepool.wire;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/**
 * Own certificate and key, and the pool's authority: who we are and whom we believe. Immutable;
 * never prints its key.
 */
public final class Identity {
  /**
   * Reads DER.
   *
   * @param ca X.509 certificate of the pool's authority, the only trust anchor
   * @param cert own X.509 certificate
   * @param key own private key, PKCS8, of the certificate's algorithm (EC P-256)
   * @throws GeneralSecurityException if one of them is malformed or the key's algorithm does not
   *     fit
   */
  public static Identity of(byte[] ca, byte[] cert, byte[] key) throws GeneralSecurityException {
    return Pending.yet();
  }

  /** Reads {@code ca.der}, {@code cert.der} and {@code key.pk8} from a folder. */
  public static Identity fromFolder(Path folder) throws IOException, GeneralSecurityException {
    return Pending.yet();
  }
}
