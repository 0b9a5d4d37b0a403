package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.PoolListener;
import dev.flamepool.PoolState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GrowthTest implements PoolListener {
  private final Growth growth = new Growth();
  private final List<String> told = new ArrayList<>();

  private void see(int booting, List<PoolState.Failure> failures, int... ready) {
    PoolView view =
        new PoolView(
            PoolView.Presence.PRESENT,
            false,
            ready.length,
            IntStream.of(ready)
                .mapToObj(i -> new PoolView.Endpoint("p-" + i, "uid-" + i, "a:1", "v", 1))
                .toList(),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            booting,
            List.of(),
            failures);
    growth.next("p", view).forEach(change -> change.accept(this));
  }

  private static PoolState.Failure failure(int ordinal) {
    return new PoolState.Failure("p-" + ordinal, "", "local", "BootFailed", "no", List.of());
  }

  @Override
  public void onGrowStart(String pool, int runners) {
    told.add("start " + runners);
  }

  @Override
  public void onGrowEnd(
      String pool, String runner, PoolState.@Nullable Failure failure, int runners) {
    told.add((failure == null ? "ready " : "failed ") + runner + " " + runners);
  }

  @Override
  public void onShrink(String pool, String runner, int runners) {
    told.add("gone " + runner + " " + runners);
  }

  @Test
  void aRunnersLife() {
    see(0, List.of());
    see(2, List.of());
    see(1, List.of(), 0);
    see(0, List.of(failure(1)), 0);
    see(0, List.of(failure(1)));
    assertThat(told)
        .containsExactly("start 1", "start 2", "ready p-0 1", "failed p-1 1", "gone p-0 0");
  }

  @Test
  void whatWasThereBeforeTheFirstLookIsNoChange() {
    see(1, List.of(failure(7)), 0, 1);
    assertThat(told).isEmpty();
    see(0, List.of(failure(7)), 0, 1, 2);
    assertThat(told).containsExactly("ready p-2 3");
  }

  @Test
  void aBootBetweenTwoLooksIsToldWhole() {
    see(0, List.of());
    see(0, List.of(), 0);
    assertThat(told).containsExactly("start 1", "ready p-0 1");
  }

  @Test
  void aLostRunnerIsNoFailedBoot() {
    see(0, List.of(), 0);
    see(0, List.of(failure(0)));
    assertThat(told).containsExactly("gone p-0 0");
  }

  @Test
  void nothingEndsThatWasNotStarted() {
    Random random = new Random(7);
    int next = 0;
    List<Integer> ready = new ArrayList<>();
    int booting = 0;
    see(0, List.of());
    for (int i = 0; i < 500; i++) {
      if (!ready.isEmpty() && random.nextInt(3) == 0) {
        ready.remove(random.nextInt(ready.size()));
      }
      booting += random.nextInt(3);
      while (booting > 0 && random.nextBoolean()) {
        booting--;
        ready.add(next++);
      }
      see(booting, List.of(), ready.stream().mapToInt(Integer::intValue).toArray());
    }
    long started = told.stream().filter(line -> line.startsWith("start")).count();
    long ended = told.stream().filter(line -> line.startsWith("ready")).count();
    assertThat(started - ended).isEqualTo(booting);
  }
}
