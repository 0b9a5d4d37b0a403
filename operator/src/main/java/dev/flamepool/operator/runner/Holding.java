package dev.flamepool.operator.runner;

import dev.flamepool.operator.backend.Machine;
import java.util.Optional;

/**
 * What is known of a runner's machine.
 *
 * @param asked whether the backend was asked and could tell; what it could not tell causes nothing
 * @param machine what it holds; empty when it is sure to hold nothing
 */
record Holding(boolean asked, Optional<Machine> machine) {
  static final Holding UNKNOWN = new Holding(false, Optional.empty());

  static Holding of(Optional<Machine> machine) {
    return new Holding(true, machine);
  }

  /** Whether the backend is sure that the machine runs no more. */
  boolean ended() {
    return asked && machine.map(m -> m.state() == Machine.State.ENDED).orElse(true);
  }
}
