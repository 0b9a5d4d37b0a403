package dev.flamepool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Looks go on, whatever fails. */
@Timeout(30)
class WatchTest {
  private static final long TICK = 1_000_000;

  @Test
  void aThreadThatCannotBeMadeCostsOneTry() throws Exception {
    AtomicBoolean full = new AtomicBoolean(true);
    CountDownLatch looked = new CountDownLatch(2);
    Watch<String> watch =
        new Watch<>(
            task -> {
              if (full.get()) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              return new Thread(task);
            },
            TICK,
            one -> {
              assertThat(one).isEqualTo("second");
              looked.countDown();
            });
    assertThatThrownBy(() -> watch.add("first")).isInstanceOf(OutOfMemoryError.class);
    full.set(false);
    watch.add("second");
    assertThat(looked.await(20, TimeUnit.SECONDS)).isTrue();
    watch.remove("second");
  }

  @Test
  void aLookThatFailsHarmsNoOther() throws Exception {
    CountDownLatch looked = new CountDownLatch(3);
    Watch<String> watch =
        new Watch<>(
            "test-watch",
            TICK,
            one -> {
              if (one.equals("bad")) {
                throw new StackOverflowError();
              }
              looked.countDown();
            });
    watch.add("bad");
    watch.add("good");
    assertThat(looked.await(20, TimeUnit.SECONDS)).isTrue();
    watch.remove("bad");
    watch.remove("good");
  }
}
