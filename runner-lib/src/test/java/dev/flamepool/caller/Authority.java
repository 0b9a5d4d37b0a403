package dev.flamepool.caller;

import dev.flamepool.wire.Identity;
import dev.flamepool.wire.Role;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
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

/** A pool's certificate authority, as the operator would keep it. */
final class Authority {
  private static final X500Name NAME = new X500Name("CN=pool");

  private final KeyPair keys = keys();
  private final byte[] certificate;

  Authority() throws Exception {
    X509v3CertificateBuilder builder = builder(NAME, keys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    certificate = sign(builder);
  }

  /** The files of a runner's identity. */
  void writeRunner(Path folder, String uid) throws Exception {
    KeyPair own = keys();
    write(
        folder, issue(own.getPublic(), uid + ".runner.flame", KeyPurposeId.id_kp_serverAuth), own);
  }

  /** What is in the caller Secret. */
  Identity caller() throws Exception {
    KeyPair own = keys();
    byte[] issued = issue(own.getPublic(), Role.CALLER.dnsName(), KeyPurposeId.id_kp_clientAuth);
    return Identity.of(certificate, issued, own.getPrivate().getEncoded());
  }

  /** The data of the caller Secret. */
  Map<String, String> callerSecret() throws Exception {
    KeyPair own = keys();
    byte[] issued = issue(own.getPublic(), Role.CALLER.dnsName(), KeyPurposeId.id_kp_clientAuth);
    Base64.Encoder base64 = Base64.getEncoder();
    return Map.of(
        "ca.der", base64.encodeToString(certificate),
        "cert.der", base64.encodeToString(issued),
        "key.pk8", base64.encodeToString(own.getPrivate().getEncoded()));
  }

  private void write(Path folder, byte[] issued, KeyPair own) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("ca.der"), certificate);
    Files.write(folder.resolve("cert.der"), issued);
    PrivateKey key = own.getPrivate();
    Files.write(folder.resolve("key.pk8"), key.getEncoded());
  }

  private byte[] issue(PublicKey key, String dnsName, KeyPurposeId usage) throws Exception {
    X509v3CertificateBuilder builder = builder(new X500Name("CN=" + dnsName), key);
    builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(usage));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.dNSName, dnsName)));
    return sign(builder);
  }

  private static X509v3CertificateBuilder builder(X500Name subject, PublicKey key) {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        NAME,
        new BigInteger(64, new SecureRandom()).add(BigInteger.ONE),
        Date.from(now.minus(Duration.ofMinutes(5))),
        Date.from(now.plus(Duration.ofDays(1))),
        subject,
        key);
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
