package dev.flamepool.wire;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A pool's authority for tests: mints what the operator mints. */
public final class Certificates {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final KeyPair key = pair();
  private final X500Name name = new X500Name("CN=test pool");
  private final byte[] der = sign(name, key, null, null);

  private static KeyPair pair() {
    try {
      KeyPairGenerator g = KeyPairGenerator.getInstance("EC");
      g.initialize(new ECGenParameterSpec("secp256r1"));
      return g.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] sign(X500Name subject, KeyPair of, String san, KeyPurposeId usage) {
    return sign(subject, of, san, usage, Instant.now().plusSeconds(3_600));
  }

  private byte[] sign(X500Name subject, KeyPair of, String san, KeyPurposeId usage, Instant until) {
    JcaX509v3CertificateBuilder b =
        new JcaX509v3CertificateBuilder(
            name,
            new BigInteger(64, RANDOM).add(BigInteger.ONE),
            Date.from(Instant.now().minusSeconds(60)),
            Date.from(until),
            subject,
            of.getPublic());
    try {
      b.addExtension(Extension.basicConstraints, true, new BasicConstraints(usage == null));
      if (usage != null) {
        b.addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(usage));
        b.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(new GeneralName(GeneralName.dNSName, san)));
      }
      return b.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
          .getEncoded();
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The three files of an identity. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Minted(byte[] ca, byte[] cert, byte[] key) {
    public Identity identity() {
      try {
        return Identity.of(ca, cert, key);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }

    public void write(Path folder) throws IOException {
      Files.createDirectories(folder);
      Files.write(folder.resolve("ca.der"), ca);
      Files.write(folder.resolve("cert.der"), cert);
      Files.write(folder.resolve("key.pk8"), key);
    }
  }

  public Minted mint(String san, KeyPurposeId usage) {
    KeyPair own = pair();
    return new Minted(
        der, sign(new X500Name("CN=" + san), own, san, usage), own.getPrivate().getEncoded());
  }

  public Minted runner(String uid) {
    return mint(Protocol.runnerName(uid), KeyPurposeId.id_kp_serverAuth);
  }

  public Minted caller() {
    return mint("caller.flame", KeyPurposeId.id_kp_clientAuth);
  }

  /** A caller's that is over at an instant. */
  public Minted caller(Instant until) {
    KeyPair own = pair();
    X500Name subject = new X500Name("CN=caller.flame");
    return new Minted(
        der,
        sign(subject, own, "caller.flame", KeyPurposeId.id_kp_clientAuth, until),
        own.getPrivate().getEncoded());
  }

  public Minted operator() {
    return mint("operator.flame", KeyPurposeId.id_kp_clientAuth);
  }
}
