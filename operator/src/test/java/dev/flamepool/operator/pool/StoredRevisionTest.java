package dev.flamepool.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerSpec;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.Json;
import dev.flamepool.operator.pool.KnownRevision.Heard;
import dev.flamepool.operator.world.Cluster;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A template in which nothing is harmless, stored, told its code version, and read again. */
class StoredRevisionTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final FlameRunnerSpec TEMPLATE = HostileValues.of(FlameRunnerSpec.class);
  private static final FlameRunnerSpec SOMETHING =
      Serialization.unmarshal("spec: {maxConcurrency: 7}", FlameRunner.class).getSpec();
  private static final Revision REVISION = new Revision(Revision.nameOf(TEMPLATE), TEMPLATE);
  private static final KnownRevision UNHEARD = new KnownRevision(REVISION, 1, Optional.empty());
  private static final KnownRevision HEARD =
      new KnownRevision(REVISION, 2, Optional.of(new Heard("v1", NOW)));

  private final String namespace = Cluster.namespace();
  private final KubernetesClient client = Cluster.shared();
  private final RevisionStore store = new RevisionStore(new ClusterApi(client));
  private FlamePool pool;

  @BeforeEach
  void aPool() {
    FlamePool made = new FlamePool();
    made.setMetadata(new ObjectMetaBuilder().withName("p").withNamespace(namespace).build());
    made.setSpec(Serialization.unmarshal("spec: {max: 1}", FlamePool.class).getSpec());
    pool = client.resource(made).create();
    pool.setStatus(
        Serialization.unmarshal(
                "status: {revisions: [{name: " + REVISION.name() + "}]}", FlamePool.class)
            .getStatus());
  }

  @AfterEach
  void clean() {
    client.namespaces().withName(namespace).delete();
  }

  private List<ControllerRevision> objects() {
    return client.apps().controllerRevisions().inNamespace(namespace).list().getItems();
  }

  private List<KnownRevision> afterARestart() {
    return store.read(pool, new PoolMemory(NOW));
  }

  @Test
  void itsServerMayWriteItAgain() {
    PoolMemory memory = new PoolMemory(NOW);
    store.write(pool, List.of(UNHEARD), memory);
    store.write(pool, List.of(HEARD), memory);
    store.write(pool, List.of(HEARD), new PoolMemory(NOW.plusSeconds(60)));
    assertThat(objects()).hasSize(1);
    assertThat(afterARestart())
        .singleElement()
        .satisfies(
            known -> {
              assertThat(known.isSame(HEARD)).isTrue();
              assertThat(Json.text(known.revision().template())).isEqualTo(Json.text(TEMPLATE));
              assertThat(Revision.nameOf(known.revision().template())).isEqualTo(REVISION.name());
            });
  }

  /** Whoever may make ControllerRevisions must not choose what the operator boots. */
  @Test
  void whatSomebodyElseMadeDoesNotCount() {
    ControllerRevision other =
        StoredRevision.object(
            pool, new KnownRevision(new Revision(REVISION.name(), SOMETHING), 7, Optional.empty()));
    client.resource(other).create();
    String name = Revision.nameOf(SOMETHING);
    client
        .resource(
            StoredRevision.object(
                pool, new KnownRevision(new Revision(name, SOMETHING), 8, Optional.empty())))
        .create();
    assertThat(afterARestart()).isEmpty();
  }

  @Test
  void oneThatAnEarlierOperatorStoredAsATreeIsReadAndReplaced() {
    ControllerRevision before = StoredRevision.object(pool, UNHEARD);
    before.setData(Json.tree(TEMPLATE));
    client.resource(before).create();
    PoolMemory memory = new PoolMemory(NOW);
    assertThat(store.read(pool, memory)).allMatch(UNHEARD::isSame).hasSize(1);
    store.write(pool, List.of(HEARD), memory);
    assertThat(afterARestart()).allMatch(HEARD::isSame).hasSize(1);
  }
}
