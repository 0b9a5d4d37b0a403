package dev.flamepool.operator.runner;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.Names;
import dev.flamepool.operator.cluster.Json;
import dev.flamepool.operator.credentials.Credentials;
import dev.flamepool.operator.credentials.Seal;

/**
 * Seals of FlameRunners: machines are made for those only that an operator created, from the spec
 * that it gave them.
 */
public final class RunnerSeals {
  private final Credentials credentials;

  /** Those that the pools' authorities make. */
  public RunnerSeals(Credentials credentials) {
    this.credentials = credentials;
  }

  /** Seals a runner that is about to be created, and says by which authority. */
  public void put(FlameRunner runner) {
    Seal seal = credentials.seal(runner.getSpec().poolUid());
    seal.put(runner, marked(runner));
    runner.getMetadata().getAnnotations().put(Names.AUTHORITY, seal.authority());
  }

  /** Whether an operator created it with this spec. */
  boolean isOn(FlameRunner runner) {
    return credentials.seal(runner.getSpec().poolUid()).isOn(runner, marked(runner));
  }

  private static String[] marked(FlameRunner runner) {
    return new String[] {
      "runner",
      runner.getMetadata().getNamespace(),
      runner.getMetadata().getName(),
      Json.canonical(runner.getSpec())
    };
  }
}
