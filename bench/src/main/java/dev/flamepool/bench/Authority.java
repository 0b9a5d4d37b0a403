package dev.flamepool.bench;

import dev.flamepool.wire.Identity;
import dev.flamepool.wire.Role;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** The certificate authority that a pool has from its operator. */
final class Authority {
  private static final X500Name NAME = new X500Name("CN=bench");

  private final KeyPair keys = keys();
  private final byte[] certificate;

  Authority() throws Exception {
    X509v3CertificateBuilder builder = builder(NAME, keys);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    certificate = sign(builder);
  }

  /** Writes the files of a runner's identity. */
  void writeRunner(Path folder, String uid) throws Exception {
    write(folder, uid + ".runner.flame", KeyPurposeId.id_kp_serverAuth);
  }

  /** Writes the files of the callers' identity. */
  void writeCaller(Path folder) throws Exception {
    write(folder, Role.CALLER.dnsName(), KeyPurposeId.id_kp_clientAuth);
  }

  private void write(Path folder, String dnsName, KeyPurposeId usage) throws Exception {
    KeyPair own = keys();
    Files.createDirectories(folder);
    Files.write(folder.resolve(Identity.CA_FILE), certificate);
    Files.write(folder.resolve(Identity.CERTIFICATE_FILE), issue(own, dnsName, usage));
    Files.write(folder.resolve(Identity.KEY_FILE), own.getPrivate().getEncoded());
  }

  /** What the caller shows. */
  Identity caller() throws Exception {
    KeyPair own = keys();
    byte[] issued = issue(own, Role.CALLER.dnsName(), KeyPurposeId.id_kp_clientAuth);
    return Identity.of(certificate, issued, own.getPrivate().getEncoded());
  }

  private byte[] issue(KeyPair own, String dnsName, KeyPurposeId usage) throws Exception {
    X509v3CertificateBuilder builder = builder(new X500Name("CN=" + dnsName), own);
    builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(usage));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.dNSName, dnsName)));
    return sign(builder);
  }

  private static X509v3CertificateBuilder builder(X500Name subject, KeyPair own) {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        NAME,
        new BigInteger(64, new SecureRandom()).add(BigInteger.ONE),
        Date.from(now.minus(Duration.ofMinutes(5))),
        Date.from(now.plus(Duration.ofDays(1))),
        subject,
        own.getPublic());
  }

  private byte[] sign(X509v3CertificateBuilder builder)
      throws OperatorCreationException, IOException {
    return builder
        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
        .getEncoded();
  }

  private static KeyPair keys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }
}
