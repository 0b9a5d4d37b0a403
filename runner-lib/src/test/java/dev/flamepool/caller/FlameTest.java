package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flamepool.Flame;
import dev.flamepool.PoolNotFoundException;
import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlamePool;
import dev.flamepool.minicluster.MiniCluster;
import dev.flamepool.wire.Certificates;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The library as an application uses it; a test stands in for the operator. */
@Timeout(60)
class FlameTest {
  @TempDir Path folder;

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private List<FlameCaller> demand(KubernetesClient admin) {
    return admin.resources(FlameCaller.class).inNamespace("default").list().getItems();
  }

  @Test
  void aCallWaitsAsDemandUntilTheStatusNamesARunner() throws Exception {
    Certificates certificates = new Certificates();
    Certificates.Minted minted = certificates.caller();
    Path kubeconfig = folder.resolve("kubeconfig");
    try (MiniCluster server = MiniCluster.start(0);
        RunnerProcess runner = RunnerProcess.start(certificates, folder, 0, "uid-0", 2)) {
      server.writeKubeconfig(kubeconfig);
      Config config = Config.fromKubeconfig(kubeconfig.toFile());
      try (KubernetesClient admin = new KubernetesClientBuilder().withConfig(config).build();
          Flame flame =
              Flame.builder().kubeconfig(kubeconfig).codeVersion(RunnerProcess.CODE).connect()) {
        for (String kind : List.of("flamepools", "flamecallers")) {
          byte[] crd = Files.readAllBytes(Path.of("../manifests/crds/" + kind + ".yaml"));
          admin.load(new ByteArrayInputStream(crd)).create();
        }
        assertThatThrownBy(() -> flame.pool("other").call(() -> 1))
            .isInstanceOf(PoolNotFoundException.class)
            .hasMessageContaining("default/other");
        InputStream pool =
            new ByteArrayInputStream(
                """
                apiVersion: flamepool.dev/v1alpha1
                kind: FlamePool
                metadata: {name: pool, namespace: default}
                spec: {max: 1, backends: [{name: here, local: {}}]}
                """
                    .getBytes(StandardCharsets.UTF_8));
        admin.load(pool).create();
        CompletableFuture<String> call =
            flame.pool("pool").submit(ctx -> ctx.parent().orElseThrow().runner());
        await().until(() -> demand(admin).size() == 1);
        assertThat(demand(admin).get(0).getSpec().queued()).isEqualTo(1);
        admin
            .resource(
                new SecretBuilder()
                    .withNewMetadata()
                    .withName("pool-client")
                    .withNamespace("default")
                    .endMetadata()
                    .addToData("ca.der", base64(minted.ca()))
                    .addToData("cert.der", base64(minted.cert()))
                    .addToData("key.pk8", base64(minted.key()))
                    .build())
            .create();
        PoolView.Endpoint endpoint = runner.endpoint();
        admin
            .resources(FlamePool.class)
            .inNamespace("default")
            .withName("pool")
            .subresource("status")
            .patch(
                PatchContext.of(PatchType.JSON_MERGE),
                """
                {"status": {"desired": 1, "endpoints": [{"runner": "pool-0", "uid": "uid-0",
                  "address": "%s", "codeVersion": "%s", "maxConcurrency": 2}]}}
                """
                    .formatted(endpoint.address(), endpoint.codeVersion()));
        assertThat(call.get()).isEqualTo("pool-0");
        assertThat(flame.pool("pool").call(() -> 2)).isEqualTo(2);
        flame.closeNow();
        assertThat(demand(admin)).isEmpty();
      }
    }
  }
}
