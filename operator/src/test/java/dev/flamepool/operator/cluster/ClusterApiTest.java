package dev.flamepool.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus;
import dev.flamepool.operator.sweep.KnownRunners;
import io.fabric8.kubernetes.api.model.DefaultKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How answers of the API server are taken, each injected once. */
class ClusterApiTest {
  private static final String RUNNERS =
      "/apis/flamepool.dev/v1alpha1/namespaces/default/flamerunners";

  private final KubernetesMockServer server = new KubernetesMockServer(false);
  private KubernetesClient client;
  private ClusterApi api;

  @BeforeEach
  void start() {
    server.init();
    client =
        server.createClient(
            builder -> builder.editOrNewConfig().withRequestRetryBackoffLimit(0).endConfig());
    api = new ClusterApi(client);
  }

  @AfterEach
  void stop() {
    client.close();
    server.destroy();
  }

  @Test
  void withoutADifferenceThereIsNoRequest() {
    FlameRunner runner = runner();
    runner.setStatus(FlameRunnerStatus.EMPTY);
    assertThat(api.patchStatus(runner, FlameRunnerStatus.EMPTY)).isSameAs(runner);
    assertThat(server.getRequestCount()).isZero();
  }

  /** One that named a resourceVersion would be answered with what some API server remembers. */
  @Test
  void whatDecidesWhetherAMachineIsWantedIsReadFromWhatIsStored() {
    DefaultKubernetesResourceList<FlameRunner> stored = new DefaultKubernetesResourceList<>();
    stored.setMetadata(new ListMeta());
    server.expect().get().withPath(RUNNERS).andReturn(200, stored).once();
    server.expect().get().withPath(RUNNERS + "?limit=500").andReturn(200, stored).once();
    assertThat(KnownRunners.of(client, Set.of("default")).list()).isEmpty();
    new ClusterApi(client, Set.of("default")).forEachRunner(runner -> {});
    assertThat(server.getRequestCount()).isEqualTo(2);
  }

  @Test
  void aConflictIsAStaleRead() {
    server
        .expect()
        .patch()
        .withPath(RUNNERS + "/work-0/status")
        .andReturn(409, status(409, "Conflict"))
        .once();
    assertThatThrownBy(() -> api.patchStatus(runner(), pending()))
        .isInstanceOf(StaleException.class)
        .hasMessageContaining("default/work-0");
  }

  @Test
  void aPatchCarriesTheVersionThatWasRead() throws InterruptedException {
    server.expect().patch().withPath(RUNNERS + "/work-0/status").andReturn(200, runner()).once();
    api.patchStatus(runner(), pending());
    assertThat(server.takeRequest().getUtf8Body())
        .contains("\"resourceVersion\":\"7\"")
        .contains("\"phase\":\"Pending\"");
  }

  @Test
  void aCreateInANamespaceThatIsGoingIsToldApartFromAMissingPermission() {
    Status terminating =
        new StatusBuilder(status(403, "Forbidden"))
            .withNewDetails()
            .addNewCause()
            .withReason("NamespaceTerminating")
            .endCause()
            .endDetails()
            .build();
    server.expect().post().withPath(RUNNERS).andReturn(403, terminating).once();
    assertThatThrownBy(() -> api.create(runner()))
        .isInstanceOf(NamespaceTerminatingException.class);

    Status quota =
        new StatusBuilder(status(403, "Forbidden"))
            .withMessage("flamerunners \"work-0\" is forbidden: exceeded quota: few, limited: 1")
            .build();
    server.expect().post().withPath(RUNNERS).andReturn(403, quota).once();
    assertThatThrownBy(() -> api.create(runner()))
        .isInstanceOf(QuotaException.class)
        .hasMessageContaining("exceeded quota: few");

    server.expect().post().withPath(RUNNERS).andReturn(403, status(403, "Forbidden")).once();
    assertThatThrownBy(() -> api.create(runner()))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("Forbidden");
  }

  @Test
  void anObjectThatExistsIsNoFailureOfACreate() {
    server.expect().post().withPath(RUNNERS).andReturn(409, status(409, "AlreadyExists")).once();
    assertThat(api.create(runner())).isEmpty();
  }

  @Test
  void aConflictOfACreateMeansThatNothingWasCreated() {
    server.expect().post().withPath(RUNNERS).andReturn(409, status(409, "Conflict")).once();
    assertThatThrownBy(() -> api.create(runner())).isInstanceOf(StaleException.class);
  }

  private static Status status(int code, String reason) {
    return new StatusBuilder().withCode(code).withReason(reason).withMessage(reason).build();
  }

  private static FlameRunnerStatus pending() {
    return new FlameRunnerStatus(
        FlameRunnerStatus.Phase.Pending, null, null, null, null, null, null, null, null);
  }

  private static FlameRunner runner() {
    FlameRunner runner = new FlameRunner();
    runner.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("default")
            .withName("work-0")
            .withUid("u-1")
            .withResourceVersion("7")
            .build());
    return runner;
  }
}
