package dev.flamepool.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePoolStatus;
import dev.flamepool.api.FlamePoolStatus.Endpoint;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatusCoalescerTest {
  private static final Instant LAST = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant NOW = LAST.plusMillis(100);

  private static FlamePoolStatus status(int endpoints, int inFlight, String ready) {
    List<Endpoint> list =
        IntStream.range(0, endpoints)
            .mapToObj(i -> new Endpoint("p-" + i, "u" + i, "h:" + i, "v", 1))
            .toList();
    return new FlamePoolStatus(
        1L,
        "local",
        3,
        endpoints,
        0,
        0,
        inFlight,
        0,
        1,
        null,
        null,
        null,
        null,
        null,
        null,
        list,
        null,
        List.of(
            new ConditionBuilder()
                .withType("Ready")
                .withStatus(ready)
                .withMessage(endpoints + " runners")
                .build()));
  }

  @Test
  void nothingChangedIsNotWritten() {
    assertThat(StatusCoalescer.due(status(2, 1, "True"), status(2, 1, "True"), LAST, NOW))
        .isEmpty();
  }

  @Test
  void whatTakesSomethingFromCallersGoesAtOnce() {
    FlamePoolStatus two = status(2, 0, "True");
    assertThat(StatusCoalescer.due(two, status(1, 0, "True"), LAST, NOW)).contains(NOW);
    assertThat(StatusCoalescer.due(two, status(2, 0, "False"), LAST, NOW)).contains(NOW);
    assertThat(StatusCoalescer.due(status(0, 0, "True"), status(1, 0, "True"), LAST, NOW))
        .as("the first endpoint")
        .contains(NOW);
    assertThat(StatusCoalescer.due(PoolStatuses.EMPTY, status(0, 0, "True"), LAST, NOW))
        .contains(NOW);
  }

  @Test
  void furtherEndpointsGoOnceASecondAndCountersLessOften() {
    assertThat(StatusCoalescer.due(status(1, 0, "True"), status(3, 0, "True"), LAST, NOW))
        .contains(LAST.plus(StatusCoalescer.ADDITIONS));
    assertThat(StatusCoalescer.due(status(1, 0, "True"), status(1, 9, "True"), LAST, NOW))
        .contains(LAST.plus(StatusCoalescer.COUNTERS));
    assertThat(StatusCoalescer.due(status(150, 0, "True"), status(150, 9, "True"), LAST, NOW))
        .contains(LAST.plus(StatusCoalescer.COUNTERS_OF_LARGE_POOLS));
  }

  @Test
  void thatNoCallWaitsAnyMoreIsToldWithinASecond() {
    FlamePoolStatus one = Serialization.unmarshal("queued: 1", FlamePoolStatus.class);
    FlamePoolStatus two = Serialization.unmarshal("queued: 2", FlamePoolStatus.class);
    FlamePoolStatus none = Serialization.unmarshal("queued: 0", FlamePoolStatus.class);
    assertThat(StatusCoalescer.due(one, none, LAST, NOW))
        .contains(LAST.plus(StatusCoalescer.NONE_WAITS));
    assertThat(StatusCoalescer.due(two, one, LAST, NOW))
        .contains(LAST.plus(StatusCoalescer.COUNTERS));
  }
}
