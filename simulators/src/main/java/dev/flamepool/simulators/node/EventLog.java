package dev.flamepool.simulators.node;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events of Pods, in order and beside the node's own work; what says the same again is counted. An
 * Event that cannot be written is lost, as with a kubelet.
 */
final class EventLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);
  private static final int REMEMBERED = 1_000;

  private final ApiServer api;
  private final Clock clock;
  private final String node;
  private final AtomicLong serial;
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(NodeSimulator.daemon("node-events"));
  private final Map<String, Event> said =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Event> eldest) {
          return size() > REMEMBERED;
        }
      };

  EventLog(ApiServer api, Clock clock, String node) {
    this.api = api;
    this.clock = clock;
    this.node = node;
    serial = new AtomicLong(System.nanoTime());
  }

  void scheduler(Pod pod, boolean warning, String reason, String message) {
    say(pod, "default-scheduler", null, warning, reason, message);
  }

  void kubelet(Pod pod, boolean warning, String reason, String message) {
    say(pod, "kubelet", null, warning, reason, message);
  }

  void container(Pod pod, ContainerRun of, boolean warning, String reason, String message) {
    String field =
        "spec." + (of.init ? "initContainers" : "containers") + "{" + of.spec.getName() + "}";
    say(pod, "kubelet", field, warning, reason, message);
  }

  private void say(
      Pod pod,
      String component,
      @Nullable String field,
      boolean warning,
      String reason,
      String message) {
    String now = NodeObject.time(clock.instant());
    try {
      writer.execute(() -> write(pod, component, field, warning, reason, message, now));
    } catch (RejectedExecutionException closed) {
      LOG.debug("not said any more: {}", reason);
    }
  }

  private void write(
      Pod pod,
      String component,
      @Nullable String field,
      boolean warning,
      String reason,
      String message,
      String now) {
    String key = String.join("|", pod.getMetadata().getUid(), "" + field, reason, message);
    Event before = said.get(key);
    try {
      said.put(
          key,
          before == null
              ? first(pod, component, field, warning, reason, message, now)
              : again(before, now));
    } catch (KubernetesClientException e) {
      said.remove(key);
      LOG.debug("the Event {} cannot be written: {}", reason, e.toString());
    }
  }

  private Event first(
      Pod pod,
      String component,
      @Nullable String field,
      boolean warning,
      String reason,
      String message,
      String now) {
    String name = pod.getMetadata().getName() + "." + Long.toHexString(serial.incrementAndGet());
    Event event =
        new EventBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(pod.getMetadata().getNamespace())
            .endMetadata()
            .withNewInvolvedObject()
            .withApiVersion("v1")
            .withKind("Pod")
            .withName(pod.getMetadata().getName())
            .withNamespace(pod.getMetadata().getNamespace())
            .withUid(pod.getMetadata().getUid())
            .withFieldPath(field)
            .endInvolvedObject()
            .withType(warning ? "Warning" : "Normal")
            .withReason(reason)
            .withMessage(message)
            .withCount(1)
            .withFirstTimestamp(now)
            .withLastTimestamp(now)
            .withNewSource(component, node)
            .withReportingComponent(component)
            .withReportingInstance(node)
            .build();
    return api.client().resource(event).create();
  }

  private Event again(Event before, String now) {
    Event next =
        new EventBuilder(before)
            .editMetadata()
            .withResourceVersion(null)
            .endMetadata()
            .withCount(before.getCount() + 1)
            .withLastTimestamp(now)
            .build();
    return api.client().resource(next).update();
  }

  @Override
  public void close() {
    writer.shutdownNow();
  }
}
