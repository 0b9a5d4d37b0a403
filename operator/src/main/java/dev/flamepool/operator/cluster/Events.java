package dev.flamepool.operator.cluster;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kubernetes Events, for people. They never carry a decision: a lost one changes nothing, so they
 * are written in the background and a failure is only logged. The same Event about the same object
 * is written once in ten minutes.
 */
public final class Events {
  private static final Logger LOG = LoggerFactory.getLogger(Events.class);
  private static final Duration QUIET = Duration.ofMinutes(10);
  private static final int REMEMBERED = 1_000;
  private static final int MAX_MESSAGE = 1_000;

  /** How an Event is to be taken. */
  public enum Type {
    /** As it should be. */
    Normal,
    /** Somebody should look. */
    Warning
  }

  private record Told(String uid, String reason, String subject) {}

  private final KubernetesClient client;
  private final Executor background;
  private final Clock clock;
  private final Map<Told, Instant> told =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Told, Instant> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Events are written by {@code background}. */
  public Events(KubernetesClient client, Executor background, Clock clock) {
    this.client = client;
    this.background = background;
    this.clock = clock;
  }

  /** Tells people something about an object; {@code reason} is one of a few stable words. */
  public void tell(HasMetadata about, Type type, String reason, String message) {
    tell(about, type, reason, message, message);
  }

  /** The same with more words, which do not make it another Event. */
  public void tell(HasMetadata about, Type type, String reason, String message, List<String> more) {
    StringBuilder text = new StringBuilder(message);
    more.forEach(line -> text.append("\n| ").append(line));
    tell(about, type, reason, text.toString(), message);
  }

  /** The same for what lasts: once in ten minutes, also if its words change meanwhile. */
  public void tellOnce(HasMetadata about, Type type, String reason, String message) {
    tell(about, type, reason, message, "");
  }

  private void tell(HasMetadata about, Type type, String reason, String message, String subject) {
    String text = message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) : message;
    Told key = new Told(about.getMetadata().getUid(), reason, subject);
    Instant now = clock.instant();
    synchronized (told) {
      Instant last = told.get(key);
      if (last != null && now.isBefore(last.plus(QUIET))) {
        return;
      }
      told.put(key, now);
    }
    Event event = event(about, type, reason, text, now);
    background.execute(() -> write(event));
  }

  private void write(Event event) {
    try {
      client.resource(event).create();
    } catch (KubernetesClientException e) {
      LOG.debug("Event not written: {}", e.getMessage());
    }
  }

  private static Event event(
      HasMetadata about, Type type, String reason, String message, Instant now) {
    String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    return new EventBuilder()
        .withNewMetadata()
        .withName(about.getMetadata().getName() + "." + UUID.randomUUID().toString().substring(24))
        .withNamespace(about.getMetadata().getNamespace())
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion(about.getApiVersion())
        .withKind(about.getKind())
        .withName(about.getMetadata().getName())
        .withNamespace(about.getMetadata().getNamespace())
        .withUid(about.getMetadata().getUid())
        .withResourceVersion(about.getMetadata().getResourceVersion())
        .endInvolvedObject()
        .withType(type.name())
        .withReason(reason)
        .withMessage(message)
        .withCount(1)
        .withFirstTimestamp(time)
        .withLastTimestamp(time)
        .withReportingComponent("flamepool-operator")
        .withReportingInstance("")
        .withNewSource()
        .withComponent("flamepool-operator")
        .endSource()
        .build();
  }
}
