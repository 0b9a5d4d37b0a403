package dev.flamepool.operator.credentials;

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
record Identity(X509Certificate ca, X509Certificate certificate, PrivateKey key) {
  static final String CA_FILE = "ca.der";
  static final String CERTIFICATE_FILE = "cert.der";
  static final String KEY_FILE = "key.pk8";

  /** As files: X.509 DER twice, PKCS8 DER. */
  Map<String, byte[]> files() {
    try {
      return Map.of(
          CA_FILE, ca.getEncoded(),
          CERTIFICATE_FILE, certificate.getEncoded(),
          KEY_FILE, key.getEncoded());
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
    return "Identity[" + certificate.getSubjectX500Principal() + "]";
  }
}
