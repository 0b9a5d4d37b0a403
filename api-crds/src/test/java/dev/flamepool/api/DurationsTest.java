package dev.flamepool.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({"30s,PT30S", "5m,PT5M", "1m30s,PT1M30S", "250ms,PT0.25S", "24h,PT24H", "0s,PT0S"})
  void readsAndWritesTheSameText(String text, Duration duration) {
    assertThat(Durations.parse("spec.timeout", text)).isEqualTo(duration);
    assertThat(Durations.parse("spec.timeout", Durations.format(duration))).isEqualTo(duration);
  }

  @Test
  void neverIsEmptyWhereItIsAllowed() {
    assertThat(Durations.parseOrNever("spec.timeout", "never")).isEmpty();
    assertThatThrownBy(() -> Durations.parse("spec.bootTimeout", "never"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("spec.bootTimeout")
        .hasMessageContaining("'never' is not allowed here");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "30", "s", "5 m", "-5s", "1d", "10s5", "1.5s", "99999999999s"})
  void anythingElseIsRefusedWithFieldValueAndRemedy(String text) {
    assertThatThrownBy(() -> Durations.parseOrNever("spec.timeout", text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("spec.timeout: '" + text + "'")
        .hasMessageContaining("for example 30s");
    assertThat(text).doesNotMatch(Durations.PATTERN_OR_NEVER);
  }
}
