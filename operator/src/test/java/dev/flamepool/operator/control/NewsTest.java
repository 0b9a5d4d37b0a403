package dev.flamepool.operator.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NewsTest {
  private final AtomicInteger told = new AtomicInteger();
  private boolean broken;
  private final Deque<Runnable> later = new ArrayDeque<>();
  private final News news = new News(told::incrementAndGet, this::later);

  private void later(Duration pause, Runnable work) {
    if (broken) {
      throw new OutOfMemoryError("unable to create native thread");
    }
    assertThat(pause).isEqualTo(News.PAUSE);
    later.add(work);
  }

  @Test
  void withoutAThreadForTheNextEachIsToldAtOnce() {
    broken = true;
    news.changed();
    news.changed();
    assertThat(told).hasValue(2);
    broken = false;
    news.changed();
    news.changed();
    assertThat(told).hasValue(3);
    pass();
    assertThat(told).hasValue(4);
  }

  private void pass() {
    later.remove().run();
  }

  @Test
  void theFirstIsToldAtOnceAndTheLastIsNeverLost() {
    news.changed();
    assertThat(told).hasValue(1);
    for (int i = 0; i < 100_000; i++) {
      news.changed();
    }
    assertThat(told).hasValue(1);
    pass();
    assertThat(told).hasValue(2);
    pass();
    assertThat(told).hasValue(2);
    assertThat(later).as("nothing waits for nothing").isEmpty();
    news.changed();
    assertThat(told).hasValue(3);
  }
}
