package dev.flamepool.discovery;

import dev.flamepool.api.FlamePool;
import dev.flamepool.caller.Demand;
import dev.flamepool.caller.PoolSource;
import dev.flamepool.caller.PoolView;
import dev.flamepool.wire.Identity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One FlamePool in a cluster: watched by name, its caller Secret read when it is there, this
 * process's demand written. All state belongs to one thread, on which all requests are made.
 */
final class KubernetesPool implements PoolSource {
  private static final Logger LOG = LoggerFactory.getLogger(KubernetesPool.class);
  private static final Duration REREAD = Duration.ofMinutes(10);
  private static final Duration RETRY_FIRST = Duration.ofMillis(100);
  private static final Duration RETRY_LAST = Duration.ofSeconds(1);
  private static final Duration WRITE_RETRY = Duration.ofSeconds(1);
  private static final Duration CLOSE = Duration.ofSeconds(3);

  private final KubernetesClient client;
  private final String namespace;
  private final String name;
  private final DemandObject demand;
  private final Reminder warned;
  private final FirstLook look;
  private final ScheduledThreadPoolExecutor thread;
  private @Nullable SharedIndexInformer<FlamePool> informer;
  private @Nullable Listener listener;

  private PoolView view = PoolView.UNKNOWN;
  private @Nullable String uid;
  private @Nullable Identity identity;
  private @Nullable Trouble watchTrouble;
  private @Nullable Trouble secretTrouble;
  private @Nullable Trouble writeTrouble;
  private Duration retry = RETRY_FIRST;
  private @Nullable Future<?> reading;
  private @Nullable Future<?> rewriting;
  private volatile @Nullable Demand wanted;
  private long lastRead;

