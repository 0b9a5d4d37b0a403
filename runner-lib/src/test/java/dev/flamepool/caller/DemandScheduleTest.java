package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/** Time is an argument, so a minute passes at once. */
class DemandScheduleTest {
  private record Load(int running, int queued, boolean called) {
    static final Load NONE = new Load(0, 0, false);
  }

  private record Done(long ms, DemandSchedule.Act act, int inFlight, int queued) {}

  private final DemandSchedule schedule = new DemandSchedule();
  private boolean contended;

  /** Asks every millisecond what the load would make it do. */
  private List<Done> run(long fromMs, long toMs, LongFunction<Load> load) {
    List<Done> done = new ArrayList<>();
    for (long ms = fromMs; ms < toMs; ms++) {
      Load now = load.apply(ms);
      DemandSchedule.Answer answer =
          schedule.ask(
              Duration.ofMillis(ms).toNanos(),
              now.running(),
              now.queued(),
              now.called(),
              1,
              contended);
      if (answer.act() != DemandSchedule.Act.NOTHING) {
        done.add(new Done(ms, answer.act(), answer.inFlight(), answer.queued()));
      }
    }
    return done;
  }

  @Test
  void nothingHappensWithoutCalls() {
    assertThat(run(0, 100_000, ms -> Load.NONE)).isEmpty();
  }

  @Test
  void callsThatFindASlotAreWrittenOnlyWithThePeriod() {
    List<Done> done = run(0, 35_000, ms -> new Load(3, 0, true));
    assertThat(done)
        .extracting(Done::ms, Done::inFlight, Done::queued)
        .containsExactly(tuple(10_000L, 3, 0), tuple(20_000L, 3, 0), tuple(30_000L, 3, 0));
  }

  @Test
  void theFirstWaitingCallsAreGatheredFor10Milliseconds() {
    List<Done> done = run(5, 500, ms -> new Load(0, (int) Math.min(40, (ms - 4) * 8), false));
    assertThat(done.get(0)).isEqualTo(new Done(15, DemandSchedule.Act.WRITE, 0, 40));
    assertThat(done).hasSize(1);
  }

  @Test
  void callsThatFillTheRunnersCountAtOnceWhenOneWaits() {
    assertThat(run(0, 60_000, ms -> new Load(0, 0, true))).isNotEmpty();
    List<Done> done = run(60_001, 60_100, ms -> new Load(5, 1, true));
    assertThat(done)
        .extracting(Done::inFlight, Done::queued)
        .as("not the average of 10 s, of which nearly all was idle")
        .containsExactly(tuple(5, 1));
  }

  @Test
  void callsThatKeepThoseOfOthersWaitingAreWrittenAtOnce() {
    List<Done> done = run(0, 3_000, ms -> new Load(5, 0, true));
    assertThat(done).as("nobody waits for them").isEmpty();
    contended = true;
    done = run(3_000, 6_000, ms -> new Load(5, 0, true));
    assertThat(done)
        .extracting(Done::ms, Done::inFlight)
        .as("once, as it does not grow")
        .containsExactly(tuple(3_010L, 5));
  }

  @Test
  void aWaitShorterThanTheGatheringIsNotWritten() {
    assertThat(run(0, 5_000, ms -> new Load(1, ms % 20 < 9 ? 1 : 0, true))).isEmpty();
  }

  @Test
  void growthIsWrittenThriceAtOnceThenOnceASecond() {
    List<Done> done = run(0, 5_000, ms -> new Load(0, (int) ms + 1, false));
    assertThat(done).hasSizeBetween(7, 8);
    assertThat(done.get(2).ms()).isLessThan(50);
    for (int i = 4; i < done.size(); i++) {
      assertThat(done.get(i).ms() - done.get(i - 1).ms()).isBetween(990L, 1_011L);
    }
  }

  @Test
  void aLevelThatStaysWaitsForThePeriod() {
    assertThat(run(0, 9_000, ms -> new Load(2, 5, false))).hasSize(1);
  }

  @Test
  void thatFewerCallsWaitIsWrittenWithinASecond() {
    List<Done> done = run(0, 9_000, ms -> new Load(2, ms < 4_000 ? 5 : 3, false));
    assertThat(done)
        .extracting(Done::ms, Done::inFlight, Done::queued)
        .containsExactly(tuple(10L, 2, 5), tuple(4_250L, 2, 3));
  }

  @Test
  void callsThatCeasedToWaitCountAsRunningAtOnce() {
    List<Done> done = run(0, 5_000, ms -> ms < 1_500 ? new Load(0, 4, false) : RUNNING);
    assertThat(done.get(1)).isEqualTo(new Done(1_750, DemandSchedule.Act.WRITE, 4, 0));
  }

  private static final Load RUNNING = new Load(4, 0, true);

  @Test
  void aFallThatIsMadeGoodAtOnceIsNotWritten() {
    List<Done> done = run(0, 9_000, ms -> new Load(2, ms % 400 < 200 ? 5 : 4, false));
    assertThat(done).hasSize(1);
  }

