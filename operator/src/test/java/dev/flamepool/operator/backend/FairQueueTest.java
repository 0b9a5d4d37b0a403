package dev.flamepool.operator.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FairQueueTest {
  private final FairQueue<String, String> queue = new FairQueue<>();

  private List<String> rest() {
    List<String> all = new ArrayList<>();
    for (Optional<String> next = queue.poll(); next.isPresent(); next = queue.poll()) {
      all.add(next.get());
    }
    return all;
  }

  @Test
  void flowsTakeTurnsHoweverManyWaitInOne() {
    for (int i = 0; i < 4; i++) {
      queue.add("a", "a" + i);
    }
    queue.add("b", "b0");
    queue.add("c", "c0");
    queue.add("c", "c1");
    assertThat(rest()).containsExactly("a0", "b0", "c0", "a1", "c1", "a2", "a3");
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void whoeverComesLateWaitsForOneOfEachOther() {
    queue.add("a", "a0");
    queue.add("a", "a1");
    assertThat(queue.poll()).contains("a0");
    queue.add("b", "b0");
    assertThat(rest()).containsExactly("a1", "b0");
  }

  @Test
  void whoeverLeavesTakesNobodysTurn() {
    queue.add("a", "a0");
    queue.add("a", "a1");
    queue.add("b", "b0");
    assertThat(queue.remove("a", "a0")).isTrue();
    assertThat(queue.remove("a", "a0")).isFalse();
    assertThat(queue.first()).contains("a1");
    assertThat(queue.remove("b", "b0")).isTrue();
    assertThat(rest()).containsExactly("a1");
  }
}
