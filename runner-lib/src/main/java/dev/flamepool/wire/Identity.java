package dev.flamepool.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Own certificate and key, and the pool's authority: who we are and whom we believe. Immutable;
 * never prints its key.
 */
public final class Identity {
  /** The authority's certificate, X.509 DER. */
  public static final String CA_FILE = "ca.der";

  /** The own certificate, X.509 DER. */
  public static final String CERTIFICATE_FILE = "cert.der";

  /** The own key, PKCS8 DER. */
  public static final String KEY_FILE = "key.pk8";

  /** All of an identity's files. */
  public static final List<String> FILES = List.of(CA_FILE, CERTIFICATE_FILE, KEY_FILE);

  private final SSLContext context;
  private final X509Certificate own;

  private Identity(SSLContext context, X509Certificate own) {
    this.context = context;
    this.own = own;
  }

  /**
   * Reads DER.
   *
   * @param ca X.509 certificate of the pool's authority, the only trust anchor
   * @param cert own X.509 certificate
   * @param key own private key, PKCS8, of the certificate's algorithm (EC P-256)
   * @throws GeneralSecurityException if one of them is malformed or the key's algorithm does not
   *     fit
   */
  public static Identity of(byte[] ca, byte[] cert, byte[] key) throws GeneralSecurityException {
    CertificateFactory x509 = CertificateFactory.getInstance("X.509");
    X509Certificate anchor =
        (X509Certificate) x509.generateCertificate(new ByteArrayInputStream(ca));
    X509Certificate own =
        (X509Certificate) x509.generateCertificate(new ByteArrayInputStream(cert));
    PrivateKey secret =
        KeyFactory.getInstance(own.getPublicKey().getAlgorithm())
            .generatePrivate(new PKCS8EncodedKeySpec(key));
    // PKCS12 and the key manager factory would cost a cold JVM 59 ms (research: slot transport,
    // section 3).
    KeyStore anchors = KeyStore.getInstance("JKS");
    try {
      anchors.load(null, null);
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
    anchors.setCertificateEntry("ca", anchor);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(anchors);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(new KeyManager[] {new OneKey(secret, own)}, trust.getTrustManagers(), null);
    return new Identity(context, own);
  }

  /**
   * Reads the content of {@link #FILES}.
   *
   * @throws GeneralSecurityException if one is missing, too
   */
  public static Identity of(Map<String, byte[]> files) throws GeneralSecurityException {
    for (String file : FILES) {
      if (!files.containsKey(file)) {
        throw new GeneralSecurityException("there is no " + file);
      }
    }
    return of(files.get(CA_FILE), files.get(CERTIFICATE_FILE), files.get(KEY_FILE));
  }

  /** Reads {@link #FILES} from a folder. */
  public static Identity fromFolder(Path folder) throws IOException, GeneralSecurityException {
    return of(
        Files.readAllBytes(folder.resolve(CA_FILE)),
        Files.readAllBytes(folder.resolve(CERTIFICATE_FILE)),
        Files.readAllBytes(folder.resolve(KEY_FILE)));
  }

  /** For TLS connections that show this identity and accept the same authority's only. */
  public SSLContext context() {
    return context;
  }

  /** Subject and validity, for logs. */
  @Override
  public String toString() {
    return own.getSubjectX500Principal() + " until " + own.getNotAfter().toInstant();
  }

  /** One key, one certificate, no KeyStore and no password. */
  private static final class OneKey extends X509ExtendedKeyManager {
    private static final String ALIAS = "own";

    private final PrivateKey key;
    private final X509Certificate[] chain;

    OneKey(PrivateKey key, X509Certificate own) {
      this.key = key;
      chain = new X509Certificate[] {own};
    }

    private @Nullable String alias(String... keyTypes) {
      String own = key.getAlgorithm();
      for (String type : keyTypes) {
        if (type.equals(own) || (type.startsWith("EC") && own.startsWith("EC"))) {
          return ALIAS;
        }
      }
      return null;
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
        String[] types, Principal @Nullable [] issuers, SSLEngine engine) {
      return alias(types);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
        String type, Principal @Nullable [] issuers, SSLEngine engine) {
      return alias(type);
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] types, Principal @Nullable [] issuers, Socket socket) {
      return alias(types);
    }

    @Override
    public @Nullable String chooseServerAlias(
        String type, Principal @Nullable [] issuers, Socket socket) {
      return alias(type);
    }

    @Override
    public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return chain.clone();
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return key;
    }
  }
}
