package dev.flamepool.operator.leadership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObservedLeaseTest {
  private final Stored stored = new Stored();
  private final ObservedLease lease = new ObservedLease(stored, () -> stored.left, failure -> {});

  @ParameterizedTest
  @ValueSource(ints = {-60, 60})
  void aLeaseIsAsOldAsItWasSeenUnchangedWhateverTheHoldersClockSays(int minutes) {
    assertThat(lease.get(null)).isNull();
    ZonedDateTime before = now();
    stored.record = renewed(now().plusMinutes(minutes));
    ZonedDateTime first = lease.get(null).getRenewTime();
    assertThat(first).isBetween(before.minusMinutes(1), now().plusMinutes(1));
    assertThat(lease.get(null).getRenewTime())
        .as("it ages while nobody renews it")
        .isBefore(first.plusSeconds(1));
    ZonedDateTime later = now();
    stored.record = renewed(now().plusMinutes(minutes).plusSeconds(2));
    LeaderElectionRecord again = lease.get(null);
    assertThat(again.getRenewTime()).as("renewed").isAfterOrEqualTo(later.minusSeconds(1));
    assertThat(again.getHolderIdentity()).isEqualTo("other");
  }

  @Test
  void whoeverLeavesWithoutRightsLeavesItToRunOut() {
    stored.refusal = new KubernetesClientException("forbidden");
    assertThatThrownBy(() -> lease.get(null)).isSameAs(stored.refusal);
    stored.left = true;
    assertThat(lease.get(null)).isNull();
  }

  private static ZonedDateTime now() {
    return ZonedDateTime.now(ZoneOffset.UTC);
  }

  private static LeaderElectionRecord renewed(ZonedDateTime at) {
    return new LeaderElectionRecord("other", Duration.ofSeconds(15), at, at, 1);
  }

  private static final class Stored implements Lock {
    private LeaderElectionRecord record;
    private KubernetesClientException refusal;
    private boolean left;

    @Override
    public LeaderElectionRecord get(KubernetesClient client) {
      if (refusal != null) {
        throw refusal;
      }
      return record;
    }

    @Override
    public void create(KubernetesClient client, LeaderElectionRecord wanted) {
      record = wanted;
    }

    @Override
    public void update(KubernetesClient client, LeaderElectionRecord wanted) {
      record = wanted;
    }

    @Override
    public String identity() {
      return "me";
    }

    @Override
    public String describe() {
      return "a lease";
    }
  }
}
