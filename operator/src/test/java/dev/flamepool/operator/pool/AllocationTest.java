package dev.flamepool.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.operator.pool.KnownRevision.Heard;
import dev.flamepool.operator.scaling.CallerDemand;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllocationTest {
  private static final Instant NOW = Scene.NOW;

  private final Scene scene = new Scene();

  private void newest(String name, String yields) {
    scene.newest(name, yields);
  }

  private void revision(String name, String yields) {
    scene.revision(name, yields);
  }

  private void runner(String revision, String codeVersion, String... wanted) {
    String status =
        codeVersion == null
            ? "phase: Booting"
            : "phase: Ready, codeVersion: %s, phaseSince: '%s'".formatted(codeVersion, NOW);
    if (wanted.length == 0) {
      scene.runner(revision, status);
    } else {
      scene.probe(revision, status, wanted);
    }
  }

  private void needs(String version, int calls) {
    scene.calls(version, 0, calls);
  }

  private Allocation allocate(int floor) {
    PoolObservation seen = scene.seen();
    return new Allocation(seen, seen.runners(), floor);
  }

  /** What is missing, such as {@code new new(v9) old}. */
  private static String missing(Allocation allocation) {
    return String.join(
        " ",
        allocation.missing().stream()
            .map(one -> one.from().name() + (one.wanted() ? wanted(one.versions()) : ""))
            .toList());
  }

  private static String wanted(Set<String> versions) {
    return "(" + String.join(",", new TreeSet<>(versions)) + ")";
  }

  @Test
  void theNewestComesFirstAndProbesLast() {
    newest("new", "v2");
    revision("old", "v1");
    revision("older", "v0");
    needs("v0", 1);
    needs("v9", 5);
    needs("v1", 2);
    needs("v2", 1);
    Allocation allocation = allocate(2);
    assertThat(missing(allocation)).isEqualTo("new new old old older new(v9)");
    assertThat(allocation.targets())
        .as("a probe is no demand")
        .isEqualTo(Map.of("new", 2, "old", 2, "older", 1));
  }

  /** One caller may say anything. */
  @Test
  void noVersionGetsMoreRunnersThanAPoolMayHave() {
    newest("new", "v1");
    revision("old", "v0");
    needs("v1", 10_000_000);
    needs("v1", Integer.MAX_VALUE);
    needs("v0", 10_000_000);
    int max = scene.seen().spec().maxOrDefault();
    Allocation allocation = allocate(0);
    assertThat(allocation.missing()).hasSize(2 * max);
    assertThat(allocation.targets()).isEqualTo(Map.of("new", max, "old", max));
  }

  @ParameterizedTest(name = "newest {0}, demand {1}: {2}")
  @CsvSource({
    "v2, v1, old old", // known to differ: the old one alone
    ", v1, new old old", // one tells what it runs
    ", v9, new(v9) new(v9)", // most likely it is the one: in full
    "v1, v1, new new", // an old one that yields the same is not wanted any more
    "v2, '', new new", // whoever says nothing takes the newest
  })
  void whoServesDependsOnWhatIsKnownOfTheNewest(String yields, String demand, String missing) {
    newest("new", yields);
    revision("old", "v1");
    needs(demand, 2);
    assertThat(missing(allocate(0))).isEqualTo(missing);
  }

  @Test
  void runnersThatBootCountForWhoeverNeedsThemOnce() {
    newest("new", null);
    runner("new", null);
    runner("new", null);
    needs("v8", 2);
    needs("v9", 2);
    assertThat(missing(allocate(0))).isEqualTo("new(v9) new(v9)");
  }

  @Test
  void anotherBackendStepsInWhenOneHasNoRoom() {
    newest("fallback", null);
    newest("first", "v1");
    scene.blocked.add("first");
    runner("first", "v1");
    needs("v1", 3);
    assertThat(missing(allocate(0))).isEqualTo("fallback(v1) fallback(v1)");
  }

  @Test
  void aProbeIsNotRepeatedWhileItBootsNorWhileItsAnswerCounts() {
    newest("new", "v2");
    needs("v9", 4);
    runner("new", null, "v9");
    assertThat(missing(allocate(0))).isEmpty();
    assertThat(allocate(0).refusals()).isEmpty();
    scene.runners.clear();
    runner("new", "v2", "v9");
    assertThat(allocate(0).refusals())
        .singleElement()
        .satisfies(
            refusal -> {
              assertThat(refusal.codeVersion()).isEqualTo("v9");
              assertThat(refusal.until()).isEqualTo(NOW.plus(VersionRefusals.REFUSED).toString());
            });
    assertThat(missing(allocate(0))).isEmpty();
    revision("old", "v9");
    assertThat(allocate(0).refusals()).as("known after all").isEmpty();
    assertThat(missing(allocate(0))).isEqualTo("old old old old");
  }

  @Test
  void idlingOfOneVersionSaysNothingOfAnother() {
    newest("new", "v2");
    revision("old", "v1");
    needs("v1", 1);
    needs("v2", 1);
    scene.idledAt.put("v2", NOW.plusSeconds(1));
    assertThat(missing(allocate(0))).isEqualTo("old");
  }

  @Test
  void anOldRunnerIsNeededWhileALiveCallerHasItsVersionAndTheNewestDoesNot() {
    newest("new", null);
    revision("old", "v1");
    runner("old", "v1");
    assertThat(allocate(0).isNeeded(scene.runners.get(0))).isFalse();
    needs("v1", 0);
    assertThat(allocate(0).isNeeded(scene.runners.get(0))).isTrue();
    scene.known.set(
        0, new KnownRevision(scene.current.get(0), 100, Optional.of(new Heard("v1", NOW))));
    assertThat(allocate(0).isNeeded(scene.runners.get(0))).isFalse();
  }

  /** A code version for each build of a day. */
  @Test
  void oneProbeAnswersForAllVersionsThatWait() {
    newest("new", "v2");
    needs("v7", 1);
    needs("v8", 3);
    assertThat(missing(allocate(0))).isEqualTo("new(v7,v8)");
    runner("new", null, "v7", "v8");
    needs("v9", 1);
    assertThat(missing(allocate(0))).as("one at a time").isEmpty();
    scene.runners.clear();
    runner("new", "v2", "v7", "v8");
    assertThat(allocate(0).refusals()).extracting(r -> r.codeVersion()).contains("v7", "v8");
    assertThat(missing(allocate(0))).as("it came later").isEqualTo("new(v9)");
  }

  @Test
  void afterManyProbesTheLastAnswerIsEverybodysUntilTheFirstIsForgotten() {
    newest("new", "v2");
    for (int i = 0; i < VersionRefusals.MAX_PROBES; i++) {
      needs("build-" + i, 1);
      assertThat(missing(allocate(0))).isEqualTo("new(build-" + i + ")");
      scene.probe("new", scene.ready("v2"), "build-" + i);
      scene.pass(Duration.ofSeconds(1));
      scene.plan();
    }
    scene.runners.clear(); // they have idled
    for (int i = 0; i < 100; i++) {
      needs("late-" + i, 1);
    }
    assertThat(missing(allocate(0))).isEmpty();
    scene.plan();
    assertThat(scene.status.refusals())
        .hasSize(VersionRefusals.LIMIT)
        .allMatch(refusal -> refusal.revision().equals("new"));
    scene.pass(VersionRefusals.REFUSED.minusSeconds(10));
    assertThat(allocate(0).missing()).hasSize(1);
  }

  @Test
  void aRunnerThatHasServedItsOnlyCallIsNotMadeAgainForIt() {
    scene.singleUse();
    newest("new", "v1");
    scene.calls("v1", 3, 0);
    scene.spentAt.put("v1", List.of(NOW.plusSeconds(1), NOW.plusSeconds(2)));
    assertThat(missing(allocate(0))).as("two of the three calls were served").isEqualTo("new");
    scene.pass(Duration.ofSeconds(3));
    scene.callers.clear();
    scene.calls("v1", 2, 0);
    assertThat(missing(allocate(0))).as("told since").isEqualTo("new new");
    scene.callers.clear();
    scene.callers.add(new CallerDemand("v1", 1, 0, scene.now, scene.now.minusSeconds(1)));
    assertThat(missing(allocate(0))).as("an average of calls that are over").isEmpty();
  }

  @Test
  void whereCallsOfSingleUseWaitTheirCallerHasASecondToSayThatTheyWereServed() {
    scene.spec("{max: 5, maxConcurrency: 1}").singleUse();
    newest("new", "v1");
    needs("v1", 2);
    scene.spentAt.put("v1", List.of(NOW.plusMillis(1), NOW.plusMillis(2)));
    scene.pass(Duration.ofMillis(3));
    Allocation held = allocate(0);
    assertThat(missing(held)).isEmpty();
    assertThat(held.again()).containsExactly(NOW.plusMillis(1_001));
    scene.pass(Duration.ofSeconds(1));
    assertThat(missing(allocate(0))).as("others came in their place").isEqualTo("new new");
    needs("v1", 3);
    assertThat(missing(allocate(0))).as("told since").isEqualTo("new new new new new");
  }
}
