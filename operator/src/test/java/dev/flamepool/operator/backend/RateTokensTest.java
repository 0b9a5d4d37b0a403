package dev.flamepool.operator.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RateTokensTest {
  private static final RateTokens.Limit LIMIT = new RateTokens.Limit(1, 3);

  private final ManualClock clock = new ManualClock();
  private final Deque<String> told = new ArrayDeque<>();
  private final RateTokens tokens = new RateTokens(clock, told::add);

  private int taken(String bucket, int tries) {
    int taken = 0;
    for (int i = 0; i < tries; i++) {
      taken += tokens.take(bucket, LIMIT).isZero() ? 1 : 0;
    }
    return taken;
  }

  @Test
  void aBurstThenOneASecond() {
    assertThat(taken("a", 10)).isEqualTo(3);
    int later = 0;
    for (int i = 0; i < 100; i++) {
      clock.advance(Duration.ofMillis(100));
      later += taken("a", 5);
    }
    assertThat(later).isEqualTo(10);
  }

  @Test
  void oneBucketDoesNotStarveAnother() {
    taken("creates", 10);
    assertThat(taken("deletes", 3)).isEqualTo(3);
  }

  @Test
  void itSaysWhenThereIsOneAgain() {
    taken("a", 3);
    Duration wait = tokens.take("a", LIMIT);
    assertThat(wait).isPositive();
    clock.advance(wait);
    assertThat(tokens.take("a", LIMIT)).isZero();
  }

  @Test
  void whatTheCloudSaysCountsMore() {
    tokens.empty("a", LIMIT, Duration.ofSeconds(10));
    clock.advance(Duration.ofMillis(9_999));
    assertThat(taken("a", 3)).isZero();
    clock.advance(Duration.ofMillis(1));
    assertThat(taken("a", 3)).isEqualTo(1);
  }

  // ---- the queue

  private static MachineKey runner(String pool, int n) {
    return new MachineKey("here", "ns", pool, pool + "-" + n, pool + "-" + n, 1);
  }

  /** Runners that ask when they are told to, or when they said that they would. */
  private final class Waiting {
    final Map<MachineKey, Turn> turns = new HashMap<>();
    final Map<MachineKey, Duration> due = new HashMap<>();
    final List<String> served = new ArrayList<>();
    int asked;
    Duration now = Duration.ZERO;

    void join(MachineKey runner) {
      turns.put(runner, tokens.turn("a", LIMIT, runner));
      due.put(runner, now);
    }

    void leave(MachineKey runner) {
      turns.remove(runner).leave();
      due.remove(runner);
    }

    void run(Duration time) {
      Duration until = now.plus(time);
      while (now.compareTo(until) <= 0) {
        for (MachineKey runner : List.copyOf(due.keySet())) {
          if (due.get(runner).compareTo(now) <= 0 || told.remove(runner.runnerUid())) {
            ask(runner);
          }
        }
        if (told.isEmpty()) {
          clock.advance(Duration.ofMillis(100));
          now = now.plusMillis(100);
        }
      }
    }

    private void ask(MachineKey runner) {
      asked++;
      Duration left = turns.get(runner).left();
      if (left.isZero() && tokens.take("a", LIMIT, runner).isZero()) {
        served.add(runner.runnerUid());
        turns.remove(runner);
        due.remove(runner);
      } else {
        due.put(runner, now.plus(left));
      }
    }
  }

  @Test
  void poolsTakeTurnsAndWhoWaitsHardlyAsks() {
    Waiting waiting = new Waiting();
    for (int n = 0; n < 200; n++) {
      waiting.join(runner("big", n));
    }
    waiting.run(Duration.ofSeconds(10));
    waiting.join(runner("small", 0));
    waiting.run(Duration.ofSeconds(2));
    assertThat(waiting.served).contains("small-0");
    waiting.run(Duration.ofSeconds(200));
    assertThat(waiting.served).hasSize(201).doesNotHaveDuplicates();
    assertThat(waiting.asked)
        .as("a few times each, and once in ten seconds")
        .isLessThan(201 * 3 + 200 * 21 / 2 + 201);
  }

  @Test
  void noTokenIsLeftLyingWhileSomebodyWaits() {
    Waiting waiting = new Waiting();
    for (int n = 0; n < 50; n++) {
      waiting.join(runner("p" + n % 5, n));
    }
    waiting.run(Duration.ofSeconds(20));
    assertThat(waiting.served).as("a burst, then one a second").hasSize(23);
    for (int n = 0; n < 50; n++) {
      MachineKey runner = runner("p" + n % 5, n);
      if (n % 2 == 0 && waiting.turns.containsKey(runner)) {
        waiting.leave(runner);
      }
    }
    int left = waiting.turns.size();
    waiting.run(Duration.ofSeconds(left));
    assertThat(waiting.turns).as("nobody waits for those who left").isEmpty();
  }

  @Test
  void whoIsNotThereAnyMoreIsNotWaitedForForEver() {
    taken("a", 3);
    for (int n = 0; n < 100; n++) {
      tokens.turn("a", LIMIT, runner("gone", n));
    }
    clock.advance(RateTokens.LEFT.minusSeconds(1));
    Turn mine = tokens.turn("a", LIMIT, runner("mine", 0));
    assertThat(mine.left()).isEqualTo(RateTokens.LATER);
    clock.advance(Duration.ofSeconds(1));
    assertThat(mine.left()).isZero();
    assertThat(told).as("who asks needs not be told").doesNotContain("mine-0");
  }

  @Test
  void whoComesWithoutATurnOvertakesNobody() {
    taken("a", 3);
    Turn first = tokens.turn("a", LIMIT, runner("p", 0));
    clock.advance(Duration.ofSeconds(1));
    assertThat(tokens.take("a", LIMIT, runner("p", 1))).isPositive();
    assertThat(first.left()).isZero();
    assertThat(tokens.take("a", LIMIT, runner("p", 0))).isZero();
    assertThat(told).containsExactly("p-1");
  }
}
