package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunnerChoiceTest {
  private record Runner(int ordinal, int calls, int places) implements RunnerChoice.Candidate {
    @Override
    public boolean hasRoom() {
      return calls < places;
    }
  }

  private final Random random = new Random(7);

  private Runner choose(int preferred, Runner... runners) {
    return RunnerChoice.choose(List.of(runners), preferred, random);
  }

  @Test
  void theLeastBusyOfThePreferredWins() {
    assertThat(choose(3, new Runner(0, 2, 5), new Runner(1, 1, 5), new Runner(2, 3, 5)).ordinal())
        .isEqualTo(1);
  }

  @Test
  void higherOrdinalsServeOnlyWhenThePreferredAreFull() {
    assertThat(choose(2, new Runner(0, 4, 5), new Runner(1, 5, 5), new Runner(2, 0, 5)).ordinal())
        .isEqualTo(0);
    assertThat(choose(2, new Runner(0, 5, 5), new Runner(1, 5, 5), new Runner(2, 0, 5)).ordinal())
        .isEqualTo(2);
  }

  @Test
  void noRoomAnywhereIsNoRunner() {
    assertThat(choose(2, new Runner(0, 5, 5), new Runner(1, 5, 5))).isNull();
    assertThat(choose(2)).isNull();
  }

  @Test
  void tiesAreSharedEvenly() {
    Runner[] equal = {new Runner(0, 1, 5), new Runner(1, 1, 5), new Runner(2, 1, 5)};
    int[] chosen = new int[3];
    for (int i = 0; i < 30_000; i++) {
      chosen[choose(3, equal).ordinal()]++;
    }
    for (int n : chosen) {
      assertThat(n).isBetween(9_500, 10_500);
    }
  }

  /** The rule, stated another way and held against random pools. */
  @Test
  void neverAFullOneNeverABusierOneNeverAHigherOneWithoutNeed() {
    for (int round = 0; round < 5_000; round++) {
      int preferred = random.nextInt(6);
      List<Runner> runners =
          IntStream.range(0, random.nextInt(8))
              .mapToObj(i -> new Runner(i, random.nextInt(4), 1 + random.nextInt(3)))
              .toList();
      Runner chosen = RunnerChoice.choose(runners, preferred, random);
      List<Runner> room = runners.stream().filter(Runner::hasRoom).toList();
      List<Runner> low = room.stream().filter(r -> r.ordinal() < Math.max(1, preferred)).toList();
      List<Runner> eligible = low.isEmpty() ? room : low;
      if (eligible.isEmpty()) {
        assertThat(chosen).isNull();
      } else {
        int fewest = Collections.min(eligible.stream().map(Runner::calls).toList());
        assertThat(eligible).contains(chosen);
        assertThat(chosen.calls()).isEqualTo(fewest);
      }
    }
  }
}
