package dev.flamepool.operator.credentials;

import dev.flamepool.api.DnsNames;
import dev.flamepool.api.FlamePool;
import dev.flamepool.wire.Identity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * Secrets {@code flame-ca-<poolUid>} in the operator's namespace. No owner could hold them: a pool
 * lies elsewhere, and they must outlive its namespace.
 */
final class AuthoritySecrets {
  static final String UID_LABEL = "flamepool.dev/pool-uid";

  private final KubernetesClient client;
  private final String namespace;

  AuthoritySecrets(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /** The authority as stored, else a new one, stored. */
  Authority ensure(FlamePool pool, Instant now) {
    String uid = pool.getMetadata().getUid();
    Optional<Secret> stored = find(uid);
    if (stored.isPresent()) {
      return decode(stored.get(), uid);
    }
    Authority authority = Authority.create(uid, now);
    try {
      client.resource(compose(pool, authority)).create();
      return authority;
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      return read(uid);
    }
  }

  /**
   * The authority as stored.
   *
   * @throws MissingAuthorityException if there is none
   */
  Authority read(String poolUid) {
    Secret stored =
        find(poolUid)
            .orElseThrow(() -> new MissingAuthorityException(namespace + "/" + name(poolUid)));
    return decode(stored, poolUid);
  }

  void remove(String poolUid) {
    Optional<Secret> stored = find(poolUid);
    if (stored.isPresent() && belongs(stored.get(), poolUid)) {
      client.resource(stored.get()).delete();
    }
  }

  private Optional<Secret> find(String poolUid) {
    return DnsNames.isSubdomain(name(poolUid))
        ? Optional.ofNullable(client.secrets().inNamespace(namespace).withName(name(poolUid)).get())
        : Optional.empty(); // a FlameRunner of somebody's own may say anything
  }

  private Authority decode(Secret secret, String poolUid) {
    Map<String, String> data = secret.getData();
    if (!belongs(secret, poolUid)
        || data == null
        || !data.containsKey(Identity.CA_FILE)
        || !data.containsKey(Identity.KEY_FILE)) {
      throw conflict(poolUid);
    }
    Base64.Decoder base64 = Base64.getDecoder();
    try {
      return Authority.of(
          base64.decode(data.get(Identity.CA_FILE)), base64.decode(data.get(Identity.KEY_FILE)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // Without the cause: parsers quote what they read, and this is a key.
      throw conflict(poolUid);
    }
  }

  private SecretConflictException conflict(String poolUid) {
    return new SecretConflictException(
        namespace, name(poolUid), "the pool with the uid " + poolUid);
  }

  private Secret compose(FlamePool pool, Authority authority) {
    Base64.Encoder base64 = Base64.getEncoder();
    try {
      return new SecretBuilder()
          .withNewMetadata()
          .withName(name(pool.getMetadata().getUid()))
          .withNamespace(namespace)
          .addToLabels(PoolCredentials.labels(pool))
          .addToLabels(UID_LABEL, pool.getMetadata().getUid())
          .endMetadata()
          .withType("Opaque")
          .withImmutable(true)
          .addToData(Identity.CA_FILE, base64.encodeToString(authority.certificate().getEncoded()))
          .addToData(Identity.KEY_FILE, base64.encodeToString(authority.encodedKey()))
          .build();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("an own certificate cannot be encoded", e);
    }
  }

  private static boolean belongs(Secret secret, String poolUid) {
    Map<String, String> labels = secret.getMetadata().getLabels();
    return labels != null && poolUid.equals(labels.get(UID_LABEL));
  }

  private static String name(String poolUid) {
    return "flame-ca-" + poolUid;
  }
}
