package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A cluster with the sample definition {@code ponds}, a fabric8 client and raw requests to it. */
final class Ponds implements AutoCloseable {
  static final String PATH = "/apis/sample.dev/v1/namespaces/default/ponds";
  private static final ResourceDefinitionContext CONTEXT =
      new ResourceDefinitionContext.Builder()
          .withGroup("sample.dev")
          .withVersion("v1")
          .withKind("Pond")
          .withPlural("ponds")
          .withNamespaced(true)
          .build();

  /** An HTTP answer; {@code json} is missing for an empty body. */
  record Answer(int code, JsonNode json, HttpResponse<String> raw) {}

  final MiniCluster cluster;
  final KubernetesClient client;
  final HttpClient http;

  Ponds() {
    this(10_000);
  }

  Ponds(int history) {
    try {
      cluster = MiniCluster.start(0, history);
      http = HttpClient.newBuilder().sslContext(cluster.clientTls()).build();
      Config config =
          new ConfigBuilder(Config.fromKubeconfig(cluster.kubeconfig()))
              .withRequestRetryBackoffLimit(0)
              .build();
      client = new KubernetesClientBuilder().withConfig(config).build();
      try (InputStream definition = Ponds.class.getResourceAsStream("/ponds.yaml")) {
        send(
            "POST",
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            "application/json",
            new YAMLMapper().readTree(definition).toString());
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  MixedOperation<GenericKubernetesResource, ?, Resource<GenericKubernetesResource>> ponds() {
    return client.genericKubernetesResources(CONTEXT);
  }

  Resource<GenericKubernetesResource> pond(String name) {
    return client.genericKubernetesResources(CONTEXT).inNamespace("default").withName(name);
  }

  Answer get(String path) {
    return send("GET", path, "", "");
  }

  /** Creates a pond from the lenient JSON of its spec. */
  Answer create(String name, String spec) {
    return send("POST", PATH, "application/json", resource(name, "{}", spec).toString());
  }

  static ObjectNode resource(String name, String meta, String spec) {
    ObjectNode resource =
        Json.of(
            "{apiVersion: 'sample.dev/v1', kind: 'Pond', metadata: "
                + meta
                + ", spec: "
                + spec
                + "}");
    Json.meta(resource).put("name", name);
    return resource;
  }

  Answer merge(String path, String patch) {
    return send("PATCH", path, "application/merge-patch+json", Json.of(patch).toString());
  }

  Answer apply(String path, String manager, ObjectNode body) {
    return send(
        "PATCH",
        path + "?fieldManager=" + manager,
        "application/apply-patch+yaml",
        body.toString());
  }

  Answer send(String method, String path, String type, String body) {
    return send(method, path, type, body, "application/json");
  }

  Answer send(String method, String path, String type, String body, String accept) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(cluster.url() + path))
            .header("Authorization", "Bearer " + cluster.token())
            .header("Accept", accept)
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(answer.statusCode(), Json.parse(answer.body()), answer);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    client.close();
    cluster.close();
  }
}
