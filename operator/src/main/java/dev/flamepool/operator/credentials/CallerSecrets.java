package dev.flamepool.operator.credentials;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.Names;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.StaleException;
import dev.flamepool.wire.Identity;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Secrets {@code <pool>-client}: whoever can read one may call the pool's runners. A key is written
 * only into a Secret that the operator made: one made by somebody else, say with annotations that
 * have it copied elsewhere, is replaced.
 */
final class CallerSecrets {
  private final KubernetesClient client;
  private final ClusterApi api;

  CallerSecrets(KubernetesClient client) {
    this.client = client;
    this.api = new ClusterApi(client);
  }

  /**
   * Makes sure that the Secret is there, of this authority, and not past half of its life.
   *
   * @param issue makes a new certificate
   */
  void ensure(FlamePool pool, Authority authority, Supplier<IssuedIdentity> issue, Instant now) {
    Secret stored = find(pool);
    if (stored == null) {
      api.create(compose(pool, issue.get()));
      return;
    }
    Optional<X509Certificate> current = current(own(stored, pool), authority);
    if (current.isPresent() && !IssuedIdentity.ageing(current.get(), now)) {
      return;
    }
    if (current.isPresent() && !Boolean.TRUE.equals(stored.getImmutable())) {
      renew(stored, issue.get());
    } else {
      replace(pool, stored, issue);
    }
  }

  private @Nullable Secret find(FlamePool pool) {
    return client
        .secrets()
        .inNamespace(pool.getMetadata().getNamespace())
        .withName(Names.clientSecret(pool.getMetadata().getName()))
        .get();
  }

  private static Secret own(Secret secret, FlamePool pool) {
    boolean own =
        secret.getMetadata().getOwnerReferences().stream()
            .anyMatch(owner -> owner.getUid().equals(pool.getMetadata().getUid()));
    if (!own) {
      throw new SecretConflictException(
          secret.getMetadata().getNamespace(),
          secret.getMetadata().getName(),
          "pool " + pool.getMetadata().getName());
    }
    return secret;
  }

  /** The certificate of this authority that the Secret holds, if it holds a whole identity. */
  private static Optional<X509Certificate> current(Secret secret, Authority authority) {
    Map<String, String> data = secret.getData();
    if (data == null || !data.containsKey(Identity.KEY_FILE)) {
      return Optional.empty();
    }
    try {
      X509Certificate ca = certificate(data.get(Identity.CA_FILE));
      X509Certificate own = certificate(data.get(Identity.CERTIFICATE_FILE));
      own.verify(authority.certificate().getPublicKey());
      return Optional.of(own).filter(signed -> ca.equals(authority.certificate()));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static X509Certificate certificate(@Nullable String text)
      throws GeneralSecurityException {
    return IssuedIdentity.certificate(Base64.getDecoder().decode(text == null ? "" : text));
  }

  private void renew(Secret stored, IssuedIdentity identity) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch.putObject("metadata").put("resourceVersion", stored.getMetadata().getResourceVersion());
    encoded(identity).forEach(patch.putObject("data")::put);
    try {
      client.resource(stored).patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
    } catch (KubernetesClientException e) {
      // Changed meanwhile, perhaps by another leader's renewal: looked at again next time.
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
    }
  }

  private void replace(FlamePool pool, Secret stored, Supplier<IssuedIdentity> issue) {
    try {
      api.delete(stored);
    } catch (StaleException e) {
      return; // changed meanwhile: looked at again next time
    }
    api.create(compose(pool, issue.get()));
  }

  private static Secret compose(FlamePool pool, IssuedIdentity identity) {
    return new SecretBuilder()
        .withNewMetadata()
        .withName(Names.clientSecret(pool.getMetadata().getName()))
        .withNamespace(pool.getMetadata().getNamespace())
        .addToLabels(PoolCredentials.labels(pool))
        .withOwnerReferences(
            new OwnerReferenceBuilder()
                .withApiVersion(pool.getApiVersion())
                .withKind(pool.getKind())
                .withName(pool.getMetadata().getName())
                .withUid(pool.getMetadata().getUid())
                .build())
        .endMetadata()
        .withType("Opaque")
        .withData(encoded(identity))
        .build();
  }

  private static Map<String, String> encoded(IssuedIdentity identity) {
    return identity.files().entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, file -> Base64.getEncoder().encodeToString(file.getValue())));
  }
}
