package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.RunnerContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which runners serve calls that waited for them. */
@Tag("scenario")
class SpreadTest extends RealRunners {
  /** Holds its place until that many runners hold one. */
  private static String together(String folder, int many, RunnerContext context) throws Exception {
    String runner = context.parent().orElseThrow().runner();
    Work.touch(Path.of(folder, runner).toString());
    while (true) {
      try (Stream<Path> files = Files.list(Path.of(folder))) {
        if (files.count() == many) {
          return runner;
        }
      }
      Thread.sleep(5);
    }
  }

  @Test
  void runnersThatAppearAtOnceAllServeWhatWaitsWhateverTheOperatorWants() throws Exception {
    List<PoolView.Endpoint> four = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      start(i, 1);
    }
    runners.forEach(runner -> four.add(runner.endpoint()));
    source.ready(List.of());
    String marks = Files.createDirectories(folder.resolve("marks")).toString();
    List<CompletableFuture<String>> calls = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      calls.add(pool.submit(context -> together(marks, 4, context)));
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
    Set<String> served = new HashSet<>();
    for (CompletableFuture<String> call : calls) {
      served.add(call.get());
    }
    assertThat(served).hasSize(4);
  }

  /**
   * Two code versions are alive, each with a runner of its own wanted, and this one still has two.
   */
  @Test
  void onlyAsManyRunnersArePreferredAsTheCodeVersionNeeds() throws Exception {
    List<PoolView.Endpoint> both = new ArrayList<>();
    both.add(start(0, 4).endpoint());
    both.add(start(1, 4).endpoint());
    source.show(
        new PoolView(
            PoolView.Presence.PRESENT,
            false,
            2,
            both,
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            0,
            List.of(),
            List.of(),
            Set.of(),
            false,
            Map.of(RunnerProcess.CODE, 1, "another", 1)));
    String first = both.get(0).runner();
    await().until(() -> pool.call(SpreadTest::here).equals(first)); // connected
    for (int i = 0; i < 20; i++) {
      assertThat(pool.<String>call(SpreadTest::here)).isEqualTo(first);
    }
  }

  private static String here(RunnerContext context) {
    return context.parent().orElseThrow().runner();
  }
}
