package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePool;
import dev.flamepool.operator.backend.CloudInvariants;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.ScriptedCloud;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** What must hold whatever happens. */
final class Invariants {
  private final int max;
  private final ScriptedCloud cloud;
  private final FakeRunners runners;
  private final Set<String> ownerless = new HashSet<>();

  /** For pools that never have more than {@code max} runners. */
  Invariants(int max, ScriptedCloud cloud, FakeRunners runners) {
    this.max = max;
    this.cloud = cloud;
    this.runners = runners;
  }

  /** The machines of these runners may outlive the runners' objects. */
  void allowWithoutOwner(Set<String> runnerUids) {
    ownerless.addAll(runnerUids);
  }

  /** Throws unless they hold. */
  void check(Objects objects) {
    CloudInvariants.held(cloud.log(), max);
    Told.check(objects);
    checkWithdrawn(objects);
    checkOwned(objects);
  }

  private void checkOwned(Objects objects) {
    Set<String> owners =
        objects.runners().stream()
            .map(runner -> runner.getMetadata().getUid())
            .collect(Collectors.toSet());
    assertThat(cloud.machines())
        .as("machines whose FlameRunner is gone: a finalizer went too early")
        .allMatch(
            machine ->
                owners.contains(machine.key().runnerUid())
                    || ownerless.contains(machine.key().runnerUid()));
  }

  /** Whoever was told to stop is in no endpoints any more. */
  private void checkWithdrawn(Objects objects) {
    Set<String> told =
        cloud.machines().stream()
            .filter(machine -> machine.state() == Machine.State.STOPPING)
            .map(machine -> machine.key().runnerUid())
            .collect(Collectors.toSet());
    told.addAll(runners.withdrawn());
    for (FlamePool pool : objects.pools()) {
      if (pool.getStatus() != null && pool.getStatus().endpoints() != null) {
        assertThat(pool.getStatus().endpoints())
            .as("endpoints of runners that were told to end")
            .noneMatch(endpoint -> told.contains(endpoint.uid()));
      }
    }
  }
}
