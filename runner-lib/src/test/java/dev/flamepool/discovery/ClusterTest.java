package dev.flamepool.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.flamepool.Flame;
import dev.flamepool.Pool;
import dev.flamepool.QueueTimeoutException;
import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.Names;
import dev.flamepool.caller.Demand;
import dev.flamepool.caller.PoolSource;
import dev.flamepool.caller.PoolView;
import dev.flamepool.minicluster.MiniCluster;
import dev.flamepool.minicluster.RequestHook;
import dev.flamepool.wire.Certificates;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What the library reads from and writes to a cluster, over HTTP. */
@Timeout(60)
class ClusterTest {
  private static final String POOL = "thumbs";

  @TempDir Path folder;
  private MiniCluster server;
  private KubernetesClient admin;
  private Cluster cluster;
  private PoolSource source;
  private final AtomicReference<PoolSource.News> news = new AtomicReference<>();

  @BeforeEach
  void start() throws Exception {
    server = MiniCluster.start(0);
    Path kubeconfig = folder.resolve("kubeconfig");
    server.writeKubeconfig(kubeconfig);
    admin =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
            .build();
    for (String kind : List.of("flamepools", "flamecallers")) {
      try (InputStream crd = Files.newInputStream(Path.of("../manifests/crds/" + kind + ".yaml"))) {
        admin.load(crd).create();
      }
    }
    cluster = Cluster.connect(kubeconfig, null, null);
    source = cluster.pool(POOL);
  }

  @AfterEach
  void stop() {
    source.close();
    cluster.close();
    admin.close();
    server.close();
  }

  private void follow() {
    source.start(news::set);
  }

  private void awaitTrouble(String word) {
    await()
        .until(
            () ->
                news.get() != null
                    && news.get().trouble() != null
                    && news.get().trouble().contains(word));
  }

  private PoolView view() {
    return news.get() == null ? PoolView.UNKNOWN : news.get().view();
  }

  private void awaitPresence(PoolView.Presence presence) {
    await().until(() -> view().presence() == presence);
  }

  private FlamePool createPool() throws IOException {
    Path file = folder.resolve("pool.yaml");
    Files.writeString(
        file,
        """
        apiVersion: flamepool.dev/v1alpha1
        kind: FlamePool
        metadata: {name: thumbs, namespace: default}
        spec: {max: 3, timeout: never, bootTimeout: 7s, backends: [{name: here, local: {}}]}
        """);
    try (InputStream in = Files.newInputStream(file)) {
      admin.load(in).create();
    }
    return pools().get();
  }

  private Resource<FlamePool> pools() {
    return admin.resources(FlamePool.class).inNamespace("default").withName(POOL);
  }

  private void patchStatus(String json) {
    pools().subresource("status").patch(PatchContext.of(PatchType.JSON_MERGE), json);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private void createSecret() throws Exception {
    Certificates.Minted minted = new Certificates().caller();
    Map<String, String> data =
        Map.of(
            "ca.der", base64(minted.ca()),
            "cert.der", base64(minted.cert()),
            "key.pk8", base64(minted.key()));
    Secret secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName(Names.clientSecret(POOL))
            .withNamespace("default")
            .endMetadata()
            .withData(data)
            .build();
    admin.resource(secret).create();
  }

  private List<FlameCaller> callers() {
    return admin
        .resources(FlameCaller.class)
        .inNamespace("default")
        .withLabel(Names.POOL_LABEL, POOL)
        .list()
        .getItems();
  }

  @Test
  void aPoolIsFollowedFromItsAbsenceToItsEnd() throws Exception {
    follow();
    awaitPresence(PoolView.Presence.NOT_FOUND);
    createPool();
    awaitPresence(PoolView.Presence.PRESENT);
    assertThat(view().timeout()).isNull();
    assertThat(view().bootTimeout()).isEqualTo(Duration.ofSeconds(7));
    patchStatus(
        """
        {"status": {"desired": 2, "booting": 1,
          "effective": {"maxConcurrency": 5},
          "revisions": [
            {"name": "a", "codeVersion": "v2", "desired": 1}, {"name": "b", "desired": 1}],
          "endpoints": [
            {"runner": "thumbs-10", "uid": "c", "address": "127.0.0.1:3", "codeVersion": "v"},
            {"runner": "thumbs-2", "uid": "b", "address": "127.0.0.1:2", "maxConcurrency": 9}],
          "recentFailures": [{"runner": "thumbs-0", "reason": "Exited", "log": ["a", "b"]}],
          "conditions": [{"type": "Ready", "status": "True", "reason": "Ready", "message": "",
            "lastTransitionTime": "2026-01-01T00:00:00Z"}]}}
        """);
    await().until(() -> view().endpoints().size() == 2);
    assertThat(view().endpoints())
        .containsExactly(
            new PoolView.Endpoint("thumbs-2", "b", "127.0.0.1:2", "", 9),
            new PoolView.Endpoint("thumbs-10", "c", "127.0.0.1:3", "v", 5));
    assertThat(view().desired()).isEqualTo(2);
    assertThat(view().desiredOf()).isEqualTo(Map.of("v2", 1));
    assertThat(view().failures().get(0).log()).containsExactly("a", "b");
    assertThat(view().conditions()).extracting(c -> c.type()).containsExactly("Ready");
    pools().patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"suspend\": true}}");
    await().until(() -> view().suspended());
    pools().delete();
    awaitPresence(PoolView.Presence.DELETED);
  }

