package dev.flamepool.operator.runner;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.cluster.Json;
import dev.flamepool.operator.credentials.Credentials;

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

  /** Seals a runner that is about to be created. */
  public void put(FlameRunner runner) {
    credentials.seal(runner.getSpec().poolUid()).put(runner, marked(runner));
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