  /**
   * @param warned what was said of the cluster in the log
   * @param look at the cluster, which may know sooner than the watch why there is no answer
   */
  KubernetesPool(
      KubernetesClient client, String namespace, String name, Reminder warned, FirstLook look) {
    this.warned = warned;
    this.look = look;
    this.client = client;
    this.namespace = namespace;
    this.name = name;
    this.demand = new DemandObject(client, namespace, name, Clock.systemUTC());
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread created = new Thread(task, "flame-pool-" + name);
              created.setDaemon(true);
              return created;
            });
    thread.setRemoveOnCancelPolicy(true);
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** By the operator, in the pool's status. */
  @Override
  public boolean tellsFailures() {
    return true;
  }

  @Override
  public void start(Listener listener) {
    execute(
        () -> {
          this.listener = listener;
          watch();
        });
    var unused =
        look.seen().thenAccept(trouble -> trouble.ifPresent(why -> execute(() -> looked(why))));
  }

  private void watch() {
    SharedIndexInformer<FlamePool> created =
        client
            .resources(FlamePool.class)
            .inNamespace(namespace)
            .withName(name)
            .withLimit(1L) // else a cache answers that may not know a new pool yet
            .runnableInformer(0)
            .exceptionHandler(
                (started, failure) -> {
                  execute(() -> watchFailed(failure));
                  return true;
                });
    created.addEventHandler(
        new ResourceEventHandler<>() {
          @Override
          public void onAdd(FlamePool pool) {
            execute(KubernetesPool.this::seen);
          }

          @Override
          public void onUpdate(FlamePool before, FlamePool now) {
            execute(KubernetesPool.this::seen);
          }

          @Override
          public void onDelete(FlamePool pool, boolean unknown) {
            execute(KubernetesPool.this::seen);
          }
        });
    informer = created;
    var unused = created.start().thenRun(() -> execute(this::seen));
  }

  private void looked(Trouble trouble) {
    if (view.presence() == PoolView.Presence.UNKNOWN && watchTrouble == null) {
      watchTrouble = noted(trouble);
      tell();
    }
  }

  private void watchFailed(Throwable failure) {
    watchTrouble = noted(trouble("watch", "", failure));
    tell();
  }

  private Trouble trouble(String verb, String more, Throwable failure) {
    return Trouble.of(
        client.getMasterUrl().toString(),
        verb,
        "FlamePool " + namespace + "/" + name + more,
        namespace,
        name,
        failure);
  }

  /**
   * What the cluster refuses, and that it was never reached, is warned of even if no call waits for
   * it, but not at each try.
   */
  private Trouble noted(Trouble trouble) {
    boolean never = view.presence() == PoolView.Presence.UNKNOWN; // nobody was ever reached
    if ((trouble.refused() || never) && warned.isDue(trouble.about())) {
      LOG.warn("{}", trouble.text());
    } else {
      LOG.debug("{}", trouble.text());
    }
    return trouble;
  }

  /** Takes over what the watch holds now; several events may be seen at once. */
  private void seen() {
    if (informer == null || !informer.hasSynced()) {
      return;
    }
    watchTrouble = null;
    List<FlamePool> found = informer.getStore().list();
    if (found.isEmpty()) {
      boolean was = uid != null;
      view =
          was
              ? new PoolView(
                  PoolView.Presence.DELETED,
                  false,
                  0,
                  List.of(),
                  view.timeout(),
                  view.bootTimeout(),
                  0,
                  List.of(),
                  List.of())
              : PoolView.NOT_FOUND;
    } else {
      FlamePool pool = found.get(0);
      view = Views.of(pool);
      if (!pool.getMetadata().getUid().equals(uid)) {
        uid = pool.getMetadata().getUid();
        identity = null; // of another pool with the same name
        retry = RETRY_FIRST;
        read();
        if (wanted != null) {
          execute(this::write);
        }
      }
    }
    tell();
  }

  private void read() {
    if (reading != null) {
      reading.cancel(false);
    }
    lastRead = System.nanoTime();
    Credentials.Found found = Credentials.read(client, namespace, name);
    if (found.identity() != null) {
      identity = found.identity();
      retry = RETRY_FIRST;
    }
    secretTrouble = found.trouble() == null ? null : noted(found.trouble());
    Duration next = found.identity() != null ? REREAD : retry;
    if (found.identity() == null) {
      retry = retry.multipliedBy(2).compareTo(RETRY_LAST) < 0 ? retry.multipliedBy(2) : RETRY_LAST;
    }
    reading = schedule(this::reread, next);
  }

  private void reread() {
    if (view.presence() == PoolView.Presence.PRESENT) {
      read();
      tell();
    } else {
      reading = schedule(this::reread, RETRY_LAST);
    }
  }

  @Override
  public void identityRefused() {
    execute(
        () -> {
          if (reading != null) {
            reading.cancel(false);
          }
          long early = lastRead + RETRY_LAST.toNanos() - System.nanoTime();
          reading = schedule(this::reread, Duration.ofNanos(Math.max(0, early)));
        });
  }

  private void tell() {
    if (listener != null) {
      String troubles =
          Stream.of(
                  Optional.ofNullable(watchTrouble),
                  Optional.ofNullable(secretTrouble),
                  Optional.ofNullable(writeTrouble))
              .flatMap(Optional::stream)
              .map(Trouble::text)
              .collect(Collectors.joining("; "));
      listener.changed(new News(view, identity, troubles.isEmpty() ? null : troubles));
    }
  }

  @Override
  public void demand(Demand level) {
    wanted = level;
    execute(this::write);
  }

  private void write() {
    Demand level = wanted;
    String owner = uid;
    if (level == null || owner == null) {
      return; // written by a later one, or when the pool is seen
    }
    wanted = null;
    if (rewriting != null) {
      rewriting.cancel(false);
    }
    Trouble before = writeTrouble;
    try {
      demand.write(level, owner);
      writeTrouble = null;
    } catch (RuntimeException e) {
      writeTrouble = noted(trouble("write demand on", ", which boots runners only for that", e));
      if (wanted == null) {
        wanted = level;
      }
      rewriting = schedule(this::write, WRITE_RETRY);
    }
    if (before != null || writeTrouble != null) {
      tell();
    }
  }

  @Override
  public void noDemand() {
    wanted = null;
    execute(this::takeBack);
  }

  private void takeBack() {
    try {
      demand.delete();
    } catch (RuntimeException e) {
      LOG.debug("Demand on {}/{} is left to expire", namespace, name, e); // the operator deletes it
    }
  }

  private void execute(Runnable task) {
    try {
      thread.execute(guarded(task));
    } catch (RejectedExecutionException e) {
      LOG.trace("closed", e);
    }
  }

  private @Nullable Future<?> schedule(Runnable task, Duration delay) {
    try {
      return thread.schedule(guarded(task), delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      return null;
    }
  }

  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.warn("Following FlamePool {}/{}", namespace, name, e);
      }
    };
  }

  @Override
  public void close() {
    execute(
        () -> {
          listener = null;
          wanted = null;
          if (informer != null) {
            informer.stop();
          }
          takeBack();
        });
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
