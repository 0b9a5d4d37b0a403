package dev.flamepool.bench;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.Names;
import dev.flamepool.minicluster.MiniCluster;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * An application that is started by a command, as users start theirs: as a runner, and as a caller
 * that finds it in a cluster whose operator is the test.
 */
public final class Started implements AutoCloseable {
  private final Path folder;
  private final MiniCluster cluster;
  private final KubernetesClient admin;
  private final Authority authority;
  private final Path kubeconfig;
  private int runners;

  /** An empty cluster. */
  public Started(Path folder) throws Exception {
    this.folder = folder;
    authority = new Authority();
    cluster = MiniCluster.start(0);
    kubeconfig = folder.resolve("kubeconfig");
    cluster.writeKubeconfig(kubeconfig);
    admin =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
            .build();
    admin
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(RunnerJvm.NAMESPACE)
                .endMetadata()
                .build())
        .create();
    for (String kind : List.of("flamepools", "flamecallers")) {
      try (InputStream crd = Files.newInputStream(Path.of("../manifests/crds/" + kind + ".yaml"))) {
        admin.load(crd).create();
      }
    }
    authority.writeCaller(folder.resolve("caller"));
    Map<String, String> identity = new LinkedHashMap<>();
    for (String file : List.of("ca.der", "cert.der", "key.pk8")) {
      byte[] bytes = Files.readAllBytes(folder.resolve("caller").resolve(file));
      identity.put(file, Base64.getEncoder().encodeToString(bytes));
    }
    admin
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(Names.clientSecret(RunnerJvm.POOL))
                .withNamespace(RunnerJvm.NAMESPACE)
                .endMetadata()
                .withData(identity)
                .build())
        .create();
    String pool =
        """
        apiVersion: flamepool.dev/v1alpha1
        kind: FlamePool
        metadata: {name: %s, namespace: %s}
        spec: {max: 1, backends: [{name: here, local: {}}]}
        """
            .formatted(RunnerJvm.POOL, RunnerJvm.NAMESPACE);
    admin.load(new ByteArrayInputStream(pool.getBytes(StandardCharsets.UTF_8))).create();
  }

  /**
   * What the caller printed, while there was that runner.
   *
   * @param caller gets the kubeconfig, the namespace and the pool's name as arguments
   */
  public String calls(List<String> runner, List<String> caller) throws Exception {
    String uid = "runner-" + runners++;
    try (RunnerJvm jvm = RunnerJvm.start(authority, folder, uid, runner, Map.of())) {
      String address = jvm.endpoint().address();
      admin
          .resources(FlamePool.class)
          .inNamespace(RunnerJvm.NAMESPACE)
          .withName(RunnerJvm.POOL)
          .subresource("status")
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              """
              {"status": {"effective": {"maxConcurrency": 5}, "endpoints":
                [{"runner": "%s-0", "uid": "%s", "address": "%s"}]}}
              """
                  .formatted(RunnerJvm.POOL, uid, address));
      return prints(caller);
    }
  }

  /** What a runner printed that ends before it listens. */
  public String fails(List<String> runner) throws Exception {
    try (RunnerJvm jvm =
        RunnerJvm.start(authority, folder, "runner-" + runners++, runner, Map.of())) {
      return "it listens at " + jvm.endpoint().address();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** What a caller printed, without any runner. */
  public String prints(List<String> caller) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(caller);
    command.addAll(List.of(kubeconfig.toString(), RunnerJvm.NAMESPACE, RunnerJvm.POOL));
    return output(command);
  }

  /** What any command printed, on both its streams. */
  public String output(List<String> command) throws IOException, InterruptedException {
    Path output = folder.resolve("caller.log");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    Process process = builder.start();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        return "still running: " + Files.readString(output);
      }
      return Files.readString(output);
    } finally {
      process.destroyForcibly().onExit().join();
    }
  }

  @Override
  public void close() {
    admin.close();
    cluster.close();
  }
}
