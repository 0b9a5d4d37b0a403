package dev.flamepool.operator.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.Fault;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.ManualClock;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.ScriptedBackend;
import dev.flamepool.operator.backend.ScriptedCloud;
import dev.flamepool.operator.backend.ScriptedCloud.Operation;
import dev.flamepool.operator.backend.Tenant;
import dev.flamepool.operator.health.OperatorMetrics;
import dev.flamepool.operator.sweep.OrphanSweep.Verdict;
import dev.flamepool.operator.world.FakeLinks;
import dev.flamepool.operator.world.FakeRunners;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OrphanSweepTest {
  private static final Duration AGE = Duration.ofMinutes(2);
  private static final Duration LIFE = Duration.ofHours(1);

  private final ManualClock clock = new ManualClock();
  private final ScriptedCloud cloud = new ScriptedCloud(clock);
  private final Set<String> runners = new HashSet<>();
  private final FakeRunners processes = new FakeRunners(cloud);
  private final OperatorMetrics metrics = new OperatorMetrics();
  private boolean apiFails;
  private boolean poolIsHere = true;
  private OrphanSweep sweep = newSweep();

  private OrphanSweep newSweep() {
    return newSweep(Verdict.DELETE);
  }

  private OrphanSweep newSweep(Verdict verdict) {
    return new OrphanSweep(
        new ScriptedBackend(cloud),
        this::list,
        "mine",
        AGE,
        verdict,
        Places.INLINE,
        new SuspectLinks(new FakeLinks(processes), this::pool),
        metrics,
        clock);
  }

  private Map<String, Tenant> list() {
    if (apiFails) {
      throw new IllegalStateException("no API server");
    }
    Tenant anybody = new Tenant("ns", new BackendEntry("x", null, null, null, null, null));
    Map<String, Tenant> known = new HashMap<>();
    runners.forEach(uid -> known.put(uid, anybody));
    return known;
  }

  private Optional<SuspectLinks.Pool> pool(MachineKey key) {
    return poolIsHere ? Optional.of(new SuspectLinks.Pool("pool", LIFE)) : Optional.empty();
  }

  private void machine(String installation, String uid) {
    cloud.plant(new MachineKey(installation, "ns", "thumbs", "thumbs-" + uid, uid, 1));
  }

  private void owned(int count) {
    for (int i = 0; i < count; i++) {
      machine("mine", "owned-" + i);
      runners.add("owned-" + i);
    }
  }

  private void pass(Duration time) {
    clock.advance(time);
    sweep.tick();
  }

  private Set<String> living() {
    Set<String> uids = new HashSet<>();
    cloud.live().forEach(m -> uids.add(m.key().runnerUid()));
    return uids;
  }

  @Test
  void onlyAnOldOrphanOfThisInstallationSeenTwiceGoes() {
    owned(2);
    machine("mine", "lost");
    machine("other", "foreign");
    clock.advance(Duration.ofDays(1));
    sweep.tick();
    assertThat(living()).as("one sighting, however old").contains("lost");
    pass(AGE.minusSeconds(1));
    assertThat(living()).as("too young").contains("lost");
    pass(Duration.ofSeconds(1));
    assertThat(living()).containsExactlyInAnyOrder("owned-0", "owned-1", "foreign");
    assertThat(metrics.scrape()).contains("flamepool_orphans_removed_total 1.0");
    assertThat(sweep.tick()).isEqualTo(OrphanSweep.CALM);
  }

  /** As in the copy of a cluster: the original's newer runners have no object here. */
  @Test
  void aMachineThatSomebodyHasCallsOnIsLeftAloneUntilTheyHaveEnded() {
    owned(2);
    machine("mine", "busy");
    machine("mine", "idle");
    processes.calls("busy", 1);
    sweep.tick();
    pass(AGE);
    assertThat(living()).containsExactlyInAnyOrder("owned-0", "owned-1", "busy");
    pass(LIFE.minus(AGE).minusSeconds(1));
    assertThat(living()).contains("busy");
    assertThat(metrics.scrape()).contains("flamepool_orphans 1.0");
    processes.calls("busy", 0);
    pass(Duration.ofSeconds(1));
    processes.mute("busy");
    pass(AGE.minusSeconds(2));
    assertThat(living()).as("its calls were seen of late").contains("busy");
    pass(Duration.ofSeconds(1));
    assertThat(living()).containsExactlyInAnyOrder("owned-0", "owned-1");
  }

  @Test
  void whatSaysForLongerThanItMayLiveThatCallsRunIsBelievedNoMore() {
    machine("mine", "liar");
    processes.calls("liar", 1);
    sweep.tick();
    pass(LIFE);
    assertThat(living()).contains("liar");
    pass(AGE);
    assertThat(living()).isEmpty();
  }

  @Test
  void whatCannotBeLookedAtIsNotDeletedUntilItCanOrItsLifeIsOver() {
    machine("mine", "one");
    Fault down = new Fault.Refuse(BackendException.Kind.AMBIGUOUS, "down");
    cloud.next(Operation.FIND, down, down, down);
    sweep.tick();
    pass(AGE);
    pass(AGE);
    assertThat(living()).contains("one");
    processes.calls("one", 1);
    pass(Duration.ofSeconds(10));
    pass(AGE);
    assertThat(living()).as("now its calls are seen").contains("one");
    pass(LIFE);
    assertThat(living()).isEmpty();
  }

  @Test
  void aMachineWhosePoolIsNotHereIsNobodys() {
    poolIsHere = false;
    machine("mine", "busy");
    processes.calls("busy", 1);
    sweep.tick();
    pass(AGE);
    assertThat(living()).isEmpty();
  }

  @Test
  void whereItOnlyReportsNothingIsDeleted() {
    owned(2);
    machine("mine", "lost");
    sweep = newSweep(Verdict.REPORT);
    sweep.tick();
    pass(AGE);
    pass(AGE);
    assertThat(living()).contains("lost");
    assertThat(metrics.scrape()).contains("flamepool_orphans 1.0");
    assertThat(metrics.scrape()).doesNotContain("flamepool_orphans_removed_total 1.0");
  }

  @Test
  void oneLookAfterALongPauseIsNotTwo() {
    machine("mine", "lost");
    pass(AGE.multipliedBy(2));
    sweep = newSweep();
    pass(AGE.multipliedBy(2));
    assertThat(living()).as("a new leader has seen it once").contains("lost");
    pass(AGE);
    assertThat(living()).isEmpty();
  }

  @Test
  void aRunnerThatAppearsClearsItsMachine() {
    owned(1);
    machine("mine", "late");
    sweep.tick();
    runners.add("late");
    pass(AGE);
    runners.remove("late");
    pass(AGE);
    assertThat(living()).as("suspected anew only from here").contains("late");
  }

  @Test
  void aFailedListingDoesNothing() {
    owned(1);
    machine("mine", "lost");
    sweep.tick();
    apiFails = true;
    pass(AGE.multipliedBy(2));
    apiFails = false;
    cloud.next(Operation.LIST, new Fault.Refuse(BackendException.Kind.AMBIGUOUS, "502"));
    pass(AGE);
    assertThat(living()).contains("lost", "owned-0");
    pass(AGE);
    assertThat(living()).containsExactly("owned-0");
  }

  @Test
  void anApiThatForgetsItsRunnersCostsNoMachine() {
    owned(10);
    sweep.tick();
    Set<String> all = Set.copyOf(runners);
    runners.clear();
    pass(AGE);
    runners.addAll(all);
    pass(AGE);
    runners.removeIf(uid -> !uid.equals("owned-0"));
    pass(AGE);
    runners.addAll(all);
    pass(AGE);
    assertThat(living()).hasSize(10);
    assertThat(cloud.calls(Operation.DELETE)).isZero();
  }

  @Test
  void aFalselyEmptyCloudDoesNotMakeOldSuspectsDue() {
    owned(1);
    machine("mine", "lost");
    cloud.next(Operation.LIST, new Fault.FalselyEmpty());
    sweep.tick();
    pass(AGE);
    assertThat(living()).as("the first real sighting").contains("lost");
    pass(AGE);
    assertThat(living()).containsExactly("owned-0");
  }

  @Test
  void aRefusedDeleteIsTriedAgain() {
    owned(1);
    machine("mine", "lost");
    sweep.tick();
    cloud.next(Operation.DELETE, new Fault.LoseRequest());
    pass(AGE);
    assertThat(living()).contains("lost");
    assertThat(sweep.tick()).isEqualTo(OrphanSweep.ALERT);
    assertThat(living()).containsExactly("owned-0");
  }
}
