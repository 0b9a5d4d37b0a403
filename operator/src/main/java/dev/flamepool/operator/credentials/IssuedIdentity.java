package dev.flamepool.operator.credentials;

import dev.flamepool.wire.Identity;
import java.io.ByteArrayInputStream;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * A certificate with its key and the authority it comes from.
 *
 * @param ca the authority's certificate
 * @param certificate the own one
 * @param key never printed
 */
record IssuedIdentity(X509Certificate ca, X509Certificate certificate, PrivateKey key) {
  /** As files: X.509 DER twice, PKCS8 DER. */
  Map<String, byte[]> files() {
    try {
      return Map.of(
          Identity.CA_FILE, ca.getEncoded(),
          Identity.CERTIFICATE_FILE, certificate.getEncoded(),
          Identity.KEY_FILE, key.getEncoded());
    } catch (CertificateException e) {
      throw new IllegalStateException("an own certificate cannot be encoded", e);
    }
  }

  /** Whether half of its life is over, or it was dated by a clock that was ahead. */
  boolean ageing(Instant now) {
    return ageing(certificate, now);
  }

  static boolean ageing(X509Certificate certificate, Instant now) {
    Instant from = certificate.getNotBefore().toInstant();
    Duration life = Duration.between(from, certificate.getNotAfter().toInstant());
    return now.isBefore(from) || now.isAfter(from.plus(life.dividedBy(2)));
  }

  static X509Certificate certificate(byte[] der) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  @Override
  public String toString() {
    return "IssuedIdentity[" + certificate.getSubjectX500Principal() + "]";
  }
}
