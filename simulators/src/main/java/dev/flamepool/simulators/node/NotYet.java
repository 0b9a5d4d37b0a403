package dev.flamepool.simulators.node;

/** Something that a container needs is not there; it is looked for again. */
final class NotYet extends Exception {
  /** In the kubelet's words. */
  NotYet(String message) {
    super(message);
  }
}
