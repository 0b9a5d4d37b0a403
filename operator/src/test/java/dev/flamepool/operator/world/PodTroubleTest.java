package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePoolStatus;
import dev.flamepool.operator.backend.CrashPoints;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a pool makes of what a node can do to its Pods. */
class PodTroubleTest {
  private static final String POOL = "p";

  private final PodCloud pods = new PodCloud();
  private final World world = new World(1, CrashPoints.never(), pods);

  @BeforeEach
  void aRunner() {
    pods.secret(world);
    world.pool(POOL, "{min: 1, max: 1, shutdownTimeout: 5s%s}".formatted(pods.spec()));
    serves("", Duration.ofSeconds(10));
  }

  @AfterEach
  void close() {
    world.close();
  }

  private void serves(String notUid, Duration within) {
    world.soon(
        "a runner",
        within,
        () ->
            world.endpoints(POOL).size() == 1
                && world.cloud.live().size() == 1
                && !uid().equals(notUid));
  }

  private String uid() {
    return world.runner(world.endpoints(POOL).get(0)).getMetadata().getUid();
  }

  private FlamePoolStatus.Failure failure() {
    assertThat(world.pool(POOL).getStatus().recentFailures()).hasSize(1);
    return world.pool(POOL).getStatus().recentFailures().get(0);
  }

  @Test
  void anEvictedPodIsReplacedAndTheKubeletsReasonTold() {
    String uid = uid();
    world.cloud.die(uid, 137, "Evicted");
    serves(uid, Duration.ofSeconds(10));
    assertThat(failure().reason()).isEqualTo("Lost");
    assertThat(failure().message()).contains("137").contains("Evicted");
    assertThat(pods.node().pods()).hasSize(1);
  }

  /** As long as the node might still run it there is no other, and no Pod is forgotten. */
  @Test
  void aPodOfANodeThatDiedIsGivenUpAfterAWhile() {
    String uid = uid();
    pods.node().silent(true);
    world.runners.mute(uid);
    world.cloud.die(uid, 137, "");
    world.soon(
        "its Pod is to go",
        Duration.ofMinutes(10),
        () ->
            pods.node().pods().stream()
                .allMatch(pod -> pod.getMetadata().getDeletionTimestamp() != null));
    assertThat(pods.node().pods()).hasSize(1);
    assertThat(world.runner("p-0").getMetadata().getUid()).isEqualTo(uid);
    world.soon(
        "another Pod",
        Duration.ofMinutes(10),
        () ->
            pods.node().pods().stream()
                .map(pod -> pod.getMetadata().getLabels().get("flamepool.dev/runner-uid"))
                .noneMatch(uid::equals));
    pods.node().silent(false);
    serves(uid, Duration.ofSeconds(10));
    assertThat(failure().reason()).isEqualTo("Unreachable");
  }
}
