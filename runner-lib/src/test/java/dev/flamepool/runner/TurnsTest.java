package dev.flamepool.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private final Turns<String> turns = new Turns<>();

  @Test
  void placesGoRoundHoweverManyOneWants() {
    turns.want("a", 100);
    turns.want("b", 2);
    turns.want("c", 1);
    assertThat(turns.grant(7, 0)).containsExactly("a", "b", "c", "a", "b", "a", "a");
    assertThat(turns.grant(1, 0)).containsExactly("a");
  }

  @Test
  void wantingMoreDoesNotChangeTheTurn() {
    turns.want("a", 1);
    turns.want("b", 1);
    turns.want("a", 5);
    turns.want("b", 5);
    assertThat(turns.grant(3, 0)).containsExactly("a", "b", "a");
  }

  @Test
  void whileAnotherWaitsNobodyEntersWithoutAGrant() {
    assertThat(turns.takes("a", 0)).isTrue();
    turns.want("b", 1);
    assertThat(turns.takes("a", 0)).isFalse();
    assertThat(turns.takes("b", 0)).as("the only one that waits").isTrue();
    turns.grant(1, 0);
    assertThat(turns.takes("a", 0)).as("a place is kept for b").isFalse();
    assertThat(turns.takes("b", 0)).isTrue();
    assertThat(turns.isQuiet()).isTrue();
    assertThat(turns.takes("a", 0)).isTrue();
  }

  @Test
  void aGrantThatIsNotUsedInTimeOrGivenBackOrWhoseCallerIsGoneGoesToTheNext() {
    for (String caller : new String[] {"a", "b", "c", "d"}) {
      turns.want(caller, 1);
    }
    assertThat(turns.grant(1, 0)).containsExactly("a");
    assertThat(turns.nextExpiry()).isEqualTo(Turns.VALID_NANOS);
    turns.expire(Turns.VALID_NANOS - 1);
    assertThat(turns.granted()).isEqualTo(1);
    turns.expire(Turns.VALID_NANOS);
    assertThat(turns.granted()).isZero();
    assertThat(turns.takes("a", Turns.VALID_NANOS)).isFalse();
    assertThat(turns.grant(1, Turns.VALID_NANOS)).containsExactly("b");
    assertThat(turns.giveUp("b")).isTrue();
    assertThat(turns.giveUp("b")).isFalse();
    assertThat(turns.grant(1, Turns.VALID_NANOS)).containsExactly("c");
    turns.gone("c");
    turns.gone("d");
    assertThat(turns.isQuiet()).isTrue();
  }

  /** Any order of events: no place is given twice, and nobody is passed over. */
  @Test
  void neverMoreGrantsThanPlacesAndNobodyStarves() {
    Random random = new Random(11);
    String[] callers = {"a", "b", "c", "d", "e"};
    int capacity = 3;
    int inFlight = 0;
    long now = 0;
    Map<String, Integer> served = new HashMap<>();
    for (int i = 0; i < 200_000; i++) {
      now += random.nextInt(1_000_000);
      String caller = callers[random.nextInt(callers.length)];
      switch (random.nextInt(4)) {
        case 0 -> turns.want(caller, 1 + random.nextInt(caller.equals("a") ? 100 : 3));
        case 1 -> inFlight = Math.max(0, inFlight - 1);
        default -> {
          if (inFlight < capacity && turns.takes(caller, now)) {
            inFlight++;
            served.merge(caller, 1, Integer::sum);
          }
        }
      }
      turns.expire(now);
      turns.grant(capacity - inFlight - turns.granted(), now);
      assertThat(inFlight + turns.granted()).isLessThanOrEqualTo(capacity);
    }
    double mean = served.values().stream().mapToInt(n -> n).average().orElseThrow();
    assertThat(served).hasSize(5).allSatisfy((c, n) -> assertThat(n).isGreaterThan((int) mean / 2));
  }
}
