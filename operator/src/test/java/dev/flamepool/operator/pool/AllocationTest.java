package dev.flamepool.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlamePoolStatus;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerSpec;
import dev.flamepool.operator.pool.KnownRevision.Heard;
import dev.flamepool.operator.scaling.CallerDemand;
import dev.flamepool.operator.scaling.Demand;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllocationTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final List<Revision> current = new ArrayList<>();
  private final List<KnownRevision> known = new ArrayList<>();
  private final Map<String, Instant> blocked = new HashMap<>();
  private final Map<String, Instant> idledAt = new HashMap<>();
  private final List<RunnerView> live = new ArrayList<>();
  private final List<CallerDemand> callers = new ArrayList<>();
  private FlamePoolStatus status = PoolStatuses.EMPTY;

  private void newest(String name, String yields) {
    current.add(revision(name, yields));
  }

  private Revision revision(String name, String yields) {
    FlameRunnerSpec template =
        Serialization.unmarshal("spec: {maxConcurrency: 1}", FlameRunner.class).getSpec();
    Revision revision = new Revision(name, template);
    known.add(
        new KnownRevision(
            revision,
            100 - known.size(),
            Optional.ofNullable(yields).map(version -> new Heard(version, NOW))));
    return revision;
  }

  private void runner(String revision, String codeVersion, String wanted) {
    FlameRunner runner =
        Serialization.unmarshal(
            "metadata: {name: p-%d, uid: u-%d, annotations: {%s}}\nspec: {revision: %s}\nstatus: {%s}"
                .formatted(
                    live.size(),
                    live.size(),
                    wanted == null ? "" : "flamepool.dev/wanted-code-version: " + wanted,
                    revision,
                    codeVersion == null
                        ? "phase: Booting"
                        : "phase: Ready, codeVersion: "
                            + codeVersion
                            + ", phaseSince: '"
                            + NOW
                            + "'"),
            FlameRunner.class);
    live.add(new RunnerView(runner, Optional.empty()));
  }

  private void needs(String version, int calls) {
    callers.add(new CallerDemand(version, 0, calls, NOW, NOW));
  }

  private Allocation allocate(int floor) {
    FlamePool pool = new FlamePool();
    pool.setStatus(status);
    return new Allocation(
        new PoolObservation(
            pool,
            Optional.empty(),
            null,
            current,
            known,
            blocked,
            List.of(),
            Optional.empty(),
            Optional.empty(),
            live,
            Set.of(),
            new Demand(callers, List.of()),
            true,
            idledAt,
            Set.of(),
            NOW),
        live,
        floor);
  }

  /** What is missing, such as {@code new new(v9) old}. */
  private static String missing(Allocation allocation) {
    return String.join(
        " ",
        allocation.missing().stream()
            .map(one -> one.from().name() + one.wanted().map(v -> "(" + v + ")").orElse(""))
            .toList());
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
    runner("new", null, null);
    runner("new", null, null);
    needs("v8", 2);
    needs("v9", 2);
    assertThat(missing(allocate(0))).isEqualTo("new(v9) new(v9)");
  }

  @Test
  void anotherBackendStepsInWhenOneHasNoRoom() {
    newest("fallback", null);
    newest("first", "v1");
    blocked.put("first", NOW.plusSeconds(60));
    runner("first", "v1", null);
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
    live.clear();
    runner("new", "v2", "v9");
    assertThat(allocate(0).refusals())
        .singleElement()
        .satisfies(
            refusal -> {
              assertThat(refusal.codeVersion()).isEqualTo("v9");
              assertThat(refusal.until()).isEqualTo(NOW.plus(Allocation.REFUSED).toString());
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
    idledAt.put("v2", NOW.plusSeconds(1));
    assertThat(missing(allocate(0))).isEqualTo("old");
  }

  @Test
  void anOldRunnerIsNeededWhileALiveCallerHasItsVersionAndTheNewestDoesNot() {
    newest("new", null);
    revision("old", "v1");
    runner("old", "v1", null);
    assertThat(allocate(0).isNeeded(live.get(0))).isFalse();
    needs("v1", 0);
    assertThat(allocate(0).isNeeded(live.get(0))).isTrue();
    known.set(0, new KnownRevision(current.get(0), 100, Optional.of(new Heard("v1", NOW))));
    assertThat(allocate(0).isNeeded(live.get(0))).isFalse();
  }
}
