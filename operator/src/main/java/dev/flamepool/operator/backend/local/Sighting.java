package dev.flamepool.operator.backend.local;

import dev.flamepool.operator.backend.Machine;

/**
 * What a look into a runner's folder shows.
 *
 * @param alive a process that is known to be the runner's is alive
 * @param locked some process holds the lock; false, too, where that was not asked
 * @param started it is on record that a process was started
 * @param young the folder was made so recently that a child may start whose number was never
 *     written down
 * @param ending it was told to end, or said so itself
 * @param address the runner listens
 */
record Sighting(
    boolean alive,
    boolean locked,
    boolean started,
    boolean young,
    boolean ending,
    boolean address) {

  /** Whether there is, or was, a process: then there must not be another. */
  boolean known() {
    return alive || locked || started;
  }

  /** Whether nobody can say yet if there is a process. */
  boolean unclear() {
    return !known() && young;
  }

  /** How far the machine is. */
  Machine.State state() {
    if (!alive && !locked && !unclear()) {
      return Machine.State.ENDED;
    }
    if (ending) {
      return Machine.State.STOPPING;
    }
    return address ? Machine.State.RUNNING : Machine.State.STARTING;
  }
}
