package dev.flamepool.operator.leadership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.minicluster.RequestHook;
import dev.flamepool.operator.world.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** By a Lease that nobody would look at again for minutes. */
class LeadershipTest {
  private static final LeaseTimes SLOW =
      new LeaseTimes(Duration.ofMinutes(10), Duration.ofMinutes(9), Duration.ofMinutes(4));

  private final String namespace = Cluster.namespace();
  private final AtomicInteger lost = new AtomicInteger();
  private final List<Leadership> all = new ArrayList<>();

  @AfterEach
  void close() {
    all.forEach(Leadership::close);
  }

  private Leadership candidate(String name) {
    Leadership made =
        new Leadership(
            Cluster.config(),
            namespace,
            "lease",
            new Holder(name, Optional.empty()),
            SLOW,
            lost::incrementAndGet);
    all.add(made);
    return made;
  }

  private static CountDownLatch acquire(Leadership candidate) {
    CountDownLatch won = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              try {
                candidate.acquire();
                won.countDown();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    thread.setDaemon(true);
    thread.start();
    return won;
  }

  private static boolean done(CountDownLatch latch) throws InterruptedException {
    return latch.await(1, TimeUnit.MINUTES);
  }

  /** Whoever has seen another lead would look again in minutes only. */
  private static void waitsFor(Leadership candidate, String leader) {
    await().atMost(Duration.ofMinutes(1)).until(() -> candidate.otherLeader().isPresent());
    assertThat(candidate.otherLeader()).hasValue(leader);
  }

  @Test
  void whatIsReleasedIsTakenAtOnceAndTheOneThatReleasedItMayComeBack() throws Exception {
    Leadership first = candidate("first");
    assertThat(done(acquire(first))).isTrue();
    assertThat(first.otherLeader()).isEmpty();
    Leadership second = candidate("second");
    CountDownLatch secondLeads = acquire(second);
    waitsFor(second, "first");
    first.release();
    assertThat(done(secondLeads)).isTrue();
    CountDownLatch firstLeads = acquire(first);
    waitsFor(first, "second");
    second.release();
    assertThat(done(firstLeads)).isTrue();
    assertThat(lost).hasValue(0);
  }

  @Test
  void whatHasGoneWithItsHolderIsTakenAtOnce() throws Exception {
    assertThat(done(acquire(candidate("first")))).isTrue();
    Leadership second = candidate("second");
    CountDownLatch secondLeads = acquire(second);
    waitsFor(second, "first");
    Cluster.shared().leases().inNamespace(namespace).withName("lease").delete();
    assertThat(done(secondLeads)).isTrue();
  }

  @Test
  void whyTheLeaseIsAskedForInVainIsToldUntilItIsRepaired() throws Exception {
    Cluster.hook(
        namespace,
        new RequestHook() {
          @Override
          public int before(String method, String path, String body) {
            return path.contains("/leases") ? 403 : PASS;
          }
        });
    Leadership refused = candidate("refused");
    CountDownLatch leads = acquire(refused);
    await().atMost(Duration.ofMinutes(1)).until(() -> refused.trouble().isPresent());
    assertThat(refused.trouble().orElse("")).contains("(403); its Roles come with");
    Cluster.unhook(namespace);
    assertThat(done(leads)).isTrue();
    assertThat(refused.trouble()).isEmpty();
  }
}
