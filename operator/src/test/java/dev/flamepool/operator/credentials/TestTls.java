package dev.flamepool.operator.credentials;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** A server's TLS and whoever trusts it, by an authority of a test's own. */
public final class TestTls {
  private static final char[] PASSWORD = "test".toCharArray();

  private final IssuedIdentity identity;

  /** For a server of that name. */
  public TestTls(String host) {
    Instant now = Instant.now();
    identity = Authority.create("test", now).issue(Profile.RUNNER, host, now, Duration.ofDays(1));
  }

  /** What the server needs. */
  public SSLContext server() throws GeneralSecurityException, IOException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry(
        "own", identity.key(), PASSWORD, new Certificate[] {identity.certificate(), identity.ca()});
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  /** What its clients trust. */
  public X509TrustManager trusted() throws GeneralSecurityException, IOException {
    KeyStore known = KeyStore.getInstance("PKCS12");
    known.load(null, null);
    known.setCertificateEntry("ca", identity.ca());
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(known);
    return (X509TrustManager) managers.getTrustManagers()[0];
  }
}
