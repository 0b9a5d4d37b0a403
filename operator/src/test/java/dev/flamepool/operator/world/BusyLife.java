package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.backend.CloudEvent;
import dev.flamepool.operator.runner.RunnerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * A pool's whole life in which everything takes its time: boots, calls on runners that are
 * withdrawn, and machines that end. Whatever the operator goes through, each step is reached, no
 * machine is made that is not needed, no runner fails, and no machine ends while calls run on it
 * before they had their time.
 */
final class BusyLife {
  /** The most runners of the pool. */
  static final int MAX = 3;

  /** What a life takes: two, two of another revision, one for new demand, one to keep. */
  static final int MACHINES = 6;

  private static final String POOL = Life.POOL;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration CALL = Duration.ofSeconds(6);

  private final World world;
  private final RenewingCaller caller;
  private final Runnable meanwhile;
  private final Set<String> busy = new HashSet<>();
  private final Map<String, Instant> draining = new HashMap<>();
  private final Set<String> failures = new HashSet<>();
  private boolean deleting;
  private int read;

  /**
   * A life to come.
   *
   * @param meanwhile called again and again while the operator does nothing
   */
  BusyLife(World world, Runnable meanwhile) {
    this.world = world;
    this.caller = new RenewingCaller(world);
    this.meanwhile = meanwhile;
  }

  void live() {
    world.cloud.bootTime(Duration.ofSeconds(12));
    world.cloud.stopTime(Duration.ofSeconds(3));
    world.pool(
        POOL, "{max: 3, maxConcurrency: 1, bootTimeout: 20s, timeout: 20s, shutdownTimeout: 5s}");
    caller.needs(0, 2);
    soon("two runners", () -> serve(2));
    call(uids());
    List<String> before = revisions();

    world.edit(POOL, "{\"env\":[{\"name\":\"A\",\"value\":\"1\"}]}");
    caller.needs(2, 0);
    soon(
        "two of the new revision",
        () -> serve(2) && revisions().size() == 1 && !revisions().equals(before));

    List<String> ending = idle();
    caller.needs(0, 1);
    soon("new demand after an idle end", () -> serve(1) && noneOf(ending));

    List<String> last = idle();
    world.edit(POOL, "{\"min\":1}");
    soon("min is kept", () -> serve(1) && noneOf(last));

    call(uids());
    deleting = true;
    world.delete(POOL);
    soon("the pool is let go", () -> world.pool(POOL) == null);
    Life.nothingLeft(world);
    assertThat(failures).as("failures of runners").isEmpty();
    assertThat(made()).as("machines made").isEqualTo(MACHINES);
  }

  private long made() {
    return world.cloud.log().stream().filter(e -> e.type() == CloudEvent.Type.CREATED).count();
  }

  /** Everybody leaves, and the runners end themselves. */
  private List<String> idle() {
    caller.leave();
    List<String> ending = uids();
    ending.forEach(uid -> world.cloud.die(uid, 0, "Idle"));
    return ending;
  }

  private boolean serve(int runners) {
    return world.endpoints(POOL).size() == runners && world.cloud.live().size() == runners;
  }

  private boolean noneOf(List<String> ended) {
    return uids().stream().noneMatch(ended::contains);
  }

  private List<String> uids() {
    return world.runners(POOL).stream().map(runner -> runner.getMetadata().getUid()).toList();
  }

  private List<String> revisions() {
    return world.runners(POOL).stream().map(r -> r.getSpec().revision()).distinct().toList();
  }

  private void call(List<String> uids) {
    look();
    busy.addAll(uids);
    uids.forEach(uid -> world.runners.calls(uid, 1));
  }

  /** What has happened to machines since, judged by the calls on them. */
  private void look() {
    List<CloudEvent> log = world.cloud.log();
    for (; read < log.size(); read++) {
      CloudEvent event = log.get(read);
      String uid = event.key() == null ? "" : event.key().runnerUid();
      switch (event.type()) {
        case STOPPING ->
            assertThat(busy.contains(uid) && !deleting)
                .as("told to end with calls on it: %s", event)
                .isFalse();
        case REMOVED ->
            assertThat(busy).as("ended by force with calls on it: %s", event).doesNotContain(uid);
        case ENDED -> {
          if (busy.remove(uid)) {
            world.runners.calls(uid, 0); // a machine that is made too late for it has none
          }
        }
        default -> {}
      }
    }
    if (world.pool(POOL) != null && world.pool(POOL).getStatus() != null) {
      var failed = world.pool(POOL).getStatus().recentFailures();
      if (failed != null) {
        failed.forEach(failure -> failures.add(failure.runner() + ": " + failure.reason()));
      }
    }
  }

  /** Calls on a runner that is withdrawn end after a while. */
  private void finishCalls() {
    Instant now = world.clock.instant();
    for (FlameRunner runner : world.runners(POOL)) {
      String uid = runner.getMetadata().getUid();
      if (RunnerStatus.phase(runner) == Phase.Draining
          && !now.isBefore(draining.computeIfAbsent(uid, first -> now).plus(CALL))
          && busy.remove(uid)) {
        world.runners.calls(uid, 0);
      }
    }
  }

  private void soon(String what, BooleanSupplier holds) {
    world.soon(
        what,
        PATIENCE,
        () -> {
          look();
          meanwhile.run();
          finishCalls();
          caller.renew();
          return holds.getAsBoolean();
        });
    look();
  }
}
