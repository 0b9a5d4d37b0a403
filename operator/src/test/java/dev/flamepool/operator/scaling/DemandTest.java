package dev.flamepool.operator.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlameCallerSpec;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DemandTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static CallerDemand caller(String version, int inFlight, int queued, int second) {
    Instant at = START.plusSeconds(second);
    return new CallerDemand(version, inFlight, queued, at, at);
  }

  private static Demand demand(CallerDemand... callers) {
    return new Demand(List.of(callers), List.of());
  }

  private static FlameCaller object(String uid, String version, int queued) {
    FlameCaller caller = new FlameCaller();
    caller.setMetadata(new ObjectMetaBuilder().withUid(uid).withResourceVersion(version).build());
    caller.setSpec(new FlameCallerSpec("p", 1, queued, 0, "v", 1, "a time that nobody compares"));
    return caller;
  }

  @Test
  void roundsUpForEachCodeVersionBecauseARunnerServesOneOnly() {
    assertThat(demand(caller("a", 1, 3, 0), caller("a", 0, 1, 0)).runners(4)).isEqualTo(2);
    assertThat(demand(caller("a", 1, 0, 0), caller("b", 1, 0, 0)).runners(4)).isEqualTo(2);
    assertThat(Demand.NONE.runners(4)).isZero();
    assertThat(demand(caller("a", Integer.MAX_VALUE, Integer.MAX_VALUE, 0)).runners(1))
        .as("absurd demand does not overflow")
        .isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void staysWithinFloorAndMaxAndHoldsItsSizeWhileCallersHaveNotBeenHeard() {
    assertThat(DesiredRunners.desired(0, 1, 10, Optional.empty())).isEqualTo(1);
    assertThat(DesiredRunners.desired(250, 1, 10, Optional.empty())).isEqualTo(10);
    assertThat(DesiredRunners.desired(0, 1, 10, Optional.of(7))).isEqualTo(7);
    assertThat(DesiredRunners.desired(0, 1, 10, Optional.of(70))).isEqualTo(10);
  }

  @Test
  void demandFromBeforeAnIdleEndHoldsButDoesNotGrow() {
    Optional<Instant> idled = Optional.of(START.plusSeconds(5));
    Demand stale = demand(caller("a", 16, 0, 1));
    assertThat(DesiredRunners.growTo(stale, 4, 3, Optional.empty())).isEqualTo(4);
    assertThat(DesiredRunners.growTo(stale, 4, 3, idled)).isEqualTo(3);
    Demand both = demand(caller("a", 16, 0, 1), caller("a", 0, 4, 6));
    assertThat(DesiredRunners.growTo(both, 4, 3, idled))
        .as("a caller heard since adds its own need")
        .isEqualTo(4);
    assertThat(DesiredRunners.growTo(demand(caller("a", 16, 0, 6)), 4, 3, idled)).isEqualTo(4);
    Instant heard = START.plusSeconds(8);
    Demand lastWords = demand(new CallerDemand("a", 16, 0, heard, START.plusSeconds(1)));
    assertThat(DesiredRunners.growTo(lastWords, 4, 3, idled))
        .as("heard since, of calls before")
        .isEqualTo(3);
  }

  @Test
  void aCallersIdleSecondsCountBackFromWhenItWasHeard() {
    FlameCaller caller = object("u", "1", 3);
    caller.setSpec(new FlameCallerSpec("p", 1, 0, 7, "v", 1, "now"));
    assertThat(new CallerLiveness().observe(List.of(caller), START).live())
        .singleElement()
        .satisfies(live -> assertThat(live.called()).isEqualTo(START.minusSeconds(7)))
        .satisfies(live -> assertThat(live.changed()).isEqualTo(START));
    caller.setSpec(new FlameCallerSpec("p", 1, 0, null, "v", 1, "of an older library"));
    assertThat(new CallerLiveness().observe(List.of(caller), START).live())
        .singleElement()
        .satisfies(live -> assertThat(live.called()).isEqualTo(START));
  }

  @Test
  void aCallerExpiresByTheReadersClockSinceItLastChanged() {
    CallerLiveness liveness = new CallerLiveness();
    assertThat(liveness.observe(List.of(object("u", "1", 3)), START).live()).hasSize(1);
    Instant almost = START.plus(CallerLiveness.EXPIRY).minusMillis(1);
    assertThat(liveness.observe(List.of(object("u", "1", 3)), almost).live()).hasSize(1);
    Demand changed = liveness.observe(List.of(object("u", "2", 5)), almost);
    assertThat(changed.queued()).isEqualTo(5);
    assertThat(changed.nextExpiry()).contains(almost.plus(CallerLiveness.EXPIRY));
    Demand late =
        liveness.observe(List.of(object("u", "2", 5)), almost.plus(Duration.ofMinutes(1)));
    assertThat(late.live()).isEmpty();
    assertThat(late.expired()).hasSize(1);
  }
}
