package dev.flamepool.operator.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.operator.backend.ManualClock;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.ScriptedBackend;
import dev.flamepool.operator.backend.ScriptedCloud;
import dev.flamepool.operator.health.OperatorMetrics;
import dev.flamepool.operator.world.FakeLinks;
import dev.flamepool.operator.world.FakeRunners;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SweepLoopTest {
  /** Does at once what is to be done later. */
  private static final class Hasty extends ScheduledThreadPoolExecutor {
    Hasty() {
      super(1);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      return super.schedule(task, 0, unit);
    }
  }

  @Test
  void anErrorCostsOneTick() throws Exception {
    ManualClock clock = new ManualClock();
    ScriptedCloud cloud = new ScriptedCloud(clock);
    CountDownLatch ticks = new CountDownLatch(3);
    KnownRunners failing =
        () -> {
          ticks.countDown();
          if (ticks.getCount() > 0) {
            throw new OutOfMemoryError("unable to create native thread");
          }
          return Map.of();
        };
    OrphanSweep sweep =
        new OrphanSweep(
            new ScriptedBackend(cloud),
            failing,
            "mine",
            Duration.ofMinutes(2),
            OrphanSweep.Verdict.DELETE,
            Places.INLINE,
            new SuspectLinks(new FakeLinks(new FakeRunners(cloud)), key -> Optional.empty()),
            new OperatorMetrics(),
            clock);
    Hasty timer = new Hasty();
    try {
      new SweepLoop(timer).start(List.of(sweep));
      assertThat(ticks.await(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      timer.shutdownNow();
    }
  }
}