  /** A cache of the API server may lag behind: a pool that was just applied is not there yet. */
  @Test
  void thePoolIsAskedForWhereItIsStoredNotInACacheThatMayBeOld() throws Exception {
    List<String> lists = new CopyOnWriteArrayList<>();
    server.setHook(
        new RequestHook() {
          @Override
          public int before(String method, String path, String body) {
            if (path.contains("/flamepools") && !path.contains("watch=true")) {
              lists.add(path);
            }
            return PASS;
          }
        });
    createPool();
    follow();
    awaitPresence(PoolView.Presence.PRESENT);
    assertThat(lists).filteredOn(path -> path.contains("fieldSelector")).isNotEmpty();
    assertThat(lists).noneMatch(path -> path.contains("resourceVersion=0"));
  }

  @Test
  void aServerThatIsDownIsNamedLongBeforeACallGivesUp() {
    server.close();
    follow();
    awaitTrouble("connection refused");
    assertThat(news.get().trouble()).contains(admin.getMasterUrl().toString());
  }

  @Test
  void theCallerSecretIsWaitedFor() throws Exception {
    follow();
    createPool();
    awaitTrouble("default/thumbs-client");
    assertThat(news.get().identity()).isNull();
    createSecret();
    await().until(() -> news.get().identity() != null);
    assertThat(news.get().trouble()).isNull();
  }

  @Test
  void aRenewedCallerSecretIsReadWhenARunnerRefusesTheOldOne() throws Exception {
    follow();
    createPool();
    createSecret();
    await().until(() -> news.get() != null && news.get().identity() != null);
    Object first = news.get().identity();
    admin.secrets().inNamespace("default").withName(Names.clientSecret(POOL)).delete();
    createSecret();
    source.identityRefused();
    source.identityRefused();
    await().until(() -> news.get().identity() != first);
    assertThat(news.get().trouble()).isNull();
  }

