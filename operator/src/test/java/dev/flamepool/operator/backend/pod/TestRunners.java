package dev.flamepool.operator.backend.pod;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerSpec;
import dev.flamepool.api.RunnerOptions;
import dev.flamepool.operator.backend.MachineKey;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.UUID;

/** Runners whose Pods can have an owner. */
final class TestRunners {
  private TestRunners() {}

  /** Creates one of a pool that nobody else has. */
  static MachineKey create(String namespace, String installation, int attempt, BackendEntry entry) {
    String pool = "t" + UUID.randomUUID().toString().substring(0, 8);
    FlameRunner runner = new FlameRunner();
    runner.setMetadata(
        new ObjectMetaBuilder().withName(pool + "-0").withNamespace(namespace).build());
    runner.setSpec(
        new FlameRunnerSpec(
            pool,
            "pool-uid",
            0,
            "r-1",
            5,
            false,
            "30s",
            "5m",
            "24h",
            null,
            new RunnerOptions(7600, RunnerOptions.Threads.PLATFORM),
            entry));
    FlameRunner made = PodCluster.client().resource(runner).create();
    return new MachineKey(
        installation, namespace, pool, pool + "-0", made.getMetadata().getUid(), attempt);
  }

  /** Removes all of a namespace. */
  static void clear(String namespace) {
    PodCluster.client().resources(FlameRunner.class).inNamespace(namespace).delete();
  }
}
