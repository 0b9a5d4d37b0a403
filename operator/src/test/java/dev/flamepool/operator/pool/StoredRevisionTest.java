package dev.flamepool.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerSpec;
import dev.flamepool.api.Names;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.Json;
import dev.flamepool.operator.pool.KnownRevision.Heard;
import dev.flamepool.operator.world.Cluster;
import dev.flamepool.operator.world.FakeCredentials;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
  private final FakeCredentials credentials = new FakeCredentials();
  private final ClusterApi api = new ClusterApi(client, Set.of(namespace));
  private final RevisionStore store = new RevisionStore(api, new Inventory(api), credentials);
  private FlamePool pool;

  @BeforeEach
  void aPool() {
    FlamePool made = new FlamePool();
    made.setMetadata(new ObjectMetaBuilder().withName("p").withNamespace(namespace).build());
    made.setSpec(Serialization.unmarshal("spec: {max: 1}", FlamePool.class).getSpec());
    pool = client.resource(made).create();
    pool.setStatus(
        Serialization.unmarshal("status: {observedGeneration: 1}", FlamePool.class).getStatus());
    pool = client.resource(pool).updateStatus();
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

  private ControllerRevision object(Revision revision, int number, String sealedFor) {
    return StoredRevision.object(
        pool, new KnownRevision(revision, number, Optional.empty()), credentials.seal(sealedFor));
  }

  /** Whoever may make ControllerRevisions must not choose what the operator boots. */
  @Test
  void whatSomebodyElseMadeDoesNotCount() {
    Revision something = new Revision(Revision.nameOf(SOMETHING), SOMETHING);
    client.resource(object(something, 8, "another pool")).create();
    ControllerRevision changed = object(REVISION, 7, pool.getMetadata().getUid());
    changed.getMetadata().getAnnotations().put(Names.CODE_VERSION, "v-evil");
    client.resource(changed).create();
    assertThat(afterARestart()).isEmpty();

    PoolMemory memory = new PoolMemory(NOW);
    store.write(pool, List.of(HEARD), memory);
    assertThat(afterARestart()).as("in its place").allMatch(HEARD::isSame).hasSize(1);
  }

  @Test
  void whatIsNoRevisionAtAllIsNotRead() {
    for (Object data : List.of(7, Map.of("template", "{"), Map.of("template", 1))) {
      ControllerRevision garbage = object(REVISION, 1, pool.getMetadata().getUid());
      garbage.getMetadata().setName("garbage-" + objects().size());
      garbage.setData(data);
      client.resource(garbage).create();
    }
    assertThat(afterARestart()).isEmpty();
  }
}
