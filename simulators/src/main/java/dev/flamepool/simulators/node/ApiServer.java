package dev.flamepool.simulators.node;

import io.fabric8.kubernetes.api.model.Binding;
import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccountTokenProjection;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the node asks of the API server. Every call may throw a KubernetesClientException. */
final class ApiServer implements Sources, AutoCloseable {
  static final int GONE = 404;
  static final int CONFLICT = 409;
  static final String ROOT_CA = "kube-root-ca.crt";
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  private final Config config;
  private final KubernetesClient client;
  private final boolean issuesTokens;

  ApiServer(Config given) {
    // A call that fails is made again by the loop, which has other work meanwhile.
    config = new ConfigBuilder(given).withRequestRetryBackoffLimit(0).build();
    client = new KubernetesClientBuilder().withConfig(config).build();
    issuesTokens =
        client.getApiResources("v1").getResources().stream()
            .anyMatch(resource -> resource.getName().equals("serviceaccounts/token"));
  }

  KubernetesClient client() {
    return client;
  }

  String url() {
    return config.getMasterUrl();
  }

  /**
   * Whether it has service accounts that are more than objects. One that has not, minicluster,
   * leaves to the node what its admission would do, and lets it lend its own token.
   */
  boolean issuesTokens() {
    return issuesTokens;
  }

  /** Gives the Pod to a node. */
  void bind(Pod pod, String node) {
    Binding binding =
        new BindingBuilder()
            .withNewMetadata()
            .withName(pod.getMetadata().getName())
            .withNamespace(pod.getMetadata().getNamespace())
            .withUid(pod.getMetadata().getUid())
            .endMetadata()
            .withNewTarget()
            .withApiVersion("v1")
            .withKind("Node")
            .withName(node)
            .endTarget()
            .build();
    String unused = client.raw(path(pod) + "/binding", "POST", binding);
  }

  /** Writes a Pod's status; a Pod that came later under the name is left alone. */
  void writeStatus(Pod pod, PodStatus status) {
    Map<String, Object> patch = new LinkedHashMap<>();
    patch.put("metadata", Map.of("uid", pod.getMetadata().getUid()));
    patch.put("status", status);
    client
        .pods()
        .inNamespace(pod.getMetadata().getNamespace())
        .withName(pod.getMetadata().getName())
        .subresource("status")
        .patch(MERGE, Serialization.asJson(patch));
  }

  /** Takes away a Pod that has ended on the node. */
  void remove(Pod pod) {
    Map<String, Object> options =
        Map.of(
            "apiVersion",
            "v1",
            "kind",
            "DeleteOptions",
            "gracePeriodSeconds",
            0,
            "preconditions",
            Map.of("uid", pod.getMetadata().getUid()));
    String unused = client.raw(path(pod), "DELETE", options);
  }

  private static String path(Pod pod) {
    return "/api/v1/namespaces/%s/pods/%s"
        .formatted(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
  }

  @Override
  public @Nullable Secret secret(String namespace, String name, boolean optional) throws NotYet {
    Secret found = client.secrets().inNamespace(namespace).withName(name).get();
    if (found == null && !optional) {
      throw new NotYet("secret \"" + name + "\" not found");
    }
    return found;
  }

  @Override
  public @Nullable ConfigMap configMap(String namespace, String name, boolean optional)
      throws NotYet {
    ConfigMap found = client.configMaps().inNamespace(namespace).withName(name).get();
    if (found == null && name.equals(ROOT_CA) && !issuesTokens) {
      return new ConfigMapBuilder().addToData("ca.crt", authority()).build();
    }
    if (found == null && !optional) {
      throw new NotYet("configmap \"" + name + "\" not found");
    }
    return found;
  }

  private String authority() {
    String data = Objects.requireNonNullElse(config.getCaCertData(), "");
    return new String(Base64.getMimeDecoder().decode(data), StandardCharsets.US_ASCII);
  }

  @Override
  public String token(Pod pod, ServiceAccountTokenProjection asked) throws NotYet {
    if (!issuesTokens) {
      return Objects.requireNonNullElse(config.getAutoOAuthToken(), config.getOauthToken());
    }
    TokenRequest request =
        new TokenRequestBuilder()
            .withNewSpec()
            .withExpirationSeconds(asked.getExpirationSeconds())
            .withNewBoundObjectRef()
            .withApiVersion("v1")
            .withKind("Pod")
            .withName(pod.getMetadata().getName())
            .withUid(pod.getMetadata().getUid())
            .endBoundObjectRef()
            .endSpec()
            .build();
    if (asked.getAudience() != null && !asked.getAudience().isEmpty()) {
      request.getSpec().getAudiences().add(asked.getAudience());
    }
    String account = Objects.requireNonNullElse(pod.getSpec().getServiceAccountName(), "default");
    try {
      return client
          .serviceAccounts()
          .inNamespace(pod.getMetadata().getNamespace())
          .withName(account)
          .tokenRequest(request)
          .getStatus()
          .getToken();
    } catch (KubernetesClientException e) {
      throw new NotYet("failed to fetch token: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
