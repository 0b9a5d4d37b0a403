package dev.flamepool.operator.backend.pod;

import dev.flamepool.api.Names;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.Trouble;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a kubelet says of a Pod before it makes its containers: that a volume cannot be mounted, or
 * no network given, stands in Events only. They are watched for a Pod that has been prepared for
 * longer than usual, and only for as many Pods at once as show the reason. Thread-safe.
 */
final class KubeletEvents implements AutoCloseable {
  /** Most Pods have their containers sooner. */
  private static final Duration USUAL = Duration.ofSeconds(1);

  private static final int MOST = 16;

  /** How long nothing is watched after that was refused. */
  private static final Duration REFUSED = Duration.ofMinutes(10);

  private static final Logger LOG = LoggerFactory.getLogger(KubeletEvents.class);

  /** What keeps a Pod from having containers. */
  private static final Set<String> TROUBLES =
      Set.of(
          PodTrouble.FAILED_MOUNT,
          "FailedAttachVolume",
          "FailedMapVolume",
          "FailedCreatePodSandBox",
          "NetworkNotReady");

  /** It has gone on: there is a sandbox with volumes. */
  private static final Set<String> PROGRESS = Set.of("Pulling", "Pulled", "Created", "Started");

  private final KubernetesClient client;
  private final Clock clock;
  private final Consumer<String> listener;

  /** By uid of the Pod. */
  private final Map<String, Watched> pods = new HashMap<>();

  private Instant refusedUntil = Instant.EPOCH;
  private boolean closed;

  /**
   * Watches nothing yet.
   *
   * @param listener hears of a runner's uid when there is news of its Pod
   */
  KubeletEvents(KubernetesClient client, Clock clock, Consumer<String> listener) {
    this.client = client;
    this.clock = clock;
    this.listener = listener;
  }

  /** What was said last of a Pod that is being prepared. Does not wait for an answer. */
  Optional<Trouble> of(MachineKey key, Pod pod) {
    Instant now = clock.instant();
    Watched watched;
    synchronized (this) {
      watched = pods.computeIfAbsent(pod.getMetadata().getUid(), uid -> new Watched(key, now));
      boolean wanted =
          !closed
              && !watched.open
              && !now.isBefore(watched.since.plus(USUAL))
              && !now.isBefore(refusedUntil)
              && pods.values().stream().filter(one -> one.open).count() < MOST;
      if (!wanted) {
        return watched.trouble();
      }
      watched.open = true;
    }
    watched.start(pod);
    return watched.trouble();
  }

  /** A Pod is prepared no more. */
  void forget(String podUid) {
    Watched watched;
    synchronized (this) {
      watched = pods.remove(podUid);
    }
    if (watched != null) {
      watched.stop();
    }
  }

  @Override
  public void close() {
    Map<String, Watched> open;
    synchronized (this) {
      closed = true;
      open = Map.copyOf(pods);
    }
    open.keySet().forEach(this::forget);
  }

  private synchronized void refused(String words) {
    if (refusedUntil.equals(Instant.EPOCH)) {
      LOG.warn("what keeps Pods from starting is not told: {}", words);
    }
    refusedUntil = clock.instant().plus(REFUSED);
  }

  private final class Watched implements Watcher<Event> {
    private final MachineKey key;
    final Instant since;

    // Guarded by the outer object.
    boolean open;
    private boolean over;
    private @Nullable Watch watch;
    private @Nullable Event last;

    Watched(MachineKey key, Instant since) {
      this.key = key;
      this.since = since;
    }

    void start(Pod pod) {
      Watch started = null;
      try {
        started =
            client
                .v1()
                .events()
                .inNamespace(pod.getMetadata().getNamespace())
                .withField("involvedObject.uid", pod.getMetadata().getUid())
                .watch(this);
      } catch (KubernetesClientException e) {
        if (e.getCode() == 403) {
          refused(PodError.words(e));
        }
      }
      synchronized (KubeletEvents.this) {
        watch = started;
        open = started != null;
        if (!over) {
          return;
        }
      }
      stop();
    }

    void stop() {
      Watch open;
      synchronized (KubeletEvents.this) {
        over = true;
        open = watch;
      }
      if (open != null) {
        open.close();
      }
    }

    Optional<Trouble> trouble() {
      synchronized (KubeletEvents.this) {
        return last == null || PROGRESS.contains(last.getReason())
            ? Optional.empty()
            : Optional.of(
                PodTrouble.event(
                    last.getReason(),
                    last.getMessage(),
                    Names.bootSecret(key.runner(), key.runnerUid(), key.attempt())));
      }
    }

    @Override
    public void eventReceived(Action action, Event event) {
      String reason = event.getReason() == null ? "" : event.getReason();
      if (action == Action.DELETED || !(TROUBLES.contains(reason) || PROGRESS.contains(reason))) {
        return;
      }
      synchronized (KubeletEvents.this) {
        // At first they come in the order of their names.
        if (last != null && time(event).compareTo(time(last)) < 0) {
          return;
        }
        last = event;
      }
      listener.accept(key.runnerUid());
    }

    private static String time(Event event) {
      return event.getLastTimestamp() == null ? "" : event.getLastTimestamp();
    }

    @Override
    public void onClose(WatcherException cause) {
      synchronized (KubeletEvents.this) {
        watch = null;
        open = false; // opened again by the next look
      }
    }
  }
}
