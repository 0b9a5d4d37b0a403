package dev.flamepool.runner;

import dev.flamepool.RemoteCallable;
import dev.flamepool.closure.Closures;
import dev.flamepool.wire.Identity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import javax.crypto.KeyAgreement;

/**
 * Turns every primitive of a handshake once on a second core while the main thread builds its TLS
 * context: 12 to 22 ms of a cold start (research: slot transport, section 3). And runs one call in
 * place once the runner serves, before anyone can know of it, so that the first real one finds its
 * classes loaded.
 */
final class WarmUp implements Runnable {
  private final Path identity;

  private WarmUp(Path identity) {
    this.identity = identity;
  }

  static void start(Path identity) {
    Threads.startPlatform(new WarmUp(identity), "flame-warm-up");
  }

  /** Encodes, decodes and runs a call of nothing. */
  static void call(ClassLoader application) {
    RemoteCallable<Integer> nothing = () -> 0;
    try {
      Closures.runHere(Closures.encode(nothing, RemoteCallable.class, false), application, null);
    } catch (RuntimeException e) {
      // only warming, as below
    }
  }

  @Override
  public void run() {
    try {
      CertificateFactory x509 = CertificateFactory.getInstance("X.509");
      X509Certificate ca = read(x509, Identity.CA_FILE);
      X509Certificate own = read(x509, Identity.CERTIFICATE_FILE);
      own.verify(ca.getPublicKey());
      KeyPairGenerator generator = KeyPairGenerator.getInstance("X25519");
      KeyPair pair = generator.generateKeyPair();
      KeyAgreement agreement = KeyAgreement.getInstance("X25519");
      agreement.init(pair.getPrivate());
      agreement.doPhase(pair.getPublic(), true);
      agreement.generateSecret();
      Signature signature = Signature.getInstance("SHA256withECDSA");
      byte[] key = Files.readAllBytes(identity.resolve(Identity.KEY_FILE));
      signature.initSign(
          KeyFactory.getInstance(own.getPublicKey().getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(key)));
      signature.update(new byte[64]);
      signature.sign();
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      // only warming: whatever is wrong shows where it matters
    }
  }

  private X509Certificate read(CertificateFactory x509, String name)
      throws IOException, GeneralSecurityException {
    return (X509Certificate)
        x509.generateCertificate(
            new ByteArrayInputStream(Files.readAllBytes(identity.resolve(name))));
  }
}
