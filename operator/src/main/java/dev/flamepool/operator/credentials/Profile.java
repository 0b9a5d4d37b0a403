package dev.flamepool.operator.credentials;

import java.time.Duration;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/** What a certificate may be used for, and how long it lives. */
enum Profile {
  /** Only to be a runner; how long is said for each. */
  RUNNER(true, Duration.ZERO),

  /** Only to call runners. */
  CALLER(false, Duration.ofDays(30)),
  /** Only to command them. */
  OPERATOR(false, Duration.ofDays(30));

  private final boolean server;
  final Duration lifetime;

  Profile(boolean server, Duration lifetime) {
    this.server = server;
    this.lifetime = lifetime;
  }

  /** The one extended key usage. */
  KeyPurposeId usage() {
    return server ? KeyPurposeId.id_kp_serverAuth : KeyPurposeId.id_kp_clientAuth;
  }
}