  /** Falls have a pace of their own, so that they take no turn from growth. */
  @Test
  void fallsAreWrittenOnceASecondAtMost() {
    List<Done> done = run(0, 8_000, ms -> new Load(0, (int) Math.max(0, 30 - ms / 100), false));
    assertThat(done).extracting(Done::queued).endsWith(0);
    for (int i = 2; i < done.size(); i++) {
      assertThat(done.get(i).ms() - done.get(i - 1).ms()).isGreaterThanOrEqualTo(1_000);
    }
    assertThat(done).hasSizeBetween(4, 6);
    done = run(8_000, 8_100, ms -> new Load(0, 1, false));
    assertThat(done).extracting(Done::ms).containsExactly(8_010L);
  }

  @Test
  void afterAFallTheSameLevelIsGrowthAgain() {
    List<Done> done = run(0, 3_000, ms -> new Load(0, ms < 500 || ms >= 1_000 ? 4 : 2, false));
    assertThat(done)
        .extracting(Done::ms, Done::queued)
        .containsExactly(tuple(10L, 4), tuple(750L, 2), tuple(1_010L, 4));
  }

  @Test
  void leaving0AgainIsWrittenAgain() {
    List<Done> done = run(0, 2_000, ms -> new Load(0, ms < 500 || ms >= 1_000 ? 4 : 0, false));
    assertThat(done)
        .extracting(Done::ms, Done::queued)
        .containsExactly(tuple(10L, 4), tuple(750L, 0), tuple(1_010L, 4));
  }

  @Test
  void inFlightIsTheAverageOfTenSeconds() {
    // 8 calls run for 5 of 10 seconds.
    List<Done> done = run(0, 10_500, ms -> new Load(ms < 5_000 ? 8 : 0, 0, ms < 9_999));
    assertThat(done).extracting(Done::inFlight).containsExactly(4);
  }

  @Test
  void aWriteSaysHowLongAgoTheLastCallWas() {
    List<Integer> idle = new ArrayList<>();
    for (long ms = 0; ms < 21_000; ms++) {
      int running = ms < 13_500 ? 2 : 0;
      DemandSchedule.Answer answer =
          schedule.ask(Duration.ofMillis(ms).toNanos(), running, 0, running > 0, 1, false);
      if (answer.act() == DemandSchedule.Act.WRITE) {
        idle.add(answer.demand("v").idleSeconds());
      }
    }
    assertThat(idle).as("6.5 s, rounded up, the second time").containsExactly(0, 7);
  }

  @Test
  void aMinuteWithoutACallTakesTheDemandBackOnce() {
    List<Done> done = run(0, 200_000, ms -> ms < 12_000 ? new Load(1, 0, true) : Load.NONE);
    assertThat(done.get(done.size() - 1).act()).isEqualTo(DemandSchedule.Act.DELETE);
    assertThat(done.get(done.size() - 1).ms()).isBetween(71_900L, 72_100L);
    assertThat(done).filteredOn(d -> d.act() == DemandSchedule.Act.DELETE).hasSize(1);
    // And not more than one write after the last call, which says that nothing runs any more.
    assertThat(done).filteredOn(d -> d.ms() > 12_000).hasSize(2);
  }

  @Test
  void theAnswerSaysWhenToAskAgain() {
    // Asked only when it says so, it writes at the same times as when asked all the time.
    long now = 0;
    List<Long> writes = new ArrayList<>();
    while (now < Duration.ofSeconds(40).toNanos()) {
      DemandSchedule.Answer answer = schedule.ask(now, 2, 5, true, 1, false);
      if (answer.act() == DemandSchedule.Act.WRITE) {
        writes.add(Duration.ofNanos(now).toMillis());
      }
      assertThat(answer.next()).isGreaterThan(now);
      now = answer.next();
    }
    assertThat(writes).containsExactly(10L, 10_010L, 20_010L, 30_010L);
  }

  /** What one of many callers says, which runs so many calls for so many of 10 seconds. */
  private static int said(double chance, int running, int seconds, int queued, int callers) {
    DemandSchedule one = new DemandSchedule(chance);
    int inFlight = -1;
    for (long ms = 0; ms < 10_500; ms += 10) {
      boolean runs = ms < seconds * 1_000L;
      DemandSchedule.Answer answer =
          one.ask(
              Duration.ofMillis(ms).toNanos(),
              runs ? running : 0,
              ms > 9_000 ? queued : 0,
              ms < 9_990,
              callers,
              false);
      if (answer.act() == DemandSchedule.Act.WRITE) {
        inFlight = answer.inFlight();
      }
    }
    return inFlight;
  }

  @Test
  void theSumOfWhatManyCallersSayIsAboutRight() {
    for (int seconds : new int[] {3, 5, 8, 10}) {
      int sum = 0;
      for (int i = 0; i < 40; i++) {
        sum += said(i / 40.0, 3, seconds, 0, 40);
      }
      assertThat((double) sum).isCloseTo(40 * 3 * seconds / 10.0, within(6.0));
    }
    assertThat(said(0.99, 1, 1, 0, 2)).as("one of few rounds up").isEqualTo(1);
    assertThat(said(0.99, 1, 1, 3, 40)).as("whose calls wait").isEqualTo(1);
    assertThat(said(0.99, 1, 1, 0, 40)).isEqualTo(0);
    assertThat(said(0.02, 1, 1, 0, 40)).as("speaks for all the others").isEqualTo(1);
  }
}
