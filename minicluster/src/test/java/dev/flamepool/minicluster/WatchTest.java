package dev.flamepool.minicluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Watches: plain, with selectors, resumed, as fabric8's informer and leader elector use them. */
class WatchTest {
  private static final int HISTORY = 20;
  private final Ponds ponds = new Ponds(HISTORY);
  private final List<CompletableFuture<?>> following = new ArrayList<>();
  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void close() {
    ponds.close();
  }

  /**
   * Watches the path; each event is noted as TYPE name. Completes when the server ends the stream.
   */
  private CompletableFuture<List<JsonNode>> watch(String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(ponds.cluster.url() + path))
            .header("Authorization", "Bearer " + ponds.cluster.token())
            .build();
    List<JsonNode> events = new CopyOnWriteArrayList<>();
    CompletableFuture<HttpResponse<java.util.stream.Stream<String>>> answer =
        ponds.http.sendAsync(request, HttpResponse.BodyHandlers.ofLines());
    return answer.thenApplyAsync(
        lines -> {
          lines
              .body()
              .map(Json::parse)
              .forEach(
                  event -> {
                    events.add(event);
                    seen.add(
                        event.path("type").asText()
                            + " "
                            + Json.metaText(event.path("object"), "name"));
                  });
          return events;
        });
  }

  private void follow(String path) {
    following.add(watch(path));
  }

  private void sees(String... expected) {
    await().untilAsserted(() -> assertThat(seen).containsExactly(expected));
  }

  private String revision() {
    return ponds.get(Ponds.PATH).json().at("/metadata/resourceVersion").asText();
  }

  @Test
  void beginsWithWhatExistsOrAfterTheGivenRevision() {
    ponds.create("one", "{river: 'x'}");
    String before = revision();
    ponds.create("two", "{river: 'x'}");
    follow(Ponds.PATH + "?watch=1&resourceVersion=" + before);
    sees("ADDED two");
    seen.clear();
    follow(Ponds.PATH + "?watch=true");
    sees("ADDED one", "ADDED two");
  }

  @Test
  void selectorsTurnChangesIntoAddedAndDeleted() {
    ponds.create("one", "{river: 'x'}");
    follow(Ponds.PATH + "?watch=1&labelSelector=a%3Db&resourceVersion=" + revision());
    follow(Ponds.PATH + "?watch=1&fieldSelector=spec.river%3Delbe&resourceVersion=" + revision());
    ponds.merge(Ponds.PATH + "/one", "{metadata: {labels: {a: 'b'}}}");
    sees("ADDED one");
    ponds.merge(Ponds.PATH + "/one", "{spec: {max: 1}}");
    sees("ADDED one", "MODIFIED one");
    ponds.merge(Ponds.PATH + "/one", "{metadata: {labels: {a: 'c'}}}");
    sees("ADDED one", "MODIFIED one", "DELETED one");
    ponds.merge(Ponds.PATH + "/one", "{spec: {river: 'elbe'}}");
    sees("ADDED one", "MODIFIED one", "DELETED one", "ADDED one");
    ponds.send("DELETE", Ponds.PATH + "/one", "", "");
    sees("ADDED one", "MODIFIED one", "DELETED one", "ADDED one", "DELETED one");
  }

  @Test
  void aForgottenRevisionIsAnErrorEventWith410() throws Exception {
    String old = revision();
    for (int i = 0; i <= HISTORY; i++) {
      ponds.create("p" + i, "{river: 'x'}");
    }
    List<JsonNode> events =
        watch(Ponds.PATH + "?watch=1&resourceVersion=" + old).get(5, TimeUnit.SECONDS);
    assertThat(events).hasSize(1);
    assertThat(events.get(0).path("type").asText()).isEqualTo("ERROR");
    assertThat(events.get(0).at("/object/code").asInt()).isEqualTo(410);
    assertThat(events.get(0).at("/object/reason").asText()).isEqualTo("Expired");
  }

  @Test
  void endsAfterItsTimeoutWithABookmark() throws Exception {
    String path =
        Ponds.PATH
            + "?watch=1&timeoutSeconds=1&allowWatchBookmarks=true&resourceVersion="
            + revision();
    List<JsonNode> events = watch(path).get(5, TimeUnit.SECONDS);
    assertThat(events)
        .isNotEmpty()
        .allMatch(event -> event.path("type").asText().equals("BOOKMARK"));
    assertThat(events.get(0).at("/object/metadata/resourceVersion").asText()).isEqualTo(revision());
  }

  @Test
  void initialEventsAreRefusedSoThatClientsListFirst() {
    assertThat(ponds.get(Ponds.PATH + "?watch=1&sendInitialEvents=true").code()).isEqualTo(422);
  }

  @Test
  void anInformerFollowsConcurrentWritersAndConverges() throws Exception {
    CountDownLatch deletions = new CountDownLatch(20);
    try (SharedIndexInformer<ConfigMap> informer =
        ponds
            .client
            .configMaps()
            .inform(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(ConfigMap map) {}

                  @Override
                  public void onUpdate(ConfigMap before, ConfigMap after) {}

                  @Override
                  public void onDelete(ConfigMap map, boolean unknown) {
                    deletions.countDown();
                  }
                })) {
      List<CompletableFuture<Void>> writers = new ArrayList<>();
      for (int writer = 0; writer < 4; writer++) {
        String prefix = "w" + writer + "-";
        writers.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int i = 0; i < 10; i++) {
                    ConfigMap map =
                        new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName(prefix + i)
                            .endMetadata()
                            .build();
                    ponds.client.configMaps().resource(map).create();
                    if (i % 2 == 0) {
                      ponds.client.configMaps().withName(prefix + i).delete();
                    }
                  }
                }));
      }
      CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
      assertThat(deletions.await(10, TimeUnit.SECONDS)).isTrue();
      await().untilAsserted(() -> assertThat(informer.getStore().list()).hasSize(20));
      assertThat(informer.getStore().list())
          .containsExactlyInAnyOrderElementsOf(ponds.client.configMaps().list().getItems());
    }
  }

  @Test
  void aLeaderElectorGetsRenewsAndReleasesALease() throws Exception {
    CountDownLatch leading = new CountDownLatch(1);
    CompletableFuture<?> elector =
        ponds
            .client
            .leaderElector()
            .withConfig(
                new LeaderElectionConfigBuilder()
                    .withName("test")
                    .withLock(new LeaseLock("default", "lock", "me"))
                    .withLeaseDuration(Duration.ofSeconds(2))
                    .withRenewDeadline(Duration.ofSeconds(1))
                    .withRetryPeriod(Duration.ofMillis(100))
                    .withReleaseOnCancel(true)
                    .withLeaderCallbacks(
                        new LeaderCallbacks(leading::countDown, () -> {}, leader -> {}))
                    .build())
            .build()
            .start();
    assertThat(leading.await(10, TimeUnit.SECONDS)).isTrue();
    String lease = "/apis/coordination.k8s.io/v1/namespaces/default/leases/lock";
    String first = ponds.get(lease).json().at("/spec/renewTime").asText();
    await().until(() -> !ponds.get(lease).json().at("/spec/renewTime").asText().equals(first));
    assertThat(ponds.get(lease).json().at("/spec/holderIdentity").asText()).isEqualTo("me");
    elector.cancel(true);
    // Released is: valid for a second only.
    await().until(() -> ponds.get(lease).json().at("/spec/leaseDurationSeconds").asInt() == 1);
  }
}
