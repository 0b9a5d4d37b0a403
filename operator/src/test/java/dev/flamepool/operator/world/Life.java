package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.operator.backend.CloudInvariants;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A pool's whole life, as the crash matrices live it: created, scaled up, its spec changed under
 * way, idle, kept, deleted. After each step there are exactly the machines that are wanted, and in
 * the end nothing.
 */
final class Life {
  /** The most runners of the pool. */
  static final int MAX = 3;

  /** The pool's name. */
  static final String POOL = "p";

  private final World world;
  private final RenewingCaller caller;
  private final String spec;
  private final Duration patience;

  /**
   * A life to come.
   *
   * @param spec of the pool, beside its limits
   * @param patience how long a step may take at most, a crash in it included
   */
  Life(World world, String spec, Duration patience) {
    this.world = world;
    this.caller = new RenewingCaller(world);
    this.spec = spec;
    this.patience = patience;
  }

  void live() {
    world.cloud.bootTime(Duration.ofSeconds(1));
    world.pool(POOL, "{max: 3, maxConcurrency: 1, shutdownTimeout: 5s%s}".formatted(spec));
    caller.needs(0, 2);
    soon("two runners", () -> serve(2));
    List<String> before = revisions();

    world.edit(POOL, "{\"env\":[{\"name\":\"A\",\"value\":\"1\"}]}");
    caller.needs(2, 0);
    soon(
        "two of the new revision",
        () -> serve(2) && revisions().size() == 1 && !revisions().equals(before));

    caller.leave();
    List<String> ending = uids();
    ending.forEach(uid -> world.cloud.die(uid, 0, "Idle"));
    world.edit(POOL, "{\"min\":1}");
    soon("min is kept", () -> serve(1) && uids().stream().noneMatch(ending::contains));

    world.delete(POOL);
    soon("the pool is let go", () -> world.pool(POOL) == null);
    nothingLeft(world);
  }

  /** Neither in the cluster nor in the cloud. */
  static void nothingLeft(World world) {
    assertThat(world.runners(POOL)).isEmpty();
    CloudInvariants.nothingLeft(world.cloud);
    assertThat(world.secrets()).as("boot Secrets").noneMatch(name -> name.contains("-boot-"));
  }

  private boolean serve(int runners) {
    return world.endpoints(POOL).size() == runners && world.cloud.live().size() == runners;
  }

  private List<String> uids() {
    return world.runners(POOL).stream().map(runner -> runner.getMetadata().getUid()).toList();
  }

  private List<String> revisions() {
    return world.runners(POOL).stream().map(r -> r.getSpec().revision()).distinct().toList();
  }

  private void soon(String what, BooleanSupplier holds) {
    world.soon(
        what,
        patience,
        () -> {
          caller.renew();
          return holds.getAsBoolean();
        });
  }
}
