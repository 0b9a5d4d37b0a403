package dev.flamepool.operator.credentials;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A pool's certificate authority: P-256, signs runners', callers' and the operator's certificates.
 * Immutable; never prints its key.
 */
final class Authority {
  private static final Duration LIFETIME = Duration.ofDays(3653);

  /**
   * Clocks of hosts differ, and are set right; a certificate must be valid where it is used first,
   * and after that.
   */
  private static final Duration BACKDATED = Duration.ofHours(1);

  private static final String SIGNATURE = "SHA256withECDSA";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final X509Certificate certificate;
  private final PrivateKey key;

  private Authority(X509Certificate certificate, PrivateKey key) {
    this.certificate = certificate;
    this.key = key;
  }

  /** A new authority, valid for ten years. */
  static Authority create(String poolUid, Instant now) {
    try {
      KeyPair pair = keyPair();
      X500Principal name = new X500Principal("CN=flamepool " + poolUid);
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
                  name, serial(), from(now), Date.from(now.plus(LIFETIME)), name, pair.getPublic())
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign))
              .addExtension(
                  Extension.subjectKeyIdentifier,
                  false,
                  new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
      return new Authority(signed(builder, pair.getPrivate()), pair.getPrivate());
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw new IllegalStateException("this JVM cannot make a P-256 authority", e);
    }
  }

  /** Reads back what {@link #certificate} and {@link #encodedKey} gave. */
  static Authority of(byte[] certificate, byte[] key) throws GeneralSecurityException {
    return new Authority(
        IssuedIdentity.certificate(certificate),
        KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)));
  }

  X509Certificate certificate() {
    return certificate;
  }

  /** PKCS8 DER. A secret. */
  byte[] encodedKey() {
    return key.getEncoded();
  }

  /** Only who has this key can make it. */
  Seal seal() {
    return new Seal(encodedKey());
  }

  /** A new key with a certificate for one DNS name, never valid for longer than the authority. */
  IssuedIdentity issue(Profile profile, String dnsName, Instant now) {
    return issue(profile, dnsName, now, profile.lifetime);
  }

  /** The same with a life of its own. */
  IssuedIdentity issue(Profile profile, String dnsName, Instant now, Duration lifetime) {
    try {
      KeyPair pair = keyPair();
      JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
      Instant end = now.plus(lifetime);
      Instant last = certificate.getNotAfter().toInstant();
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
                  certificate,
                  serial(),
                  from(now),
                  Date.from(end.isBefore(last) ? end : last),
                  new X500Principal("CN=" + dnsName),
                  pair.getPublic())
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(profile.usage()))
              .addExtension(
                  Extension.subjectAlternativeName,
                  false,
                  new GeneralNames(new GeneralName(GeneralName.dNSName, dnsName)))
              .addExtension(
                  Extension.authorityKeyIdentifier,
                  false,
                  ids.createAuthorityKeyIdentifier(certificate.getPublicKey()));
      return new IssuedIdentity(certificate, signed(builder, key), pair.getPrivate());
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw new IllegalStateException("this JVM cannot make a P-256 certificate", e);
    }
  }

  private static X509Certificate signed(X509v3CertificateBuilder builder, PrivateKey key)
      throws OperatorCreationException, GeneralSecurityException {
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(key)));
  }

  private static KeyPair keyPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    return generator.generateKeyPair();
  }

  private static BigInteger serial() {
    return new BigInteger(127, RANDOM).setBit(126);
  }

  private static Date from(Instant now) {
    return Date.from(now.minus(BACKDATED));
  }

  @Override
  public String toString() {
    return "Authority[" + certificate.getSubjectX500Principal() + "]";
  }
}
