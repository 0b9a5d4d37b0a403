package dev.flamepool.operator.backend.pod;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.RunnerBackend;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The real backend for one life of an operator under a controlled clock: no time passes while the
 * watch still has something to say. Thread-safe.
 */
public final class PodLife implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /** The version of each Pod that the backend knows from its watch, by uid. */
  private final Map<String, String> heard = new HashMap<>();

  private final PodRunnerBackend backend;

  /** Watches from now on. */
  public PodLife(KubernetesClient client, String namespace, Clock clock) {
    backend =
        new PodRunnerBackend(client, List.of(namespace), clock, EvictionGuard.QUIET, Hearing::new);
    BackendEntry entry = PodFixtures.entry("template: {spec: {containers: [{image: x}]}}");
    MachineKey nobody = new MachineKey("here", namespace, "nobody", "nobody-0", "nobody", 1);
    try {
      backend.find(MachineRef.of(nobody, entry)); // its first look begins to watch
    } catch (BackendException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The backend itself. */
  public RunnerBackend backend() {
    return backend;
  }

  /** Waits until the backend has heard of these Pods as they are, and of no others. */
  public synchronized void hears(List<Pod> pods) {
    Map<String, String> wanted = new HashMap<>();
    pods.forEach(
        pod -> wanted.put(pod.getMetadata().getUid(), pod.getMetadata().getResourceVersion()));
    long end = System.nanoTime() + LONGEST.toNanos();
    while (!heard.equals(wanted)) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("the watch says " + heard + ", the Pods are " + wanted);
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }

  private synchronized void hear(Pod pod, boolean gone) {
    if (gone) {
      heard.remove(pod.getMetadata().getUid());
    } else {
      heard.put(pod.getMetadata().getUid(), pod.getMetadata().getResourceVersion());
    }
    notifyAll();
  }

  @Override
  public void close() {
    backend.close();
  }

  private final class Hearing implements PodWatch.Listener {
    private final PodWatch.Listener next;

    Hearing(PodWatch.Listener next) {
      this.next = next;
    }

    @Override
    public void changed(MachineKey key, Pod pod) {
      next.changed(key, pod);
      hear(pod, false);
    }

    @Override
    public void gone(MachineKey key, Pod last) {
      next.gone(key, last);
      hear(last, true);
    }
  }
}
