package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.RunnerContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Which runners serve calls that waited for them. */
class SpreadTest extends RealRunners {
  private static String slowly(RunnerContext context) throws InterruptedException {
    Thread.sleep(300);
    return context.parent().orElseThrow().runner();
  }

  @Test
  void runnersThatAppearAtOnceAllServeWhatWaitsWhateverTheOperatorWants() throws Exception {
    List<PoolView.Endpoint> four = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      start(i, 1);
    }
    runners.forEach(runner -> four.add(runner.endpoint()));
    source.ready(List.of());
    List<CompletableFuture<String>> calls = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      calls.add(pool.submit(SpreadTest::slowly));
    }
    source.show(
        new PoolView(
            PoolView.Presence.PRESENT,
            false,
            1, // lags behind
            four,
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            0,
            List.of(),
            List.of()));
    Map<String, Integer> served = new TreeMap<>();
    for (CompletableFuture<String> call : calls) {
      served.merge(call.get(), 1, Integer::sum);
    }
    assertThat(served).hasSize(4);
    assertThat(served.values()).as("%s", served).allMatch(count -> count >= 3);
  }
}
