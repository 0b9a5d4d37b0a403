package dev.flamepool.examples.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The few requests that the quickstart itself makes, as kubectl would make them. */
final class KubeApi {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String POOL =
      "/apis/flamepool.dev/v1alpha1/namespaces/default/flamepools/thumbnails";

  private final HttpClient http;
  private final String server;
  private final String token;

  KubeApi(Path kubeconfig) throws IOException {
    JsonNode config = new ObjectMapper(new YAMLFactory()).readTree(Files.readString(kubeconfig));
    server = config.at("/clusters/0/cluster/server").asText();
    token = config.at("/users/0/user/token").asText();
    byte[] authority =
        Base64.getDecoder()
            .decode(config.at("/clusters/0/cluster/certificate-authority-data").asText());
    http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(trusting(authority))
            .build();
  }

  void applyCrd(String name, String yaml) throws IOException, InterruptedException {
    apply("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/" + name, yaml);
  }

  void applyPool(String yaml) throws IOException, InterruptedException {
    apply(POOL, yaml);
  }

  void deletePool() throws IOException, InterruptedException {
    send(request(POOL).DELETE());
  }

  boolean poolExists() throws IOException, InterruptedException {
    return send(request(POOL).GET()).statusCode() == 200;
  }

  JsonNode pool() throws IOException, InterruptedException {
    return JSON.readTree(send(request(POOL).GET()).body());
  }

  /** What {@code kubectl get flamepool thumbnails} is answered: the columns are the server's. */
  JsonNode poolTable() throws IOException, InterruptedException {
    HttpResponse<String> answer =
        send(request(POOL).header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").GET());
    return JSON.readTree(answer.body());
  }

  private static SSLContext trusting(byte[] pem) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("JKS");
      store.load(null, null);
      store.setCertificateEntry(
          "cluster",
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(pem)));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("the kubeconfig's certificate-authority-data cannot be used", e);
    }
  }

  private void apply(String path, String yaml) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        send(
            request(path + "?fieldManager=quickstart&force=true")
                .header("Content-Type", "application/apply-patch+yaml")
                .method("PATCH", HttpRequest.BodyPublishers.ofString(yaml)));
    if (answer.statusCode() >= 300) {
      throw new IOException("apply " + path + ": " + answer.body());
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server + path))
        .header("Authorization", "Bearer " + token)
        .timeout(Duration.ofSeconds(10));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
