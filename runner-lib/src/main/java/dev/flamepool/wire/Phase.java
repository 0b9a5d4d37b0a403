package dev.flamepool.wire;

/** A runner's own life. */
public enum Phase {
  /** The application starts; calls wait for it. */
  BOOTING,
  /** Calls are admitted. */
  SERVING,
  /** Running calls finish, nothing new is admitted. */
  DRAINING,
  /** The process ends. */
  GONE
}
