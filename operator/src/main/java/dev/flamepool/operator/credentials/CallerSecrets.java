package dev.flamepool.operator.credentials;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.Names;
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
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Secrets {@code <pool>-client}: whoever can read one may call the pool's runners. */
final class CallerSecrets {
  private final KubernetesClient client;

  CallerSecrets(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Makes sure that the Secret is there, of this authority, and not past half of its life.
   *
   * @param issue makes a new certificate
   */
  void ensure(FlamePool pool, Authority authority, Supplier<Identity> issue, Instant now) {
    Secret stored = find(pool);
    if (stored == null) {
      try {
        client.resource(compose(pool, issue.get())).create();
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
          throw e;
        }
        stored = find(pool);
      }
    }
    if (stored != null && !usable(own(stored, pool), authority, now)) {
      renew(stored, issue.get());
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

  private static boolean usable(Secret secret, Authority authority, Instant now) {
    Map<String, String> data = secret.getData();
    if (data == null || !data.containsKey(Identity.KEY_FILE)) {
      return false;
    }
    try {
      X509Certificate ca = certificate(data.get(Identity.CA_FILE));
      X509Certificate own = certificate(data.get(Identity.CERTIFICATE_FILE));
      own.verify(authority.certificate().getPublicKey());
      return ca.equals(authority.certificate()) && !Identity.ageing(own, now);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  private static X509Certificate certificate(@Nullable String text)
      throws GeneralSecurityException {
    return Identity.certificate(Base64.getDecoder().decode(text == null ? "" : text));
  }

  private void renew(Secret stored, Identity identity) {
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

  private static Secret compose(FlamePool pool, Identity identity) {
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

  private static Map<String, String> encoded(Identity identity) {
    return identity.files().entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, file -> Base64.getEncoder().encodeToString(file.getValue())));
  }
}
