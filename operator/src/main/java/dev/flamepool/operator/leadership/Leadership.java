package dev.flamepool.operator.leadership;

import dev.flamepool.operator.cluster.Obstacle;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leader election by a Lease, on a client of its own that does not try again: with retries a leader
 * whose API server hangs would learn of its loss long after its successor began.
 *
 * <p>It can be taken part in again after each {@link #release}.
 */
public final class Leadership implements Election, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
  private static final int REQUEST_TIMEOUT_MS = 2_000;
  private static final long RELEASE_SECONDS = 3;

  /** Whoever calls waits while nobody leads; to read one object costs next to nothing. */
  private static final long LOOK_MS = 500;

  private final KubernetesClient client;
  private final String namespace;
  private final String lease;
  private final Holder self;
  private final LeaseTimes times;
  private final Runnable lost;
  private volatile @Nullable Campaign campaign;
  private volatile @Nullable String leader;
  private volatile @Nullable String trouble;

  /**
   * Prepares an election; {@link #acquire} takes part in it.
   *
   * @param cluster how to reach the API server
   * @param namespace of the Lease
   * @param lease its name
   * @param self this process
   * @param lost called when it leads no more without having released the lease: it must stop acting
   *     at once, whatever it is doing
   */
  public Leadership(
      Config cluster,
      String namespace,
      String lease,
      Holder self,
      LeaseTimes times,
      Runnable lost) {
    Config config =
        new ConfigBuilder(cluster)
            .withRequestRetryBackoffLimit(0)
            .withRequestTimeout(REQUEST_TIMEOUT_MS)
            .build();
    this.client = new KubernetesClientBuilder().withConfig(config).build();
    this.namespace = namespace;
    this.lease = lease;
    this.self = self;
    this.times = times;
    this.lost = lost;
  }

  /** One try to lead, from the wait for the lease to its end. */
  private final class Campaign {
    private final CountDownLatch won = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean leaving;
    private final CompletableFuture<?> running = elector().start();

    private LeaderElector elector() {
      LeaseLock lock = new LeaseLock(self.metadata(namespace, lease), self.identity());
      return client
          .leaderElector()
          .withConfig(
              new LeaderElectionConfigBuilder()
                  .withName(lease)
                  .withLock(new ObservedLease(lock, () -> leaving, this::heard))
                  .withReleaseOnCancel(true)
                  .withLeaseDuration(times.duration())
                  .withRenewDeadline(times.renewDeadline())
                  .withRetryPeriod(times.retryPeriod())
                  .withLeaderCallbacks(
                      new LeaderCallbacks(won::countDown, this::end, Leadership.this::heard))
                  .build())
          .build();
    }

    private void end() {
      ended.countDown();
      if (!leaving) {
        LOG.error("the lease is lost: another operator may be acting");
        lost.run();
      }
    }

    private void heard(@Nullable KubernetesClientException failure) {
      if (!leaving) {
        Leadership.this.heard(failure);
      }
    }

    private void leave() {
      leaving = true;
      running.cancel(true);
      try {
        if (won.getCount() == 0 && !ended.await(RELEASE_SECONDS, TimeUnit.SECONDS)) {
          LOG.warn("the lease was not released in time; it runs out by itself");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void heard(@Nullable String holder) {
    boolean nobody = holder == null || holder.isEmpty();
    leader = nobody ? null : holder;
    LOG.info(nobody ? "nobody leads, the lease is free" : "the leader is {}", holder);
  }

  /** Each trouble is told once, not at each try. */
  private void heard(@Nullable KubernetesClientException failure) {
    String before = trouble;
    String now =
        failure == null
            ? null
            : Obstacle.of(client.getMasterUrl().toString(), failure).orElseGet(failure::toString);
    trouble = now;
    if (now != null && !now.equals(before)) {
      LOG.warn("the lease {}/{} is asked for in vain, and again: {}", namespace, lease, now);
    } else if (now == null && before != null) {
      LOG.info("the lease {}/{} can be asked for again", namespace, lease);
    }
  }

  @Override
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  @Override
  public void acquire() throws InterruptedException {
    campaign = new Campaign();
    while (!campaign.won.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
      if (isFree()) {
        campaign.leave(); // it would look again only when its next try is due
        campaign = new Campaign();
        if (campaign.won.await(REQUEST_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    }
  }

  /** Whether the lease was released, or has gone with its holder; not whether it has run out. */
  private boolean isFree() {
    try {
      Lease now = client.leases().inNamespace(namespace).withName(lease).get();
      return now == null
          || now.getSpec() == null
          || now.getSpec().getHolderIdentity() == null
          || now.getSpec().getHolderIdentity().isEmpty();
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  @Override
  public void release() {
    Campaign now = campaign;
    if (now != null) {
      now.leave();
    }
  }

  @Override
  public Optional<String> otherLeader() {
    return Optional.ofNullable(leader).filter(holder -> !holder.equals(self.identity()));
  }

  /** Releases the lease, so that a successor need not wait. Call after the work has stopped. */
  @Override
  public void close() {
    release();
    client.close();
  }
}
