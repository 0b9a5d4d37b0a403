package dev.flamepool.operator.backend.fly;

import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.OwnershipMarks;

/** Whose a machine is, in its metadata and its name. Users' metadata cannot have these keys. */
final class Ownership {
  /** Prefix of the keys that are the operator's. */
  static final String PREFIX = "flamepool_";

  /** Prefix of the keys that are Fly's. */
  static final String FLYS = "fly_";

  /** Its keys and values. */
  static final OwnershipMarks MARKS = new OwnershipMarks(PREFIX);

  private Ownership() {}

  /**
   * The name of a machine, unique among the living of an app: a create that is sent twice is
   * refused the second time.
   */
  static String name(MachineKey key) {
    return "flame-" + key.runnerUid() + "-" + key.attempt();
  }
}
