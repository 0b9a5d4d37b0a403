package dev.flamepool.operator.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateTokensTest {
  private static final RateTokens.Limit LIMIT = new RateTokens.Limit(1, 3);

  private final ManualClock clock = new ManualClock();
  private final RateTokens tokens = new RateTokens(clock);

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
}
