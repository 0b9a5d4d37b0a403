package dev.flamepool.operator.backend.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Marks the Pods of runners that have calls as not to be evicted, and takes the mark off those that
 * have had none for a while: a runner of short calls would be written at each of them. Thread-safe;
 * what it writes goes out on a thread of its own.
 */
final class EvictionGuard implements AutoCloseable {
  /** So long without a call, then the mark goes. */
  static final Duration QUIET = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(EvictionGuard.class);
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  /** A runner's Pod as it was last, and what is known of its calls. */
  private static final class Entry {
    Pod pod;
    @Nullable Boolean busy;
    boolean due;
    int word;

    Entry(Pod pod) {
      this.pod = pod;
    }
  }

  private final KubernetesClient client;
  private final Duration quiet;
  private final Map<String, Entry> runners = new HashMap<>();
  private final ScheduledThreadPoolExecutor thread;
  private Function<String, Optional<Boolean>> calls = uid -> Optional.empty();
  private boolean refusalTold;

  EvictionGuard(KubernetesClient client, Duration quiet) {
    this.client = client;
    this.quiet = quiet;
    thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread made = new Thread(task, "pod-evictions");
              made.setDaemon(true);
              return made;
            });
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    thread.prestartCoreThread();
  }

  /** Who knows whether a runner, by its uid, has calls; empty while that is not known. */
  synchronized void source(Function<String, Optional<Boolean>> known) {
    calls = known;
  }

  /** A runner said something of its calls. */
  synchronized void callsChanged(String runnerUid) {
    Entry entry = runners.get(runnerUid);
    if (entry != null) {
      ask(runnerUid, entry);
    }
  }

  /** The Pod of a runner is there, or has changed. */
  synchronized void changed(String runnerUid, Pod pod) {
    Entry entry = runners.computeIfAbsent(runnerUid, uid -> new Entry(pod));
    entry.pod = pod;
    if (entry.busy == null) {
      ask(runnerUid, entry);
    }
    look(runnerUid, entry);
  }

  private void ask(String runnerUid, Entry entry) {
    Optional<Boolean> now = calls.apply(runnerUid);
    if (now.isEmpty() || now.get().equals(entry.busy)) {
      return;
    }
    entry.busy = now.get();
    entry.due = now.get();
    int word = ++entry.word;
    if (entry.due) {
      look(runnerUid, entry);
    } else {
      in(quiet, () -> quiet(runnerUid, word));
    }
  }

  /** Nothing of a runner is kept. */
  synchronized void gone(String runnerUid) {
    runners.remove(runnerUid);
  }

  private synchronized void quiet(String runnerUid, int word) {
    Entry entry = runners.get(runnerUid);
    if (entry != null && entry.word == word) {
      entry.due = true;
      look(runnerUid, entry);
    }
  }

  private void look(String runnerUid, Entry entry) {
    if (patch(entry).isPresent()) {
      in(Duration.ZERO, () -> write(runnerUid));
    }
  }

  private static Optional<String> patch(Entry entry) {
    return entry.busy == null || !entry.due
        ? Optional.empty()
        : DoNotEvict.patch(entry.pod, entry.busy);
  }

  private void write(String runnerUid) {
    Pod pod;
    Optional<String> patch;
    synchronized (this) {
      Entry entry = runners.get(runnerUid);
      if (entry == null) {
        return;
      }
      pod = entry.pod;
      patch = patch(entry);
    }
    if (patch.isEmpty()) {
      return;
    }
    try {
      Pod written =
          client
              .pods()
              .inNamespace(pod.getMetadata().getNamespace())
              .withName(pod.getMetadata().getName())
              .patch(MERGE, patch.get());
      written(runnerUid, pod, written);
    } catch (KubernetesClientException e) {
      if (e.getCode() == 403) {
        refused(e);
      } else if (e.getCode() != 404 && e.getCode() != 409) {
        in(quiet, () -> write(runnerUid)); // otherwise the watch has news of the Pod
      }
    }
  }

  /** The next look needs not wait for the watch. */
  private synchronized void written(String runnerUid, Pod before, Pod now) {
    Entry entry = runners.get(runnerUid);
    if (entry != null && entry.pod.equals(before)) {
      entry.pod = now;
    }
  }

  private synchronized void refused(KubernetesClientException e) {
    if (!refusalTold) {
      refusalTold = true;
      LOG.warn("runners with calls cannot be marked as not to be evicted: {}", PodError.words(e));
    }
  }

  private void in(Duration time, Runnable task) {
    try {
      Future<?> unused = thread.schedule(task, time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // closed
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
