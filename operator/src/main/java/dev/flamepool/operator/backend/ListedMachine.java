package dev.flamepool.operator.backend;

import java.util.Optional;

/** A cloud's own view of a machine, as its lists have it. */
public interface ListedMachine {
  /** The cloud's id of it. */
  String id();

  /** Whether it has ended for good. */
  boolean isGone();

  /** Whose it says that it is; empty for one that no operator made. */
  Optional<MachineKey> key();
}
