package dev.flamepool.simulators.node;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the Node and its Lease fresh, on a thread of its own. */
final class Heartbeat implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
  private static final String MANAGER = "node-simulator";
  private static final int LOOK_MS = 100;
  private static final int RENEW_SECONDS = 10;

  private final NodeOptions options;
  private final NodeFaults faults;
  private final KubernetesClient client;
  private final Clock clock;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(NodeSimulator.daemon("node-heartbeat"));
  private boolean ready;
  private Instant since = Instant.EPOCH;
  private Instant renewed = Instant.MIN;

  Heartbeat(NodeOptions options, NodeFaults faults, ApiServer api) {
    this.options = options;
    this.faults = faults;
    this.client = api.client();
    this.clock = options.clock();
  }

  /**
   * Registers the node; from then on it is kept fresh.
   *
   * @throws KubernetesClientException if that does not work
   */
  void start() {
    Instant now = clock.instant();
    ready = faults.ready();
    since = now;
    Node node = NodeObject.withStatus(options, ready, since, now);
    if (client.nodes().withName(options.name()).get() == null) {
      client.resource(node).create();
    } else {
      Map<String, Object> labels = Map.of("labels", node.getMetadata().getLabels());
      patch("", Map.of("metadata", labels));
    }
    beat(now);
    var unused = thread.scheduleWithFixedDelay(this::look, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      Instant now = clock.instant();
      boolean changed = ready != faults.ready();
      if (!faults.silent() && (changed || renewed.plusSeconds(RENEW_SECONDS).isBefore(now))) {
        ready = faults.ready();
        since = changed ? now : since;
        beat(now);
      }
    } catch (RuntimeException e) {
      LOG.info("the node's Lease is not renewed: {}", e.getMessage());
    }
  }

  private void beat(Instant now) {
    Node node = NodeObject.withStatus(options, ready, since, now);
    patch("status", Map.of("status", node.getStatus()));
    try {
      lease(now);
    } catch (KubernetesClientException e) {
      if (e.getCode() != ApiServer.GONE) {
        throw e;
      }
      client
          .resource(
              new NamespaceBuilder()
                  .withNewMetadata()
                  .withName(NodeObject.LEASES)
                  .endMetadata()
                  .build())
          .create();
      lease(now);
    }
    renewed = now;
  }

  private void lease(Instant now) {
    client
        .resource(NodeObject.lease(options, now))
        .fieldManager(MANAGER)
        .forceConflicts()
        .serverSideApply();
  }

  private void patch(String subresource, Map<String, Object> content) {
    var node = client.nodes().withName(options.name());
    PatchContext merge = PatchContext.of(PatchType.JSON_MERGE);
    String json = Serialization.asJson(content);
    if (subresource.isEmpty()) {
      node.patch(merge, json);
    } else {
      node.subresource(subresource).patch(merge, json);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
