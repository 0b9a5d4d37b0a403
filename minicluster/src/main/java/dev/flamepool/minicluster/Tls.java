package dev.flamepool.minicluster;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.HexFormat;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;

/**
 * The server's own certificate, made anew at each start: kubectl sends a token only over TLS. Made
 * of DER by hand, because loading a library for it would be much of the time to start.
 */
final class Tls {
  private static final int SEQUENCE = 0x30;
  private static final byte[] ALGORITHM = hex("300a06082a8648ce3d040302");

  /** Version 3 and serial number 1, as they begin a certificate. */
  private static final byte[] SERIAL = hex("a003020102" + "020101");

  /** From 2020 to 2049 (UTCTime): the key does not outlive the process. */
  private static final byte[] VALIDITY =
      hex("301e" + "170d3230303130313030303030305a" + "170d3439303130313030303030305a");

  /** basicConstraints CA; subjectAltName 127.0.0.1 and localhost. */
  private static final byte[] EXTENSIONS =
      hex(
          ("a32f302d" + "300f0603551d130101ff040530030101ff")
              + ("301a0603551d110413301187047f0000018209" + "6c6f63616c686f7374"));

  private final SSLContext context;
  private final String pem;

  Tls() throws IOException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      KeyPair key = generator.generateKeyPair();
      byte[] der = certify(key);
      String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
      pem = "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
      Certificate own =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
      KeyStore store = KeyStore.getInstance("JKS");
      store.load(null, null);
      store.setKeyEntry("key", key.getPrivate(), new char[0], new Certificate[] {own});
      store.setCertificateEntry("trusted", own);
      KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
      keys.init(store, new char[0]);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(store);
      context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    } catch (GeneralSecurityException e) {
      throw new IOException("the server's certificate cannot be made", e);
    }
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static byte[] certify(KeyPair key) throws GeneralSecurityException {
    byte[] name = new X500Principal("CN=minicluster").getEncoded();
    byte[] publicKey = key.getPublic().getEncoded();
    byte[] body = der(SEQUENCE, SERIAL, ALGORITHM, name, VALIDITY, name, publicKey, EXTENSIONS);
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key.getPrivate());
    signature.update(body);
    byte[] noUnusedBits = {0};
    return der(SEQUENCE, body, ALGORITHM, der(3, noUnusedBits, signature.sign()));
  }

  /** An ASN.1 value of at most 65535 bytes. */
  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    String length = content.size() < 128 ? "%02x" : content.size() < 256 ? "81%02x" : "82%04x";
    value.writeBytes(hex("%02x".formatted(tag) + length.formatted(content.size())));
    value.writeBytes(content.toByteArray());
    return value.toByteArray();
  }

  /** The certificate as base64 of PEM, as a kubeconfig has it. */
  String authority() {
    return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
  }

  /** For the server, which asks clients for no certificate, and for clients that trust only it. */
  SSLContext context() {
    return context;
  }
}
