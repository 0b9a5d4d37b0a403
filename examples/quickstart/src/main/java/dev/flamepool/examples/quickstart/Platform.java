package dev.flamepool.examples.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flamepool.minicluster.MiniCluster;
import dev.flamepool.operator.Operator;
import dev.flamepool.operator.OperatorConfig;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a cluster with FlamePool installed has: an API server, the four kinds, the operator. */
final class Platform implements AutoCloseable {
  private static final List<String> KINDS =
      List.of("flamepools", "flamebackends", "flamerunners", "flamecallers");
  private static final String CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/";
  private static final String POOL =
      "/apis/flamepool.dev/v1alpha1/namespaces/default/flamepools/thumbnails";
  private static final String SECRETS = "/api/v1/namespaces/default/secrets/";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final long began = System.nanoTime();
  private final MiniCluster cluster;
  private final KubernetesClient client;
  private final OperatorConfig operatorConfig;
  private final Path runners;
  private final Optional<SimulatedCloud> cloud;
  private final AtomicBoolean closed = new AtomicBoolean();
  private @Nullable Operator operator;

  /** A cluster with a pool in it, whose runners are where the backend says; nothing acts yet. */
  Platform(Path kubeconfig, Path folder, String runnerClassPath, Backend backend)
      throws IOException, InterruptedException {
    cluster = MiniCluster.start(0);
    cluster.writeKubeconfig(kubeconfig);
    Config config = Config.fromKubeconfig(kubeconfig.toFile());
    client = new KubernetesClientBuilder().withConfig(config).build();
    for (String kind : KINDS) {
      apply(CRDS + kind + ".flamepool.dev", resource("/dev/flamepool/crds/" + kind + ".yaml"));
    }
    runners = folder.resolve("runners");
    OperatorConfig any =
        OperatorConfig.of(config, "default", runners).withLocal(Optional.of(runnerClassPath));
    String name = backend.word();
    String pool = resource("pool-" + name + ".yaml");
    cloud = backend.simulate(folder.resolve(name), runnerClassPath);
    if (cloud.isPresent()) {
      String endpoint = cloud.get().endpoint();
      apply(SECRETS + name, resource("secret-" + name + ".yaml"));
      apply(POOL, pool.replace("ENDPOINT", endpoint));
      operatorConfig = any.withEndpoints(Set.of(endpoint));
    } else {
      apply(POOL, pool);
      operatorConfig = any;
    }
  }

  /** As {@code kubectl apply --server-side}: no model of it has to be loaded here. */
  private void apply(String path, String yaml) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        send(
            request(path + "?fieldManager=quickstart&force=true")
                .patch("application/apply-patch+yaml", yaml));
    if (!answer.isSuccessful()) {
      throw new IOException("apply " + path + ": " + answer.bodyString());
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream yaml = Platform.class.getResourceAsStream(name)) {
      return new String(yaml.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private HttpRequest.Builder request(String path) {
    return client.getHttpClient().newHttpRequestBuilder().uri(URI.create(cluster.url() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    try {
      return client.getHttpClient().sendAsync(request.build(), String.class).get();
    } catch (ExecutionException e) {
      if (closed.get()) {
        throw new IllegalStateException(e);
      }
      throw new IOException(e.getCause());
    }
  }

  /** The operator begins. */
  synchronized void work() {
    if (!closed.get()) {
      operator = new Operator(operatorConfig, () -> Runtime.getRuntime().halt(1));
      operator.start();
    }
  }

  double secondsSinceStart() {
    return (System.nanoTime() - began) / 1e9;
  }

  /** What {@code kubectl get flamepool thumbnails} is answered: the columns are the server's. */
  JsonNode poolTable() throws IOException, InterruptedException {
    HttpRequest.Builder get =
        request(POOL).header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
    return JSON.readTree(send(get).body());
  }

  boolean isBackAtZero() throws IOException, InterruptedException {
    JsonNode status = JSON.readTree(send(request(POOL)).body()).path("status");
    return status.path("ready").asInt(-1) == 0
        && status.path("booting").asInt() == 0
        && status.path("draining").asInt() == 0;
  }

  /** Ends the operator, then whatever runner is left, then the cluster. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    synchronized (this) {
      if (operator != null) {
        operator.close();
      }
    }
    try (Stream<Path> left = Files.list(runners)) {
      left.forEach(Platform::endRunner);
    } catch (IOException none) {
      // no runner was ever started
    }
    cloud.ifPresent(SimulatedCloud::close);
    client.close();
    cluster.close();
  }

  private static void endRunner(Path runner) {
    try {
      long pid = Long.parseLong(Files.readString(runner.resolve("pid")).strip());
      ProcessHandle.of(pid)
          .filter(p -> p.info().command().orElse("").contains("java"))
          .ifPresent(ProcessHandle::destroyForcibly);
    } catch (IOException | NumberFormatException gone) {
      // it ended by itself
    }
  }
}
