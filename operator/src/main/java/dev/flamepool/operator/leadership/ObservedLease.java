package dev.flamepool.operator.leadership;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/**
 * A Lease that is as old as the reader has seen it unchanged, by its own clock; the time written in
 * it is the holder's. Otherwise a standby whose clock is ahead would take the lease from a living
 * leader, and one whose clock is behind would leave it with a dead one for as long as the clocks
 * differ. Thread-safe.
 */
final class ObservedLease implements Lock {
  private final Lock lease;
  private @Nullable LeaderElectionRecord seen;
  private long sinceNanos;

  ObservedLease(Lock lease) {
    this.lease = lease;
  }

  @Override
  public synchronized @Nullable LeaderElectionRecord get(KubernetesClient client) {
    LeaderElectionRecord stored = lease.get(client);
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

  @Override
  public void create(KubernetesClient client, LeaderElectionRecord wanted) {
    lease.create(client, wanted);
  }

  @Override
  public void update(KubernetesClient client, LeaderElectionRecord wanted) {
    lease.update(client, wanted);
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
