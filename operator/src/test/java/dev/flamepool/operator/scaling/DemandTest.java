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
    caller.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("n")
            .withUid(uid)
            .withResourceVersion(version)
            .build());
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
    CallerDemand absurd = caller("a", Integer.MAX_VALUE, Integer.MAX_VALUE, 6);
    assertThat(DesiredRunners.growTo(demand(caller("a", 16, 0, 1), absurd), 1, 3, idled))
        .as("absurd demand does not overflow")
        .isEqualTo(Integer.MAX_VALUE);
    Instant heard = START.plusSeconds(8);
    Demand lastWords = demand(new CallerDemand("a", 16, 0, heard, START.plusSeconds(1)));
    assertThat(DesiredRunners.growTo(lastWords, 4, 3, idled))
        .as("heard since, of calls before")
        .isEqualTo(3);
  }

  private static List<CallerDemand> heard(FlameCallerSpec spec) {
    FlameCaller caller = object("u", "1", 3);
    caller.setSpec(spec);
    LiveCallers callers = new LiveCallers();
    callers.heard(caller, START);
    return callers.demand("n", "p", START).live();
  }

  @Test
  void aCallersIdleSecondsCountBackFromWhenItWasHeard() {
    assertThat(heard(new FlameCallerSpec("p", 1, 0, 7, "v", 1, "now")))
        .singleElement()
        .satisfies(live -> assertThat(live.called()).isEqualTo(START.minusSeconds(7)))
        .satisfies(live -> assertThat(live.changed()).isEqualTo(START));
    assertThat(heard(new FlameCallerSpec("p", 1, 0, null, "v", 1, "of an older library")))
        .singleElement()
        .satisfies(live -> assertThat(live.called()).isEqualTo(START));
  }

  @Test
  void aCallerExpiresByTheReadersClockSinceItLastChanged() {
    LiveCallers callers = new LiveCallers();
    callers.heard(object("u", "1", 3), START);
    Instant almost = START.plus(LiveCallers.EXPIRY).minusMillis(1);
    callers.heard(object("u", "1", 3), almost);
    assertThat(callers.demand("n", "p", almost).live()).hasSize(1);
    assertThat(callers.demand("n", "p", almost.plusMillis(1)).expired())
        .as("listed again, it has not changed")
        .hasSize(1);
    callers.heard(object("u", "2", 5), almost);
    Demand changed = callers.demand("n", "p", almost);
    assertThat(changed.queued()).isEqualTo(5);
    assertThat(changed.nextExpiry()).contains(almost.plus(LiveCallers.EXPIRY));
    Demand late = callers.demand("n", "p", almost.plus(Duration.ofMinutes(1)));
    assertThat(late.live()).isEmpty();
    assertThat(late.expired()).hasSize(1);
    callers.gone(late.expired().get(0));
    assertThat(callers.demand("n", "p", almost)).isEqualTo(Demand.NONE);
  }

  @Test
  void aRenewalIsNewsOnlyForAPoolWhoseRunnersIdledSinceItsCallersCalled() {
    LiveCallers callers = new LiveCallers();
    FlameCaller before = object("u", "1", 3);
    assertThat(callers.isNews(before, object("u", "2", 3))).as("mere renewal").isFalse();
    assertThat(callers.isNews(before, object("u", "2", 4))).as("more calls").isTrue();
    FlameCaller deployed = object("u", "2", 3);
    deployed.setSpec(new FlameCallerSpec("p", 1, 3, 0, "w", 1, "now"));
    assertThat(callers.isNews(before, deployed)).as("another code version").isTrue();

    assertThat(demand(caller("a", 1, 0, 3)).anyCalledUntil(START.plusSeconds(3))).isTrue();
    assertThat(demand(caller("a", 1, 0, 4)).anyCalledUntil(START.plusSeconds(3))).isFalse();
    assertThat(demand(caller("a", 0, 0, 3)).anyCalledUntil(START.plusSeconds(3))).isFalse();
    callers.attend("n", "p", true);
    assertThat(callers.isNews(before, object("u", "2", 3))).isTrue();
    callers.attend("n", "p", false);
    assertThat(callers.isNews(before, object("u", "2", 3))).isFalse();
  }
}
