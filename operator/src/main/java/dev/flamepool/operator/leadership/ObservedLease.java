package dev.flamepool.operator.leadership;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.net.HttpURLConnection;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Lease that is as old as the reader has seen it unchanged, by its own clock; the time written in
 * it is the holder's. Otherwise a standby whose clock is ahead would take the lease from a living
 * leader, and one whose clock is behind would leave it with a dead one for as long as the clocks
 * differ.
 *
 * <p>Whoever leaves and may not release it any more, as when its rights are uninstalled with it,
 * leaves it to run out. Thread-safe.
 */
final class ObservedLease implements Lock {
  private static final Logger LOG = LoggerFactory.getLogger(ObservedLease.class);

  private final Lock lease;
  private final BooleanSupplier leaving;
  private final Consumer<@Nullable KubernetesClientException> heard;
  private @Nullable LeaderElectionRecord seen;
  private long sinceNanos;

  /**
   * One that nobody has seen yet.
   *
   * @param heard told how each request ended: null for an answer, be it that another was faster
   */
  ObservedLease(
      Lock lease, BooleanSupplier leaving, Consumer<@Nullable KubernetesClientException> heard) {
    this.lease = lease;
    this.leaving = leaving;
    this.heard = heard;
  }

  @Override
  public synchronized @Nullable LeaderElectionRecord get(KubernetesClient client) {
    LeaderElectionRecord stored = stored(client);
    if (stored == null) {
      return null;
    }
    long now = System.nanoTime();
    if (!stored.equals(seen)) {
      seen = stored;
      sinceNanos = now;
    }
    return new LeaderElectionRecord(
        stored.getHolderIdentity(),
        stored.getLeaseDuration(),
        stored.getAcquireTime(),
        ZonedDateTime.now(ZoneOffset.UTC).minusNanos(now - sinceNanos),
        stored.getLeaderTransitions());
  }

  private @Nullable LeaderElectionRecord stored(KubernetesClient client) {
    try {
      return attempt(() -> lease.get(client));
    } catch (KubernetesClientException e) {
      if (!leaving.getAsBoolean()) {
        throw e;
      }
      LOG.info("the lease is not released, it runs out by itself: {}", e.getMessage());
      return null;
    }
  }

  @Override
  public void create(KubernetesClient client, LeaderElectionRecord wanted) {
    attempt(
        () -> {
          lease.create(client, wanted);
          return wanted;
        });
  }

  @Override
  public void update(KubernetesClient client, LeaderElectionRecord wanted) {
    attempt(
        () -> {
          lease.update(client, named(wanted));
          return wanted;
        });
  }

  /** A release names nobody; as a name that is null, it would leave the Lease's as it is. */
  private static LeaderElectionRecord named(LeaderElectionRecord wanted) {
    return wanted.getHolderIdentity() != null
        ? wanted
        : new LeaderElectionRecord(
            "",
            wanted.getLeaseDuration(),
            wanted.getAcquireTime(),
            wanted.getRenewTime(),
            wanted.getLeaderTransitions());
  }

  /** An election survives one kind of exception only; any other would end it unnoticed. */
  private <T extends @Nullable Object> T attempt(Supplier<T> request) {
    try {
      T answer = request.get();
      heard.accept(null);
      return answer;
    } catch (KubernetesClientException e) {
      heard.accept(e.getCode() == HttpURLConnection.HTTP_CONFLICT ? null : e);
      throw e;
    } catch (Throwable e) {
      KubernetesClientException failed = new KubernetesClientException("the lease: " + e, e);
      heard.accept(failed);
      throw failed;
    }
  }

  @Override
  public String identity() {
    return lease.identity();
  }

  @Override
  public String describe() {
    return lease.describe();
  }
}
