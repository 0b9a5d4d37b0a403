package dev.flamepool.operator.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.BackendKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The sweep's listing of many accounts, most of which do not answer. */
class CloudAccountsTest {
  private static final Tenant HONEST = tenant("honest");

  private final ManualClock clock = new ManualClock();
  private final Bulkheads places = new Bulkheads(clock);
  private final CountDownLatch end = new CountDownLatch(1);
  private final List<Tenant> accounts = new ArrayList<>();
  private final AtomicInteger hung = new AtomicInteger();

  @AfterEach
  void close() {
    end.countDown();
    places.close();
  }

  private static Tenant tenant(String namespace) {
    return new Tenant(namespace, new BackendEntry("x", null, null, null, null, null));
  }

  private record Listed(String id, Optional<MachineKey> key, boolean isGone)
      implements ListedMachine {}

  private final class Cloud implements CloudAccounts.Cloud<Listed> {
    @Override
    public Tenant account(Tenant tenant) {
      return tenant;
    }

    @Override
    public List<Listed> list(Tenant tenant, String installation) throws BackendException {
      if (!tenant.equals(HONEST)) {
        hung.incrementAndGet();
        try {
          end.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        throw new BackendException(BackendException.Kind.AMBIGUOUS, "no answer");
      }
      MachineKey key = new MachineKey(installation, tenant.namespace(), "p", "p-0", "uid", 1);
      return List.of(new Listed("m1", Optional.of(key), false));
    }

    @Override
    public Places.Account place(Tenant account) {
      return new Places.Account("https://" + account.namespace(), account.namespace());
    }

    @Override
    public String name(Tenant account) {
      return account.namespace();
    }
  }

  private final class Copies implements CloudCredentials {
    @Override
    public Map<String, String> open(Tenant account, String secret, Collection<String> keys) {
      return Map.of();
    }

    @Override
    public void keep(Tenant account, Map<String, String> values) {}

    @Override
    public void worked(Tenant account, Map<String, String> values) {}

    @Override
    public boolean haveWorked(Tenant account) {
      return true;
    }

    @Override
    public List<Map<String, String>> kept(Tenant account) {
      return List.of();
    }

    @Override
    public List<Tenant> accounts(BackendKind kind) {
      return List.copyOf(accounts);
    }

    @Override
    public void forget(Tenant account) {
      accounts.remove(account);
    }
  }

  private CloudAccounts<Listed> accounts(Duration deadline) {
    return new CloudAccounts<>(
        BackendKind.FLY, new Copies(), new Cloud(), clock, new AtomicLong(), deadline);
  }

  @Test
  void aHundredAccountsThatHangHideNobodyElsesMachines() {
    for (int n = 0; n < 100; n++) {
      accounts.add(tenant("junk-" + n));
    }
    accounts.add(HONEST);
    assertThat(accounts(Duration.ofSeconds(2)).list("here", places))
        .extracting(machine -> machine.key().namespace())
        .containsExactly("honest");
  }

  @Test
  void whoWaitsForAListThatIsUnderWayWaitsNoLongerThanItsPatience() throws Exception {
    accounts.add(tenant("junk"));
    CloudAccounts<Listed> sweep = accounts(Duration.ofMillis(10));
    assertThat(sweep.list("here", places)).isEmpty();
    await().until(() -> hung.get() == 1);
    MachineKey key = new MachineKey("here", "junk", "p", "p-0", "uid", 1);
    MachineRef ref = MachineRef.of(key, accounts.get(0).entry());
    assertThatThrownBy(() -> sweep.listed(ref, 0))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("under way");
    sweep.retain(Set.of());
    assertThat(hung.get()).as("it is listed once at a time").isEqualTo(1);
  }
}
