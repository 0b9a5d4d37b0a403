package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.Pool;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The caller's certificate changes, in time or too late, and no call is lost. */
class RotationTest extends RealRunners {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final AtomicInteger done = new AtomicInteger();
  private final Set<String> served = ConcurrentHashMap.newKeySet();
  private final Queue<Throwable> lost = new ConcurrentLinkedQueue<>();

  private static String runner(Pool pool) {
    return pool.call(
        context -> {
          Thread.sleep(2);
          return context.parent().orElseThrow().runner();
        });
  }

  /** Calls until told to stop, from many threads. */
  private List<CompletableFuture<Void>> load(Pool pool, AtomicBoolean stop) {
    return IntStream.range(0, 8)
        .mapToObj(
            i ->
                CompletableFuture.runAsync(
                    () -> {
                      while (!stop.get()) {
                        try {
                          served.add(runner(pool));
                          done.incrementAndGet();
                        } catch (RuntimeException e) {
                          lost.add(e);
                        }
                      }
                    },
                    task -> new Thread(task).start()))
        .toList();
  }

  @Test
  void underLoad() throws Exception {
    List<RunnerProcess> first = ready(1, 4);
    RunnerProcess second = start(1, 4);
    List<PoolView.Endpoint> both = List.of(first.get(0).endpoint(), second.endpoint());
    Instant end = Instant.now().plusSeconds(8);
    source.rotate(CERTIFICATES.caller(end).identity());
    AtomicBoolean stop = new AtomicBoolean();
    List<CompletableFuture<Void>> threads = load(pool, stop);
    await().atMost(PATIENCE).until(() -> done.get() > 100);

    await().atMost(PATIENCE).until(() -> Instant.now().isAfter(end));
    source.ready(both);
    await().atMost(PATIENCE).until(() -> source.refused.get() > 0);
    int before = done.get();
    await("the connections that stand serve on").atMost(PATIENCE).until(() -> done.get() > before);
    assertThat(served).containsExactly(both.get(0).runner());

    for (int i = 0; i < 5; i++) {
      source.rotate(CERTIFICATES.caller().identity());
      int then = done.get();
      await().atMost(PATIENCE).until(() -> done.get() > then + 20);
    }
    await("the new certificate opens the other runner")
        .atMost(PATIENCE)
        .until(() -> served.contains(both.get(1).runner()));
    stop.set(true);
    threads.forEach(CompletableFuture::join);
    assertThat(lost).isEmpty();
  }

  @Test
  void aCallThatMeetsACertificateThatIsOverWaitsForTheNext() throws Exception {
    RunnerProcess only = start(0, 1);
    source.rotate(CERTIFICATES.caller(Instant.now().minusSeconds(1)).identity());
    source.ready(List.of(only.endpoint()));
    CompletableFuture<String> call = pool.submit(() -> "here");
    await().atMost(PATIENCE).until(() -> source.refused.get() > 0);
    assertThat(call).isNotDone();
    source.rotate(CERTIFICATES.caller().identity());
    assertThat(call).succeedsWithin(PATIENCE).isEqualTo("here");
  }
}
