package dev.flamepool.simulators.fly;

import dev.flamepool.FlameParent;
import dev.flamepool.caller.Demand;
import dev.flamepool.caller.Engines;
import dev.flamepool.caller.PoolSource;
import dev.flamepool.caller.PoolView;
import dev.flamepool.closure.CodeVersion;
import dev.flamepool.wire.Identity;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** What an operator does for one runner of one pool: its identity, its environment, its status. */
public final class TestPool {
  public static final int PORT = 7600;
  private static final String CODE = "code-1";
  private static final X500Name NAME = new X500Name("CN=test pool");

  private final KeyPair authority = keys();
  private final byte[] ca = certificate(NAME, authority, null, null);

  /** Name to content of the files of a runner's identity. */
  public Map<String, String> identity(String uid) throws Exception {
    KeyPair own = keys();
    byte[] cert =
        certificate(
            new X500Name("CN=runner"), own, uid + ".runner.flame", KeyPurposeId.id_kp_serverAuth);
    return Map.of(
        "ca.der", base64(ca),
        "cert.der", base64(cert),
        "key.pk8", base64(own.getPrivate().getEncoded()));
  }

  static String parent(String uid) {
    return new FlameParent(
            1,
            "pool",
            "default",
            "pool-0",
            uid,
            4,
            false,
            false,
            PORT,
            Path.of("/flame/boot"),
            null,
            Duration.ofSeconds(5).toMillis(),
            Duration.ofMinutes(2).toMillis(),
            -1,
            Duration.ofMinutes(2).toMillis(),
            -1,
            "info")
        .encode();
  }

  public static Map<String, String> env(String uid) {
    return Map.of("FLAME_PARENT", parent(uid), "FLAME_BIND", "::", "FLAME_CODE_VERSION", CODE);
  }

  /** An application whose pool has one ready runner. */
  public Engines caller(String uid, String host) throws Exception {
    KeyPair own = keys();
    byte[] cert =
        certificate(new X500Name("CN=caller"), own, "caller.flame", KeyPurposeId.id_kp_clientAuth);
    Identity identity = Identity.of(ca, cert, own.getPrivate().getEncoded());
    String address = "[" + host + "]:" + PORT;
    PoolView view =
        new PoolView(
            PoolView.Presence.PRESENT,
            false,
            1,
            List.of(new PoolView.Endpoint("pool-0", uid, address, CODE, 4)),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            0,
            List.of(),
            List.of());
    return Engines.remote(
        "default",
        name -> new Source(view, identity),
        TestPool.class.getClassLoader(),
        () -> new CodeVersion(CODE, List.of()),
        () -> {},
        Engines.Additions.NONE);
  }

  private record Source(PoolView view, Identity identity) implements PoolSource {
    @Override
    public void start(Listener toTell) {
      toTell.changed(new News(view, identity, null));
    }

    @Override
    public void demand(Demand demand) {}

    @Override
    public void noDemand() {}

    @Override
    public void identityRefused() {}

    @Override
    public void close() {}
  }

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] certificate(X500Name subject, KeyPair of, String san, KeyPurposeId usage) {
    try {
      JcaX509v3CertificateBuilder b =
          new JcaX509v3CertificateBuilder(
              NAME,
              BigInteger.valueOf(System.nanoTime()),
              Date.from(Instant.now().minusSeconds(60)),
              Date.from(Instant.now().plusSeconds(3_600)),
              subject,
              of.getPublic());
      b.addExtension(Extension.basicConstraints, true, new BasicConstraints(usage == null));
      if (usage != null) {
        b.addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(usage));
        GeneralName name = new GeneralName(GeneralName.dNSName, san);
        b.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(name));
      }
      return b.build(new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate()))
          .getEncoded();
    } catch (java.io.IOException | org.bouncycastle.operator.OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
