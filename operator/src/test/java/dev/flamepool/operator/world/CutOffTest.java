package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.backend.CloudEvent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runners that the operator does not reach, for its own trouble or for theirs. */
class CutOffTest {
  private static final String POOL = "p";
  private static final Duration LONG = Duration.ofMinutes(5);

  private final World world = new World(8);

  @BeforeEach
  void fourRunnersServe() {
    world.pool(POOL, "{min: 4, max: 8, maxConcurrency: 2, shutdownTimeout: 1s}");
    world.soon("four", Duration.ofMinutes(1), () -> world.endpoints(POOL).size() == 4);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private List<String> uids() {
    return world.runners(POOL).stream().map(runner -> runner.getMetadata().getUid()).toList();
  }

  private long ended() {
    return world.cloud.log().stream()
        .filter(event -> event.type() == CloudEvent.Type.STOPPING)
        .count();
  }

  /** The caller goes on saying so. */
  private void reported(int calls, Duration time) {
    for (int i = 0; i < time.toSeconds() / 10; i++) {
      world.demand("app", POOL, calls, 0);
      world.pass(Duration.ofSeconds(10));
    }
  }

  @Test
  void anOperatorThatReachesNobodyWithdrawsNobodyAndSaysSo() {
    List<String> before = uids();
    world.runners.cutOff(true);
    world.pass(LONG);
    assertThat(world.endpoints(POOL)).hasSize(4);
    assertThat(uids()).isEqualTo(before);
    assertThat(ended()).isZero();
    assertThat(world.condition(POOL, "RunnersReachable")).isEqualTo("False/OperatorCutOff");
    assertThat(world.message(POOL, "RunnersReachable")).contains("4 of its runners");
    assertThat(world.metrics()).contains("flamepool_runners_cut_off 4.0");
    world.runners.cutOff(false);
    world.pass(Duration.ofSeconds(30));
    assertThat(world.condition(POOL, "RunnersReachable")).isEqualTo("absent");
    assertThat(world.metrics()).contains("flamepool_runners_cut_off 0.0");
    assertThat(uids()).isEqualTo(before);
  }

  @Test
  void itsSuccessorThatReachesNobodyEitherWithdrawsNobody() {
    List<String> before = uids();
    world.runners.cutOff(true);
    world.restart();
    world.pass(LONG);
    assertThat(uids()).isEqualTo(before);
    assertThat(ended()).isZero();
  }

  @Test
  void halfOfTheRunnersThatAreGoneWithTheirNodeAreReplaced() {
    List<String> before = uids();
    before.subList(0, 2).forEach(world.runners::mute);
    world.soon(
        "others",
        LONG,
        () ->
            world.endpoints(POOL).size() == 4
                && uids().stream().noneMatch(before.subList(0, 2)::contains));
    assertThat(uids()).containsAll(before.subList(2, 4));
    assertThat(world.condition(POOL, "RunnersReachable")).isEqualTo("absent");
  }

  @Test
  void oneThatMayHaveCallsIsLeftAloneUntilItsCallersReportNoneOrItIsGone() {
    String uid = uids().get(0);
    world.runners.calls(uid, 1);
    world.runners.mute(uid);
    reported(1, LONG);
    assertThat(uids()).contains(uid);
    FlameRunner kept =
        world.runners(POOL).stream()
            .filter(runner -> runner.getMetadata().getUid().equals(uid))
            .findFirst()
            .orElseThrow();
    assertThat(kept.getStatus().reason()).isEqualTo("NotReached");
    assertThat(kept.getStatus().message()).contains("callers report calls");
    reported(0, Duration.ofMinutes(2));
    assertThat(uids()).doesNotContain(uid);
    String other = uids().get(0);
    world.runners.calls(other, 1);
    world.runners.mute(other);
    world.cloud.die(other, 137, "");
    reported(1, Duration.ofSeconds(20));
    assertThat(uids()).as("its backend says that it is gone").doesNotContain(other);
  }

  @Test
  void oneThatAnswersAgainSaysNothingMore() {
    String uid = uids().get(0);
    world.runners.calls(uid, 1);
    world.runners.mute(uid);
    reported(1, Duration.ofMinutes(2));
    world.runners.unmute(uid);
    reported(1, Duration.ofSeconds(10));
    assertThat(world.runners(POOL)).allMatch(runner -> runner.getStatus().reason() == null);
    assertThat(uids()).contains(uid);
  }
}
