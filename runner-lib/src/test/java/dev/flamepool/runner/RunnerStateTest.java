package dev.flamepool.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.wire.EndCause;
import dev.flamepool.wire.Phase;
import dev.flamepool.wire.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class RunnerStateTest {
  private static RunnerState serving(int maxConcurrency, boolean singleUse) {
    RunnerState s = new RunnerState(maxConcurrency, singleUse, 0);
    s.serve(0);
    return s;
  }

  private static void all(int threads, Runnable r) {
    List<CompletableFuture<Void>> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      running.add(CompletableFuture.runAsync(r, task -> new Thread(task).start()));
    }
    running.forEach(CompletableFuture::join);
  }

  @Test
  void underContentionNeverMoreThanMaxConcurrencyAndEveryPlaceComesBack() {
    RunnerState s = serving(3, false);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger admitted = new AtomicInteger();
    all(
        8,
        () -> {
          for (int i = 0; i < 20_000; i++) {
            if (s.admit(i) == null) {
              admitted.incrementAndGet();
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              inside.decrementAndGet();
              s.finish(i);
            }
          }
        });
    assertThat(most.get()).isLessThanOrEqualTo(3);
    assertThat(s.now().inFlight()).isZero();
    assertThat(s.now().accepted()).isEqualTo(admitted.get());
  }

  @RepeatedTest(200)
  void exactlyOneOfManyGetsTheSingleUse() {
    RunnerState s = serving(1, true);
    AtomicInteger admitted = new AtomicInteger();
    AtomicReference<EndCause> end = new AtomicReference<>();
    all(
        4,
        () -> {
          Refusal r = s.admit(1);
          if (r == null) {
            admitted.incrementAndGet();
            end.set(s.finish(2));
          } else {
            assertThat(r).isEqualTo(Refusal.CONSUMED);
          }
        });
    assertThat(admitted).hasValue(1);
    assertThat(end).hasValue(EndCause.SINGLE_USE);
    assertThat(s.now().phase()).isEqualTo(Phase.DRAINING);
  }

  @RepeatedTest(200)
  void aCallAndAnIdleEndCannotBothWin() {
    RunnerState s = serving(1, false);
    RunnerState.Snapshot seen = s.now();
    AtomicInteger won = new AtomicInteger();
    CompletableFuture<Void> call =
        CompletableFuture.runAsync(
            () -> {
              if (s.admit(1) == null) {
                won.incrementAndGet();
              }
            });
    if (s.drainIdle(seen, 1)) {
      won.incrementAndGet();
    }
    call.join();
    assertThat(won).hasValue(1);
  }

  @Test
  void theFirstCauseStays() {
    RunnerState s = serving(1, false);
    assertThat(s.drain(EndCause.LIFETIME, 1)).isTrue();
    assertThat(s.drain(EndCause.DRAINED, 2)).isFalse();
    assertThat(s.admit(3)).isEqualTo(Refusal.DRAINING);
    assertThat(s.gone(4).cause()).isEqualTo(EndCause.LIFETIME);
    assertThat(s.admit(5)).isEqualTo(Refusal.GONE);
  }
}
