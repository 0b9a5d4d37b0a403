package dev.flamepool.operator.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.api.BackendKind;
import dev.flamepool.operator.backend.CloudCredentials;
import dev.flamepool.operator.backend.Tenant;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.Digests;
import dev.flamepool.operator.cluster.Json;
import dev.flamepool.operator.cluster.StaleException;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of tenants' cloud credentials in Secrets {@code flamepool-cloud-<hash>} of the operator's
 * namespace: a {@link CloudCopy}, and {@code account.json}, which says whose they are. The hash is
 * the account's, so that every leader finds the same copy.
 */
public final class CloudSecrets implements CloudCredentials {
  private static final Logger LOG = LoggerFactory.getLogger(CloudSecrets.class);

  /** Label with the kind of cloud. */
  static final String KIND_LABEL = "flamepool.dev/cloud";

  private static final String ACCOUNT = "account.json";
  private static final int HASH = 20;
  private static final int MAX_WRITES = 5;

  private final KubernetesClient client;
  private final ClusterApi api;
  private final String namespace;
  private final Map<Tenant, CloudCopy> known = new ConcurrentHashMap<>();

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
    change(account, copy -> copy.opened(values));
  }

  @Override
  public void worked(Tenant account, Map<String, String> values) {
    try {
      change(account, copy -> copy.accepted(values));
    } catch (RuntimeException e) {
      LOG.info(
          "that credentials of {} work is written later: {}", account.namespace(), e.toString());
    }
  }

  @Override
  public boolean haveWorked(Tenant account) {
    return copy(account).worked();
  }

  @Override
  public List<Map<String, String>> kept(Tenant account) {
    return copy(account).all();
  }

  private CloudCopy copy(Tenant account) {
    CloudCopy copy = known.get(account);
    if (copy == null) {
      copy = api.secret(namespace, name(account)).map(CloudCopy::of).orElse(CloudCopy.NONE);
      if (!copy.all().isEmpty()) {
        known.putIfAbsent(account, copy);
      }
    }
    return copy;
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

  /** What is stored is changed before this returns, whoever else changes it meanwhile. */
  private void change(Tenant account, UnaryOperator<CloudCopy> change) {
    CloudCopy seen = known.get(account);
    if (seen != null && change.apply(seen).equals(seen)) {
      return;
    }
    Optional<CloudCopy> stored = Optional.empty();
    for (int i = 0; stored.isEmpty() && i < MAX_WRITES; i++) {
      stored = tried(account, change);
    }
    known.put(
        account,
        stored.orElseThrow(() -> new StaleException("the copy of " + account + " changes", null)));
  }

  /** Empty when somebody else has changed it meanwhile. */
  private Optional<CloudCopy> tried(Tenant account, UnaryOperator<CloudCopy> change) {
    Optional<Secret> there = api.secret(namespace, name(account));
    CloudCopy before = there.map(CloudCopy::of).orElse(CloudCopy.NONE);
    CloudCopy after = change.apply(before);
    if (after.equals(before)) {
      return Optional.of(after);
    }
    if (there.isEmpty()) {
      return api.create(compose(account, after)).map(made -> after);
    }
    ObjectNode patch = Json.object();
    patch.set(
        "data", Json.mergePatch(Json.tree(there.get().getData()), Json.tree(data(account, after))));
    patch
        .putObject("metadata")
        .put("resourceVersion", there.get().getMetadata().getResourceVersion());
    try {
      client.resource(there.get()).patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
      return Optional.of(after);
    } catch (KubernetesClientException e) {
      if (e.getCode() == 404 || e.getCode() == 409) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Map<String, String> data(Tenant account, CloudCopy copy) {
    Map<String, String> data = new TreeMap<>(copy.data());
    data.put(ACCOUNT, CloudCopy.encoded(Json.text(account)));
    return data;
  }

  private Secret compose(Tenant account, CloudCopy copy) {
    return new SecretBuilder()
        .withNewMetadata()
        .withName(name(account))
        .withNamespace(namespace)
        .addToLabels(KIND_LABEL, account.entry().kind().field())
        .endMetadata()
        .withType("Opaque")
        .withData(data(account, copy))
        .build();
  }

  private static Optional<Tenant> account(Secret secret) {
    return Optional.ofNullable(secret.getData())
        .map(data -> data.get(ACCOUNT))
        .map(text -> Json.value(Json.read(Base64.getDecoder().decode(text)), Tenant.class));
  }

  private static String name(Tenant account) {
    return "flamepool-cloud-" + Digests.sha256(Json.text(account)).substring(0, HASH);
  }

  private static String decoded(String text) {
    return new String(Base64.getDecoder().decode(text), UTF_8);
  }
}
