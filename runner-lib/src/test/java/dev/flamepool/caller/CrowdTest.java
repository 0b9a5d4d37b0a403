package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.Pool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many callers on one small runner: each gets its part, and the runner stays small. */
class CrowdTest extends RealRunners {
  private static final int PLACES = 8;
  private static final long MB = 1 << 20;

  private List<Pool> crowd(int callers) throws Exception {
    RunnerProcess runner =
        RunnerProcess.start(
            CERTIFICATES, folder, 0, "uid-0", PLACES, false, "-XX:ActiveProcessorCount=1");
    runners.add(runner);
    List<Pool> pools = new ArrayList<>(List.of(pool));
    source.ready(List.of(runner.endpoint()));
    while (pools.size() < callers) {
      ManualSource own = new ManualSource(CERTIFICATES.caller().identity());
      pools.add(caller(own).pool(RunnerProcess.POOL));
      own.ready(List.of(runner.endpoint()));
    }
    return pools;
  }

  private void areServed(int callers, int threadsEach, int calls) throws Exception {
    List<Pool> pools = crowd(callers);
    long before = pool.call(Work::heap);
    int[] served = Crowd.call(pools, threadsEach, calls);
    int slots = pool.call(Work::slots);
    long after = pool.call(Work::heap);
    assertThat(Arrays.stream(served).sum()).isEqualTo(calls);
    assertThat(Arrays.stream(served).min().orElseThrow())
        .as(() -> "the least served of " + Arrays.toString(served))
        .isGreaterThanOrEqualTo(calls / callers / 2);
    assertThat(slots).isLessThanOrEqualTo(4 * PLACES + 2 * callers);
    assertThat(after - before).as("bytes of heap").isLessThan(Math.max(16, callers) * MB / 4);
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () ->
                assertThat(pool.call(Work::slots))
                    .as("slots kept open: the sum of all shares")
                    .isLessThanOrEqualTo(Math.max(2 * PLACES, callers)));
  }

  @Test
  void twentyCallers() throws Exception {
    areServed(20, 2, 4_000);
  }

  @Test
  @Tag("soak")
  @Timeout(600)
  void aHundredCallers() throws Exception {
    areServed(100, 3, 50_000);
  }
}
