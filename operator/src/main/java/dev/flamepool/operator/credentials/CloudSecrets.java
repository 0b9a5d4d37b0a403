package dev.flamepool.operator.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.api.BackendKind;
import dev.flamepool.operator.backend.CloudCredentials;
import dev.flamepool.operator.backend.Tenant;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.Digests;
import dev.flamepool.operator.cluster.Json;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Copies of tenants' cloud credentials in Secrets {@code flamepool-cloud-<hash>} of the operator's
 * namespace: the values, and {@code account.json}, which says whose they are. The hash is the
 * account's, so that every leader finds the same copy.
 */
public final class CloudSecrets implements CloudCredentials {
  /** Label with the kind of cloud. */
  static final String KIND_LABEL = "flamepool.dev/cloud";

  private static final String ACCOUNT = "account.json";
  private static final String VALUE = "value.";
  private static final int HASH = 20;

  private final KubernetesClient client;
  private final ClusterApi api;
  private final String namespace;
  private final Map<Tenant, Map<String, String>> known = new ConcurrentHashMap<>();

  /**
   * Copies in a cluster.
   *
   * @param client stays the caller's to close
   * @param operatorNamespace where the copies lie
   */
  public CloudSecrets(KubernetesClient client, String operatorNamespace) {
    this.client = client;
    this.api = new ClusterApi(client);
    this.namespace = operatorNamespace;
  }

  @Override
  public Map<String, String> open(Tenant account, String secret, Collection<String> keys) {
    Optional<Secret> stored = api.secret(account.namespace(), secret);
    Map<String, String> values = new TreeMap<>();
    stored
        .map(Secret::getData)
        .ifPresent(
            data ->
                keys.stream()
                    .filter(data::containsKey)
                    .forEach(key -> values.put(key, decoded(data.get(key)))));
    if (!values.isEmpty()) {
      keep(account, values);
    }
    return values;
  }

  @Override
  public void keep(Tenant account, Map<String, String> values) {
    if (!values.equals(known.get(account))) {
      store(account, values);
      known.put(account, values);
    }
  }

  @Override
  public Optional<Map<String, String>> kept(Tenant account) {
    Map<String, String> values = known.get(account);
    if (values == null) {
      values = api.secret(namespace, name(account)).map(CloudSecrets::values).orElse(null);
      if (values != null) {
        known.putIfAbsent(account, values);
      }
    }
    return Optional.ofNullable(values);
  }

  @Override
  public List<Tenant> accounts(BackendKind kind) {
    return client
        .secrets()
        .inNamespace(namespace)
        .withLabel(KIND_LABEL, kind.field())
        .list()
        .getItems()
        .stream()
        .map(CloudSecrets::account)
        .flatMap(Optional::stream)
        .toList();
  }

  @Override
  public void forget(Tenant account) {
    known.remove(account);
    api.secret(namespace, name(account)).ifPresent(api::delete);
  }

  private void store(Tenant account, Map<String, String> values) {
    Secret wanted = compose(account, values);
    if (api.create(wanted).isPresent()) {
      return;
    }
    Optional<Secret> there = api.secret(namespace, name(account));
    if (there.isPresent() && !values(there.get()).equals(values)) {
      // Whoever writes last has read the tenant's Secret last.
      ObjectNode patch = Json.object();
      patch.set(
          "data", Json.mergePatch(Json.tree(there.get().getData()), Json.tree(wanted.getData())));
      client.resource(there.get()).patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
    }
  }

  private Secret compose(Tenant account, Map<String, String> values) {
    Map<String, String> data = new TreeMap<>();
    data.put(ACCOUNT, encoded(Json.text(account)));
    values.forEach((key, value) -> data.put(VALUE + key, encoded(value)));
    return new SecretBuilder()
        .withNewMetadata()
        .withName(name(account))
        .withNamespace(namespace)
        .addToLabels(KIND_LABEL, account.entry().kind().field())
        .endMetadata()
        .withType("Opaque")
        .withData(data)
        .build();
  }

  private static Optional<Tenant> account(Secret secret) {
    return Optional.ofNullable(secret.getData())
        .map(data -> data.get(ACCOUNT))
        .map(text -> Json.value(Json.read(Base64.getDecoder().decode(text)), Tenant.class));
  }

  private static Map<String, String> values(Secret secret) {
    Map<String, String> values = new TreeMap<>();
    if (secret.getData() != null) {
      secret
          .getData()
          .forEach(
              (key, text) -> {
                if (key.startsWith(VALUE)) {
                  values.put(key.substring(VALUE.length()), decoded(text));
                }
              });
    }
    return values;
  }

  private static String name(Tenant account) {
    return "flamepool-cloud-" + Digests.sha256(Json.text(account)).substring(0, HASH);
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private static String decoded(String text) {
    return new String(Base64.getDecoder().decode(text), UTF_8);
  }
}
