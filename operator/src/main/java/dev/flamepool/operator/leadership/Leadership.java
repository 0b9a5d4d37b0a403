package dev.flamepool.operator.leadership;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leader election by a Lease, on a client of its own that does not try again: with retries a leader
 * whose API server hangs would learn of its loss long after its successor began (DESIGN section 3,
 * "Leadership").
 */
public final class Leadership implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
  private static final int REQUEST_TIMEOUT_MS = 2_000;
  private static final long RELEASE_SECONDS = 3;

  private final KubernetesClient client;
  private final LeaderElector elector;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean closing;
  private CompletableFuture<?> running;

  /**
   * Prepares an election; {@link #start} begins it.
   *
   * @param cluster how to reach the API server
   * @param namespace of the Lease
   * @param lease its name
   * @param identity of this process, unique
   * @param leading called once this process leads; returns quickly
   * @param lost called when it leads no more without having been closed: it must stop acting at
   *     once, whatever it is doing
   */
  public Leadership(
      Config cluster,
      String namespace,
      String lease,
      String identity,
      LeaseTimes times,
      Runnable leading,
      Runnable lost) {
    Config config =
        new ConfigBuilder(cluster)
            .withRequestRetryBackoffLimit(0)
            .withRequestTimeout(REQUEST_TIMEOUT_MS)
            .build();
    this.client = new KubernetesClientBuilder().withConfig(config).build();
    this.elector =
        client
            .leaderElector()
            .withConfig(
                new LeaderElectionConfigBuilder()
                    .withName(lease)
                    .withLock(
                        new ObservedLease(new LeaseLock(namespace, lease, identity), () -> closing))
                    .withReleaseOnCancel(true)
                    .withLeaseDuration(times.duration())
                    .withRenewDeadline(times.renewDeadline())
                    .withRetryPeriod(times.retryPeriod())
                    .withLeaderCallbacks(
                        new LeaderCallbacks(
                            leading,
                            () -> ended(lost),
                            leader -> LOG.info("the leader is {}", leader)))
                    .build())
            .build();
  }

  /** Begins to wait for the lease. */
  public void start() {
    running = elector.start();
  }

  private void ended(Runnable lost) {
    stopped.countDown();
    if (!closing) {
      LOG.error("the lease is lost: another operator may be acting");
      lost.run();
    }
  }

  /** Gives the lease up, so that a successor need not wait. Call after the work has stopped. */
  @Override
  public void close() {
    closing = true;
    if (running != null) {
      running.cancel(true);
      try {
        if (!stopped.await(RELEASE_SECONDS, TimeUnit.SECONDS)) {
          LOG.warn("the lease was not released in time; it runs out by itself");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    client.close();
  }
}
