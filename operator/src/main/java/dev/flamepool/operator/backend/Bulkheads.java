package dev.flamepool.operator.backend;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few threads for each account, so that one whose backend does not answer holds nobody else's.
 * What has no thread waits in the account's own queue, fair between its flows, and costs nothing.
 * The accounts of an endpoint share {@link EndpointLanes#THREADS} threads, so that their number
 * does not grow with that of tenants. Thread-safe.
 */
public final class Bulkheads implements Places, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Bulkheads.class);
  private static final long IDLE_SECONDS = 10;
  private static final long STOP_SECONDS = 30;

  private final Clock clock;
  private final Map<String, EndpointLanes> endpoints = new HashMap<>();
  private final ThreadPoolExecutor threads;
  private Instant looked = Instant.EPOCH;

  /** Nobody works yet. */
  public Bulkheads(Clock clock) {
    this(clock, Bulkheads::daemon);
  }

  /** With another maker of threads, for tests. */
  Bulkheads(Clock clock, ThreadFactory maker) {
    this.clock = clock;
    this.threads =
        new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), maker);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "backend-calls");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Has something done on one of the account's threads.
   *
   * @throws RuntimeException if it is closed
   * @throws Error if no thread can be made and none is there; then it is not done
   */
  @Override
  public void run(Account account, String flow, Runnable work) {
    synchronized (endpoints) {
      forgetUnused();
      EndpointLanes lanes =
          endpoints.computeIfAbsent(account.endpoint(), endpoint -> new EndpointLanes());
      lanes.add(account, flow, work, clock.instant());
      try {
        grow(account.endpoint(), lanes);
      } catch (RuntimeException | Error e) {
        if (lanes.isWithoutThreads()) {
          lanes.remove(account, flow, work);
          throw e;
        } // else those that are there come to it
      }
    }
  }

  /** Of endpoints that nobody uses any more nobody else would. */
  private void forgetUnused() {
    Instant now = clock.instant();
    if (!now.isBefore(looked.plus(EndpointLanes.REMEMBERED))) {
      looked = now;
      endpoints.values().removeIf(lanes -> lanes.forget(now));
    }
  }

  /** One more thread if there is work for it. */
  private void grow(String endpoint, EndpointLanes lanes) {
    if (lanes.needsThread()) {
      threads.execute(() -> work(endpoint, lanes));
      lanes.threadAdded();
    }
  }

  private void work(String endpoint, EndpointLanes lanes) {
    for (Optional<EndpointLanes.Turn> turn = next(endpoint, lanes);
        turn.isPresent();
        turn = next(endpoint, lanes)) {
      Instant begun = clock.instant();
      try {
        turn.get().work().run();
      } catch (Throwable e) {
        LOG.error("work for {} failed", endpoint, e); // the next one's thread all the same
      }
      synchronized (endpoints) {
        lanes.done(turn.get(), begun, clock.instant());
      }
    }
  }

  private Optional<EndpointLanes.Turn> next(String endpoint, EndpointLanes lanes) {
    synchronized (endpoints) {
      Optional<EndpointLanes.Turn> turn = lanes.next();
      if (turn.isEmpty()) {
        lanes.threadGone();
        if (lanes.forget(clock.instant())) {
          endpoints.remove(endpoint, lanes);
        }
        return turn;
      }
      try {
        grow(endpoint, lanes);
      } catch (RuntimeException | Error e) {
        LOG.warn("no further thread for {}: {}", endpoint, e.toString());
      }
      return turn;
    }
  }

  /** How many pieces of work wait for a thread. */
  public int waiting() {
    synchronized (endpoints) {
      return endpoints.values().stream().mapToInt(EndpointLanes::waiting).sum();
    }
  }

  /** How many pieces of work have a thread. */
  public int underWay() {
    synchronized (endpoints) {
      return endpoints.values().stream().mapToInt(EndpointLanes::underWay).sum();
    }
  }

  /** Takes no more work, and waits for what is under way: 30 s at most, then it is interrupted. */
  @Override
  public void close() {
    threads.shutdown();
    synchronized (endpoints) {
      endpoints.values().forEach(EndpointLanes::clear);
    }
    try {
      if (!threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
