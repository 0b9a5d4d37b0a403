package dev.flamepool.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlameCallerSpec;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.Names;
import dev.flamepool.minicluster.RequestHook;
import dev.flamepool.operator.backend.CloudEvent;
import dev.flamepool.operator.backend.CloudInvariants;
import dev.flamepool.operator.backend.ManualClock;
import dev.flamepool.operator.backend.ScriptedBackend;
import dev.flamepool.operator.backend.ScriptedCloud;
import dev.flamepool.operator.leadership.LeaseTimes;
import dev.flamepool.operator.world.Cluster;
import dev.flamepool.operator.world.FakeCredentials;
import dev.flamepool.operator.world.FakeLinks;
import dev.flamepool.operator.world.FakeRunners;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What JOSDK and the election add to the steps: events, restarts, hand-over. */
class OperatorTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final LeaseTimes FAST =
      new LeaseTimes(Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(500));

  private final String namespace = Cluster.namespace();
  private final KubernetesClient client = Cluster.shared();
  private final ScriptedCloud cloud = new ScriptedCloud(new ManualClock());
  private final FakeRunners runners = new FakeRunners(cloud);
  private final List<Operator> operators = new ArrayList<>();
  private final List<OperatorConfig> configs = new ArrayList<>();
  private final AtomicInteger lost = new AtomicInteger();

  @AfterEach
  void close() {
    Cluster.hook(new RequestHook() {});
    Cluster.unhook(namespace);
    operators.forEach(Operator::close);
  }

  private Operator operator(Optional<String> lease) {
    return operator(lease, Set.of(namespace));
  }

  private Operator operator(Optional<String> lease, Set<String> namespaces) {
    OperatorConfig config =
        OperatorConfig.of(Cluster.config(), namespace, Path.of("unused"))
            .withNamespaces(namespaces)
            .withInstallation("here")
            .withLease(lease, FAST);
    Operator operator =
        new Operator(
            config,
            Cluster.client(),
            List.of(new ScriptedBackend(cloud)),
            new FakeCredentials(),
            new FakeLinks(runners),
            lost::incrementAndGet);
    operators.add(operator);
    configs.add(config);
    operator.start();
    return operator;
  }

  private void pool(String spec) {
    FlamePool pool = Serialization.unmarshal("spec: " + spec, FlamePool.class);
    pool.setMetadata(new ObjectMetaBuilder().withName("p").withNamespace(namespace).build());
    client.resource(pool).create();
  }

  private void edit(String spec) {
    client
        .resources(FlamePool.class)
        .inNamespace(namespace)
        .withName("p")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":" + spec + "}");
  }

  private FlamePool pool() {
    return client.resources(FlamePool.class).inNamespace(namespace).withName("p").get();
  }

  private void awaitEndpoints(int count) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(pool().getStatus()).isNotNull();
              assertThat(pool().getStatus().endpoints()).hasSize(count);
            });
  }

  private long created() {
    return cloud.log().stream().filter(e -> e.type() == CloudEvent.Type.CREATED).count();
  }

  private double poolPasses(Operator operator) {
    return operator
        .metrics()
        .scrape()
        .lines()
        .filter(line -> line.startsWith("flamepool_reconcile_seconds_count"))
        .filter(line -> line.contains("\"pools\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private void caller(int queued) {
    FlameCaller caller = new FlameCaller();
    caller.setMetadata(
        new ObjectMetaBuilder()
            .withName("p-abcdefgh")
            .withNamespace(namespace)
            .addToLabels(Names.POOL_LABEL, "p")
            .build());
    caller.setSpec(
        new FlameCallerSpec("p", 0, queued, 0, "code-1", 1, UUID.randomUUID().toString()));
    client.resource(caller).createOr(NonDeletingOperation::update);
  }

  /** Whatever was renewed before the last demand has been seen when that has. */
  @Test
  void aCallersMereRenewalIsNoReasonToLookAtItsPool() {
    Operator operator = operator(Optional.empty());
    pool("{max: 3, maxConcurrency: 1}");
    caller(1);
    awaitEndpoints(1);
    double before = poolPasses(operator);
    for (int i = 0; i < 100; i++) {
      caller(1);
    }
    caller(2);
    awaitEndpoints(2);
    assertThat(poolPasses(operator) - before).isLessThan(20);
  }

  @Test
  void demandBootsRunnersAndDeletionReturnsWithNothingLeft() {
    operator(Optional.empty());
    pool("{max: 3, maxConcurrency: 2}");
    caller(5);
    awaitEndpoints(3);
    client.resource(pool()).delete();
    await().atMost(PATIENCE).until(() -> pool() == null);
    CloudInvariants.nothingLeft(cloud);
    CloudInvariants.held(cloud.log(), 3);
  }

  @Test
  void aFlameBackendStaysWhilePoolsUseIt() {
    operator(Optional.empty());
    FlameBackend shared = Serialization.unmarshal("spec: {local: {}}", FlameBackend.class);
    shared.setMetadata(new ObjectMetaBuilder().withName("b").withNamespace(namespace).build());
    client.resource(shared).create();
    pool("{backends: [{name: one, ref: b}]}");
    await().atMost(PATIENCE).until(() -> ready(shared).equals("True/Accepted"));
    client.resource(shared).delete();
    await().atMost(PATIENCE).until(() -> ready(shared).equals("False/InUse"));
    edit("{\"backends\":[{\"name\":\"one\",\"local\":{}}]}");
    await().atMost(PATIENCE).until(() -> client.resource(shared).get() == null);
  }

  private String ready(FlameBackend shared) {
    FlameBackend now = client.resource(shared).get();
    return now.getStatus() == null
        ? ""
        : now.getStatus().conditions().stream()
            .map(condition -> condition.getStatus() + "/" + condition.getReason())
            .collect(Collectors.joining());
  }

  @Test
  void withoutPodsAPoolOfPodsIsToldAndNothingIsAskedThatNeedsARight() {
    Queue<String> asked = new ConcurrentLinkedQueue<>();
    Cluster.hook(
        new RequestHook() {
          @Override
          public int before(String method, String path, String body) {
            if (path.matches(".*/namespaces/" + namespace + "/(pods|deployments|services).*")) {
              asked.add(method + " " + path);
            }
            return PASS;
          }
        });
    Operator operator =
        new Operator(
            OperatorConfig.of(Cluster.config(), namespace, Path.of("unused"))
                .withNamespaces(Set.of(namespace))
                .withInstallation("here")
                .withLease(Optional.empty(), FAST)
                .withoutPods(),
            lost::incrementAndGet);
    operators.add(operator);
    operator.start();
    pool("{min: 1, backends: [{name: here, pod: {runnerFrom: {deployment: app}}}]}");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(pool().getStatus()).isNotNull();
              assertThat(pool().getStatus().conditions())
                  .anyMatch(
                      condition ->
                          condition.getType().equals("BackendReady")
                              && condition.getReason().equals("BackendNotSupported")
                              && condition.getMessage().contains("--no-pods"));
            });
    assertThat(asked).isEmpty();
  }

  @Test
  void allPoolsEndWhereAnOperatorRuns() throws Exception {
    operator(Optional.empty());
    pool("{min: 2, max: 2}");
    awaitEndpoints(2);
    assertThat(EndAllPools.end(client, Set.of(namespace), PATIENCE)).isTrue();
    assertThat(pool()).isNull();
    CloudInvariants.nothingLeft(cloud);
  }

  @Test
  void withoutAnOperatorPoolsAreAskedToEndAndItSaysThatTheyHaveNot() throws Exception {
    pool("{min: 1, max: 2}");
    client.resource(pool()).edit(pool -> finalized(pool, "somebody.example/holds"));
    assertThat(EndAllPools.end(client, Set.of(namespace), Duration.ofMillis(1))).isFalse();
    assertThat(pool().isMarkedForDeletion()).isTrue();
    client.resource(pool()).edit(pool -> finalized(pool));
  }

  private static FlamePool finalized(FlamePool pool, String... finalizers) {
    pool.getMetadata().setFinalizers(List.of(finalizers));
    return pool;
  }

  @Test
  void aSpecEditDuringTheOperatorsOwnStatusPatchIsNotLost() throws Exception {
    CountDownLatch patching = new CountDownLatch(1);
    CountDownLatch edited = new CountDownLatch(1);
    AtomicBoolean first = new AtomicBoolean(true);
    Cluster.hook(
        new RequestHook() {
          @Override
          public int before(String method, String path, String body) throws IOException {
            if (method.equals("PATCH")
                && path.contains(namespace + "/flamepools/p/status")
                && first.getAndSet(false)) {
              patching.countDown();
              hold(edited);
            }
            return PASS;
          }
        });
    operator(Optional.empty());
    pool("{}");
    assertThat(patching.await(30, TimeUnit.SECONDS)).isTrue();
    edit("{\"min\":2}");
    edited.countDown();
    awaitEndpoints(2);
  }

  private static void hold(CountDownLatch until) throws IOException {
    try {
      if (!until.await(30, TimeUnit.SECONDS)) {
        throw new IOException("never released");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void aRestartedOperatorTakesItsRunnersUpWithoutMakingOrEndingAny() {
    Operator first = operator(Optional.empty());
    pool("{min: 2}");
    awaitEndpoints(2);
    first.close();
    String dead = cloud.live().get(0).key().runnerUid();
    cloud.die(dead, 137, "");
    operator(Optional.empty());
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(pool().getStatus().endpoints())
                  .hasSize(2)
                  .noneMatch(endpoint -> endpoint.uid().equals(dead));
              assertThat(cloud.live()).hasSize(2);
            });
    assertThat(created()).as("one lost, one made in its place").isEqualTo(3);
    CloudInvariants.held(cloud.log(), 10);
  }

  @Test
  void aStoppedLeaderHandsOverAndOnlyOneActs() {
    Operator first = operator(Optional.of("lease"));
    await().atMost(PATIENCE).until(first::isWorking);
    Operator second = operator(Optional.of("lease"));
    pool("{min: 1}");
    awaitEndpoints(1);
    assertThat(second.isWorking()).isFalse();
    first.close();
    assertThat(holder()).as("free, or taken").isIn("", holder(second));
    await().atMost(PATIENCE).until(second::isWorking);
    edit("{\"min\":2}");
    awaitEndpoints(2);
    assertThat(lost).as("a graceful stop is no loss").hasValue(0);
    CloudInvariants.held(cloud.log(), 10);
  }

  private static String hookLists(String namespace, String kind, RequestHook hook) {
    Cluster.hook(
        namespace,
        new RequestHook() {
          @Override
          public int before(String method, String path, String body) throws IOException {
            return path.contains("/" + kind) ? hook.before(method, path, body) : PASS;
          }
        });
    return namespace;
  }

  private static RequestHook answer(int status) {
    return new RequestHook() {
      @Override
      public int before(String method, String path, String body) {
        return status;
      }
    };
  }

  private static boolean leads(Operator operator) {
    return operator.metrics().scrape().contains("flamepool_leader 1.0");
  }

  /** Kinds that are not there yet, a right that is missing. */
  @ParameterizedTest
  @CsvSource({"flamepools,404,-k manifests/crds", "flamerunners,403,its Roles come with the chart"})
  void whatKeepsItFromStartingIsToBeReadAndServedOnceItIsRepaired(
      String kind, int status, String remedy) {
    hookLists(namespace, kind, answer(status));
    Operator operator = operator(Optional.empty());
    await().atMost(PATIENCE).until(() -> operator.unready().orElse("").contains("tries again"));
    assertThat(operator.unready().orElse("")).contains(remedy).doesNotContain("Exception");
    assertThat(leads(operator)).isFalse();
    Cluster.unhook(namespace);
    pool("{min: 1}");
    awaitEndpoints(1);
    await().atMost(PATIENCE).until(() -> leads(operator));
    assertThat(operator.unready()).isEmpty();
  }

  @Test
  void whoeverCannotStartToWorkLetsAnotherOneLead() {
    String refused = hookLists(Cluster.namespace(), "flamerunners", answer(403));
    Operator first = operator(Optional.of("lease"), Set.of(namespace, refused));
    await().atMost(PATIENCE).until(() -> first.unready().orElse("").contains("tries again"));
    Operator second = operator(Optional.of("lease"));
    pool("{min: 1}");
    awaitEndpoints(1);
    await().atMost(PATIENCE).until(() -> leads(second));
    assertThat(leads(first)).isFalse();
    await().atMost(PATIENCE).until(() -> first.unready().isEmpty());
    Cluster.unhook(refused);
    assertThat(lost).hasValue(0);
  }

  private String holder(Operator operator) {
    return configs.get(operators.indexOf(operator)).holder().identity();
  }

  private String holder() {
    Lease lease = client.leases().inNamespace(namespace).withName("lease").get();
    return lease.getSpec().getHolderIdentity();
  }

  @Test
  void whoeverStartsWithoutAnAnswerCanBeStoppedAndAnotherOneLeadsAtOnce() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    String silent =
        hookLists(
            Cluster.namespace(),
            "flamepools",
            new RequestHook() {
              @Override
              public int before(String method, String path, String body) throws IOException {
                asked.countDown();
                hold(answered);
                return PASS;
              }
            });
    Operator first = operator(Optional.of("lease"), Set.of(namespace, silent));
    assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(first.unready()).isPresent();
    assertThat(leads(first)).isFalse();
    first.close();
    assertThat(holder()).as("free").isEmpty();
    Operator second = operator(Optional.of("lease"));
    await().atMost(PATIENCE).until(second::isWorking);
    answered.countDown();
    Cluster.unhook(silent);
    assertThat(lost).hasValue(0);
  }

  @Test
  void aLeaderThatCannotRenewItsLeaseSaysThatItIsLost() {
    Operator first = operator(Optional.of("lease"));
    await().atMost(PATIENCE).until(first::isWorking);
    Cluster.hook(
        new RequestHook() {
          @Override
          public int before(String method, String path, String body) {
            return path.contains(namespace + "/leases") ? 503 : PASS;
          }
        });
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(lost).hasValue(1));
  }

  @Test
  void aRunnerObjectSurvivesUntilItsMachineIsGone() {
    operator(Optional.empty());
    pool("{min: 1, shutdownTimeout: 1m}");
    awaitEndpoints(1);
    cloud.stopTime(Duration.ofSeconds(5)); // the cloud's clock stands still: it stops never
    client.resource(pool()).delete();
    await()
        .atMost(PATIENCE)
        .until(() -> cloud.log().stream().anyMatch(e -> e.type() == CloudEvent.Type.STOPPING));
    FlameRunner runner =
        client.resources(FlameRunner.class).inNamespace(namespace).withName("p-0").get();
    assertThat(runner.getMetadata().getFinalizers()).contains(Names.MACHINE_FINALIZER);
    assertThat(pool()).isNotNull();
    cloud.die(runner.getMetadata().getUid(), 12, "Drained");
    await().atMost(PATIENCE).until(() -> pool() == null);
    CloudInvariants.nothingLeft(cloud);
  }
}
