package dev.flamepool.closure;

import java.security.Key;
import java.security.KeyRep;
import java.security.PrivateKey;
import java.security.cert.CertPath;
import java.security.cert.Certificate;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Keys that are secret: they leave a process only where somebody allowed their kind by name,
 * whatever class they are of. Public keys and certificates are values like others.
 */
final class Keys {
  private static final @Nullable Invoker RESOLVE = Immutables.readResolve(KeyRep.class.getName());

  private Keys() {}

  /** What has to be allowed for it, PrivateKey or SecretKey; null if it is no secret. */
  static @Nullable Class<?> secret(Object o) {
    return o instanceof KeyRep rep ? ofStandIn(rep) : kind(o);
  }

  /**
   * Whether it is a key or a certificate of anybody's. What a stream holds is another class, which
   * makes it: of this one's own form nothing is read.
   */
  static boolean isOne(Class<?> c) {
    return Key.class.isAssignableFrom(c)
        || Certificate.class.isAssignableFrom(c)
        || CertPath.class.isAssignableFrom(c);
  }

  private static @Nullable Class<?> kind(Object o) {
    return o instanceof PrivateKey
        ? PrivateKey.class
        : o instanceof SecretKey ? SecretKey.class : null;
  }

  /** What keys put in their place in a Java stream; one that cannot be told is private. */
  private static @Nullable Class<?> ofStandIn(KeyRep rep) {
    if (RESOLVE == null) {
      return PrivateKey.class;
    }
    try {
      Object key = RESOLVE.call(rep);
      return key == null ? PrivateKey.class : kind(key);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      return PrivateKey.class;
    }
  }
}