  @Test
  void demandIsOneObjectOfWhichOnlyDifferencesAreWritten() throws Exception {
    follow();
    String uid = createPool().getMetadata().getUid();
    awaitPresence(PoolView.Presence.PRESENT);
    List<String> patches = new CopyOnWriteArrayList<>();
    List<String> reads = new CopyOnWriteArrayList<>();
    server.setHook(
        new RequestHook() {
          @Override
          public int before(String method, String path, String body) {
            if (method.equals("PATCH")) {
              patches.add(body);
            }
            if (method.equals("GET") && path.contains("/flamecallers/")) {
              reads.add(path);
            }
            return PASS;
          }
        });
    source.demand(new Demand(0, 4, 0, "v1"));
    await().until(() -> callers().size() == 1);
    FlameCaller written = callers().get(0);
    assertThat(written.getMetadata().getName()).matches("thumbs-[a-z0-9]{8}");
    assertThat(written.getMetadata().getOwnerReferences())
        .satisfiesExactly(owner -> assertThat(owner.getUid()).isEqualTo(uid));
    assertThat(written.getSpec().pool()).isEqualTo(POOL);
    assertThat(written.getSpec().queued()).isEqualTo(4);
    assertThat(written.getSpec().codeVersion()).isEqualTo("v1");

    source.demand(new Demand(3, 4, 0, "v1"));
    await().until(() -> callers().get(0).getSpec().inFlight() == 3);
    assertThat(patches)
        .satisfiesExactly(
            patch ->
                assertThat(patch)
                    .contains("inFlight", "renewTime")
                    .doesNotContain("queued", "codeVersion", "pool"));

    admin.resource(written).delete(); // as the operator does with what it takes for dead
    source.demand(new Demand(1, 0, 7, "v1"));
    await().until(() -> callers().size() == 1 && callers().get(0).getSpec().inFlight() == 1);
    assertThat(callers().get(0).getSpec().idleSeconds()).isEqualTo(7);

    source.noDemand();
    await().until(() -> callers().isEmpty());
    source.demand(new Demand(1, 0, 7, "v1"));
    await().until(() -> callers().size() == 1);
    source.close();
    assertThat(callers()).isEmpty();
    assertThat(reads).as("a right that callers do not have").isEmpty();
  }

  @Test
  void whatTheClusterRefusesIsToldAndTriedAgain() throws Exception {
    AtomicBoolean refusing = new AtomicBoolean(true);
    server.setHook(
        new RequestHook() {
          @Override
          public int before(String method, String path, String body) {
            return refusing.get() && path.contains("/flame") ? 403 : PASS;
          }
        });
    follow();
    awaitTrouble("watch");
    assertThat(view().presence()).isEqualTo(PoolView.Presence.UNKNOWN);
    assertThat(news.get().trouble()).contains("default/thumbs", "403", "thumbs-caller");
    refusing.set(false);
    awaitPresence(PoolView.Presence.NOT_FOUND);
    createPool();
    awaitPresence(PoolView.Presence.PRESENT);

    refusing.set(true);
    source.demand(new Demand(0, 1, 0, "v1"));
    awaitTrouble("demand");
    refusing.set(false);
    await().until(() -> callers().size() == 1);
  }

  @Test
  void demandThatMayNotBeWrittenIsWarnedOfOnceAndToldToWhoeverWaitsForARunner() throws Exception {
    AtomicInteger refused = new AtomicInteger();
    server.setHook(
        new RequestHook() {
          @Override
          public int before(String method, String path, String body) {
            if (!path.contains("/flamecallers")) {
              return PASS;
            }
            refused.incrementAndGet();
            return 403;
          }
        });
    createPool();
    createSecret();
    Logger logger = (Logger) LoggerFactory.getLogger(KubernetesPool.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try (Flame flame = Flame.builder().kubeconfig(folder.resolve("kubeconfig")).connect()) {
      Pool pool = flame.pool(POOL);
      CompletableFuture<Integer> waiting = pool.submit(() -> 1);
      await().until(() -> refused.get() > 2);
      assertThatThrownBy(waiting::get)
          .hasCauseInstanceOf(QueueTimeoutException.class)
          .hasMessageContaining("cannot write demand on FlamePool default/thumbs")
          .hasMessageContaining("Role thumbs-caller");
    } finally {
      logger.detachAppender(log);
    }
    assertThat(log.list)
        .filteredOn(event -> event.getLevel() == Level.WARN)
        .extracting(ILoggingEvent::getFormattedMessage)
        .singleElement()
        .asString()
        .contains("cannot write demand", "default/thumbs", "403", "Role thumbs-caller");
  }

  @Test
  void aPoolOfTheSameNameIsAnotherPool() throws Exception {
    follow();
    createPool();
    createSecret();
    await().until(() -> news.get() != null && news.get().identity() != null);
    Object first = news.get().identity();
    pools().delete();
    awaitPresence(PoolView.Presence.DELETED);
    admin.secrets().inNamespace("default").withName(Names.clientSecret(POOL)).delete();
    createSecret();
    createPool();
    await().until(() -> view().presence() == PoolView.Presence.PRESENT);
    await().until(() -> news.get().identity() != null && news.get().identity() != first);
  }
}
