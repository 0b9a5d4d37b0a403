package dev.flamepool.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TallyTest {
  private final ManualTicker clock = new ManualTicker();
  private final List<String> said = new ArrayList<>();
  private final Tally tally = new Tally("failures", clock, said::add);

  @Test
  void theFirstIsSaidAtOnceAndTheRestInOneLineAMinute() {
    tally.add("one");
    assertThat(said).containsExactly("failures: 1, 1 in all; the last: one");
    for (int i = 2; i <= 100_000; i++) {
      tally.add("number " + i);
    }
    assertThat(said).hasSize(1);
    clock.advance(Duration.ofSeconds(60));
    assertThat(said)
        .hasSize(2)
        .last()
        .isEqualTo("failures: 99999, 100000 in all; the last: number 100000");
    clock.advance(Duration.ofHours(1));
    assertThat(said).hasSize(2);
    tally.add("late");
    assertThat(said).hasSize(3);
    assertThat(tally.total()).isEqualTo(100_001);
  }
}
